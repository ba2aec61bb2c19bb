"""Break-glass accounts, which are exempt on purpose for a while. Only this module knows how they are kept.

Each is a realm role `two-factor-exempt-<user id>` that nobody is given: it is created atomically, two administrators
cannot overwrite each other's, it survives an import of users, and the server can look it up by a user's id.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from keycloak_2fa import timestamps
from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.endpoints import segment
from keycloak_2fa.api.responses import ConflictError
from keycloak_2fa.errors import UsageError
from keycloak_2fa.people.person import Person

PREFIX = "two-factor-exempt-"

_LONGEST = 255
"""Characters of a role's attribute, in Keycloak's database."""

LONGEST = timedelta(days=366)
"""How long an exemption can hold at most: a year and a day."""


class UnknownExemptionError(UsageError):
    """Nobody of that name is exempt."""

    code = "unknown-exemption"


@dataclass(frozen=True)
class Exemption:
    """One person who need not have 2FA, for a while.

    Attributes:
        user_id: Who.
        username: Their name when it was given.
        reason: Why.
        approver: Who answers for it.
        expires: The last day on which it holds, in UTC.
        created_at: When it was given, RFC 3339 in UTC.
        created_by: The caller who gave it.
    """

    user_id: str
    username: str
    reason: str
    approver: str
    expires: date
    created_at: str
    created_by: str

    def expired(self, today: date) -> bool:
        """Whether it holds no longer."""
        return today > self.expires

    def accounted(self, today: date) -> bool:
        """Whether somebody answers for it, as `given` sees to. A role that was made by hand exempts nobody."""
        told = (self.reason, self.approver, self.created_at, self.created_by)
        return all(told) and self.expires <= today + LONGEST

    def holds(self, today: date) -> bool:
        """Whether the user is exempt."""
        return self.accounted(today) and not self.expired(today)


def new_exemption(person: Person, *, reason: str, approver: str, expires: str, by: str) -> Exemption:
    """A new exemption.

    Args:
        person: Who.
        reason: Why, in a sentence.
        approver: Who answers for it.
        expires: The last day on which it holds, as 2026-12-31.
        by: The caller's name.

    Raises:
        UsageError: A text is empty or too long, or the day is none, over, or too far away.
    """
    for flag, text in (("--reason", reason), ("--approver", approver)):
        if not text.strip() or len(text) > _LONGEST:
            raise UsageError(f"{flag} is empty or too long.", f"Give it in 1 to {_LONGEST} characters.")
    try:
        until = date.fromisoformat(expires)
    except ValueError:
        raise UsageError(f"--expires {expires[:20]!r} is not a date.", "Give a date such as 2026-12-31.") from None
    if until < timestamps.today():
        raise UsageError(f"--expires {until} is in the past.", "Give a date in the future.")
    if until > timestamps.today() + LONGEST:
        raise UsageError(
            f"--expires {until} is more than a year and a day away.",
            f"Give a day up to {timestamps.today() + LONGEST}, and renew the exemption before it ends.",
        )
    return Exemption(person.id, person.username, reason.strip(), approver.strip(), until, timestamps.now(), by)


def list_exemptions(api: AdminApi) -> tuple[Exemption, ...]:
    """Every exemption of the realm, the expired ones too, by name."""
    roles = api.pages(endpoints.roles(api.settings.realm), search=PREFIX, briefRepresentation="false")
    # Keycloak finds the text anywhere in a role's name.
    found = (_from_role(role) for role in roles if role["name"].startswith(PREFIX))
    return tuple(sorted(found, key=lambda each: each.username))


def valid(exemptions: Iterable[Exemption], day: date) -> frozenset[str]:
    """Ids of the users who are exempt on a day."""
    return frozenset(each.user_id for each in exemptions if each.holds(day))


def add(api: AdminApi, exemption: Exemption) -> None:
    """Keep an exemption in the realm; one that the person has already is replaced."""
    role = _to_role(exemption)
    try:
        api.call(api.keycloak.create_realm_role, role)
    except ConflictError:
        api.call(api.keycloak.update_realm_role, segment(role["name"]), role)


def named(exemptions: Iterable[Exemption], name: str) -> Exemption:
    """The exemption of a person, by username or id: it can be ended also where the user is gone.

    Raises:
        UnknownExemptionError: There is none.
    """
    for each in exemptions:
        if name in {each.user_id, each.username}:
            return each
    raise UnknownExemptionError(f"{name!r} is not exempt.", "See kc2fa exempt list.")


def remove(api: AdminApi, exemption: Exemption) -> None:
    """End an exemption."""
    api.call(api.keycloak.delete_realm_role, segment(PREFIX + exemption.user_id))


def _to_role(exemption: Exemption) -> dict[str, Any]:
    values = {
        "username": exemption.username,
        "reason": exemption.reason,
        "approver": exemption.approver,
        "expires": exemption.expires.isoformat(),
        "created_at": exemption.created_at,
        "created_by": exemption.created_by,
    }
    return {
        "name": PREFIX + exemption.user_id,
        "description": "Exempt from 2FA until a day. Kept by keycloak-2fa: see kc2fa exempt list.",
        "attributes": {name: [value] for name, value in values.items()},
    }


def _from_role(role: Mapping[str, Any]) -> Exemption:
    attributes: Mapping[str, list[str]] = role.get("attributes") or {}

    def one(name: str) -> str:
        return next(iter(attributes.get(name, ())), "")

    try:
        expires = date.fromisoformat(one("expires"))
    except ValueError:
        # The role was edited by hand: without a date it exempts nobody, and counts as expired.
        expires = date.min
    return Exemption(
        user_id=role["name"].removeprefix(PREFIX),
        username=one("username"),
        reason=one("reason"),
        approver=one("approver"),
        expires=expires,
        created_at=one("created_at"),
        created_by=one("created_by"),
    )
