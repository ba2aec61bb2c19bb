"""Users whom the plain update cannot write: who, why, and what mends them. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from keycloak_2fa import versions
from keycloak_2fa.errors import Error
from keycloak_2fa.people import Person
from keycloak_2fa.responses import BadRequestError

_KEPT_OUTSIDE = "f:"
"""How the id of a user begins whom Keycloak keeps no row for."""


@dataclass(frozen=True)
class Refusal:
    """One person who could not be asked.

    Attributes:
        user_id: Their id.
        username: Their name, for the one who mends it.
        reason: What Keycloak said, or what will make it refuse.
        fix: What to do.
    """

    user_id: str
    username: str
    reason: str
    fix: str


def from_error(person: Person, error: Error) -> Refusal:
    """Explain the error that writing one person ended with."""
    if isinstance(error, BadRequestError):
        return Refusal(person.id, person.username, error.detail, _fix(person, error.detail))
    return Refusal(person.id, person.username, error.message, error.hint)


def _fix(person: Person, reason: str) -> str:
    if not re.search(r"read[- ]only", reason, re.IGNORECASE):
        return (
            "Mend the user's profile as the reason says, then run again; a caller with realm-admin can mark them as "
            f"they are where the server has Workflows: Keycloak {versions.WORKFLOWS_SINCE}, or its feature 'workflows'."
        )
    if "unavailable" in reason:
        return "Bring the user storage back, then run again."
    if person.id.startswith(_KEPT_OUTSIDE):
        return (
            "Make OTP required in the realm's login flow: it asks them at the next login, as Keycloak cannot store "
            "that they are to be asked. Or switch import on in the user storage, then run again."
        )
    if person.federation:
        return "Switch the user storage on, then run again; until then they cannot log in."
    return "Enable the organization that manages the user, then run again; until then they cannot log in."


def foreseen(
    person: Person, required: frozenset[str], unwritable: Mapping[str, str] = MappingProxyType({})
) -> Refusal | None:
    """Whom the update will be refused for, as far as can be told before.

    Args:
        person: As read.
        required: Attributes that an administrator must give, see `required_attributes`.
        unwritable: User storages whose people cannot be written, see `user_storages.unwritable`.
    """
    reason = unwritable.get(person.federation or "")
    if missing := sorted(required - person.attributes):
        reason = reason or f"the user profile requires {', '.join(missing)}, and there is no value"
    return Refusal(person.id, person.username, reason, _fix(person, reason)) if reason else None


def required_attributes(profile: Mapping[str, Any]) -> frozenset[str]:
    """Attributes that Keycloak wants whenever an administrator writes a user.

    Args:
        profile: The realm's UPConfig. An attribute without a `required` is optional; one that is required
            for other roles only, or for some client scopes only, does not concern an administrator.
    """
    return frozenset(
        attribute["name"]
        for attribute in profile.get("attributes", ())
        if (rule := attribute.get("required")) is not None
        and not rule.get("scopes")
        and (not rule.get("roles") or "admin" in rule["roles"])
    )
