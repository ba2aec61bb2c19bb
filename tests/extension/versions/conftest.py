"""Older Keycloaks with the same jar, one after the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.conftest import admin, kc2fa, make_realm

from embedded_keycloak.server import EmbeddedKeycloak

# Named here too, or pytest would keep those that were made for another server.
__all__ = ["admin", "kc2fa", "make_realm"]


@pytest.fixture(scope="session", params=["26.4.7", "26.5.6", "26.7.3"])
def keycloak(request: pytest.FixtureRequest, jar: Path) -> Iterator[EmbeddedKeycloak]:
    """An older Keycloak with the extension."""
    with EmbeddedKeycloak(request.param, providers=[jar]) as server:
        yield server
