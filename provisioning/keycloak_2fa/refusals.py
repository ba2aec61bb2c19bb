"""Users whom the plain update cannot write: who, why, and what mends them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keycloak_2fa.errors import Error
from keycloak_2fa.people import Person
from keycloak_2fa.responses import BadRequestError


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
        return Refusal(person.id, person.username, error.detail, _fix(error.detail))
    return Refusal(person.id, person.username, error.message, error.hint)


def _fix(reason: str) -> str:
    if "read only" in reason.lower() or "read-only" in reason.lower():
        return (
            "This user is read-only in Keycloak: make the user storage writable or the organization enabled, "
            "or have them set up OTP themselves in the account console."
        )
    return (
        "Mend the user's profile as the reason says, then run again; "
        "a caller with realm-admin can mark them as they are."
    )


def foreseen(person: Person, required: frozenset[str]) -> Refusal | None:
    """Whom the update will be refused for, as far as the realm's user profile tells.

    Args:
        person: As read.
        required: Attributes that an administrator must give, see `required_attributes`.
    """
    missing = sorted(required - person.attributes)
    if not missing:
        return None
    reason = f"the user profile requires {', '.join(missing)}, and there is no value"
    return Refusal(person.id, person.username, reason, _fix(reason))


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
