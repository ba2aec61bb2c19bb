"""Users that the plain update cannot write: which, why, and the fix. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from keycloak_2fa.api.responses import BadRequestError
from keycloak_2fa.errors import Error
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.user_profile import UserProfile
from keycloak_2fa.realm import versions

_KEPT_OUTSIDE = "f:"
"""How the id of a user begins that Keycloak keeps no row for."""


@dataclass(frozen=True)
class Refusal:
    """One person who could not be asked.

    Attributes:
        user_id: Their id.
        username: The user's name, for the administrator.
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
            "Correct the user's profile as the reason says, then run it again. A caller with realm-admin can mark the "
            f"user as it is, where the server has Workflows: Keycloak {versions.WORKFLOWS_SINCE}, or its feature "
            "'workflows'."
        )
    if "unavailable" in reason:
        return "Bring the user federation provider back, then run it again."
    if person.id.startswith(_KEPT_OUTSIDE):
        return (
            "Make OTP required in the realm's login flow, which then asks at the next login; Keycloak cannot store a "
            "required action for this user. Or enable import in the user federation provider, then run it again."
        )
    if person.federation:
        return "Enable the user federation provider, then run it again; until then the user cannot log in."
    return "Enable the organization that manages the user, then run it again; until then the user cannot log in."


def foreseen(
    person: Person, profile: UserProfile, unwritable: Mapping[str, str] = MappingProxyType({})
) -> Refusal | None:
    """Users that the update will refuse, as far as can be foreseen.

    Args:
        person: As read.
        profile: What the update is held to.
        unwritable: Federation providers whose people cannot be written, see `federation.unwritable`.
    """
    reason = unwritable.get(person.federation or "") or "; ".join(profile.reasons(person))
    return Refusal(person.id, person.username, reason, _fix(person, reason)) if reason else None
