"""A server of its own: for the list of realms Keycloak reads each one, and other tests leave hundreds."""

from collections.abc import Iterator

import pytest
from tests.integration.conftest import admin, kc2fa, make_realm

from embedded_keycloak import EmbeddedKeycloak

# Named here, or pytest would keep those that were made for another server.
__all__ = ["admin", "kc2fa", "make_realm"]


@pytest.fixture(scope="session")
def keycloak() -> Iterator[EmbeddedKeycloak]:
    """A running Keycloak with few realms."""
    with EmbeddedKeycloak() as server:
        yield server
