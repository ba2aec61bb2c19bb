"""What the tests need of a Keycloak, wherever it runs."""

from typing import Protocol


class Keycloak(Protocol):
    """A running Keycloak with an admin in its master realm."""

    @property
    def url(self) -> str:
        """Where it serves, without a slash at the end."""

    @property
    def username(self) -> str:
        """The admin's name."""

    @property
    def password(self) -> str:
        """The admin's password."""
