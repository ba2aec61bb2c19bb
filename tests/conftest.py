"""A real Keycloak, started once for the whole run."""

from collections.abc import Iterator

import pytest

from keycloak_2fa.embedded.server import EmbeddedKeycloak


@pytest.fixture(scope="session")
def keycloak() -> Iterator[EmbeddedKeycloak]:
    """A running Keycloak with an admin in its master realm."""
    with EmbeddedKeycloak() as server:
        yield server
