"""Break-glass accounts: people who are left alone on purpose, kept as realm roles `two-factor-exempt-<user id>`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from keycloak_2fa import endpoints
from keycloak_2fa.admin_api import AdminApi

PREFIX = "two-factor-exempt-"


@dataclass(frozen=True)
class Exemption:
    """One person who need not have 2FA, for a while.

    Attributes:
        user_id: Who.
        username: Their name when it was given.
        reason: Why.
        approver: Who answers for it.
        expires: The last day on which it holds.
    """

    user_id: str
    username: str
    reason: str
    approver: str
    expires: date

    def expired(self, today: date) -> bool:
        """Whether it holds no longer."""
        return today > self.expires


def read(api: AdminApi) -> tuple[Exemption, ...]:
    """Every exemption of the realm, the expired ones too."""
    roles = api.get(endpoints.roles(api.settings.realm), search=PREFIX, briefRepresentation="false")
    return tuple(_from_role(role) for role in roles if role["name"].startswith(PREFIX))


def _from_role(role: Mapping[str, Any]) -> Exemption:
    values = {name: given[0] for name, given in role["attributes"].items()}
    return Exemption(
        user_id=role["name"].removeprefix(PREFIX),
        username=values["username"],
        reason=values["reason"],
        approver=values["approver"],
        expires=date.fromisoformat(values["expires"]),
    )
