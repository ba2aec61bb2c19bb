"""A Keycloak of its own, with the feature transient-users."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.conftest import admin, kc2fa, make_realm

from embedded_keycloak import LONG_RUN, EmbeddedKeycloak

# Named here too, or pytest would keep those that were made for another server.
__all__ = ["admin", "kc2fa", "make_realm"]


@pytest.fixture(scope="session")
def keycloak(jar: Path) -> Iterator[EmbeddedKeycloak]:
    """A running Keycloak with the extension and the feature."""
    features = ("--features=transient-users",)
    with EmbeddedKeycloak(providers=[jar], java_options=LONG_RUN, build_options=features) as server:
        yield server
