"""A real Keycloak, started once for the whole run."""

from collections.abc import Iterator

import pytest
from tests.mail import Mailbox

from keycloak_2fa.embedded.server import EmbeddedKeycloak


@pytest.fixture(scope="session")
def keycloak() -> Iterator[EmbeddedKeycloak]:
    """A running Keycloak with an admin in its master realm."""
    with EmbeddedKeycloak() as server:
        yield server


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    """A mail server that keeps what it is given."""
    with Mailbox() as box:
        yield box
