"""One row of the report: a user, where they stand with 2FA, and what is known beside."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from keycloak_2fa import timestamps
from keycloak_2fa.people.exemptions import Exemption
from keycloak_2fa.people.methods import Method, enrolled_at
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.standing import Standing

COLUMNS = (
    *("user_id", "username", "email", "enabled", "is_admin", "standing", "methods", "enrolled_at", "last_enrolled_at"),
    *("pending_since", "origin", "federation", "identity_provider", "required_actions"),
    *("exemption", "last_login", "created_at"),
)
"""The names in a row, in their order."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """What the rows need beside the users themselves. None stands for what the caller may not see.

    Attributes:
        enforced_at: When 2FA was enforced, RFC 3339 in UTC.
        admins: Ids of the administrators.
        exemptions: Those that hold, by user id.
        last_logins: When users last logged in, by user id.
    """

    enforced_at: str | None
    admins: Container[str] | None
    exemptions: Mapping[str, Exemption]
    last_logins: Mapping[str, str] | None


def row(person: Person, standing: Standing, facts: Facts) -> Row:
    """A user as JSON, with the names of `COLUMNS`."""
    methods = person.methods
    first_enrolled_at, last_enrolled_at = enrolled_at(methods) if methods else (None, None)
    created_at = timestamps.rfc3339(person.created_ms / 1000) if person.created_ms else None
    exemption = facts.exemptions.get(person.id)
    return {
        "user_id": person.id,
        "username": person.username,
        "email": person.email,
        "enabled": person.enabled,
        "is_admin": None if facts.admins is None else person.id in facts.admins,
        "standing": standing.value,
        "methods": None if methods is None else [_method(each) for each in methods],
        "enrolled_at": first_enrolled_at,
        "last_enrolled_at": last_enrolled_at,
        "pending_since": _pending_since(standing, created_at, facts),
        "origin": _origin(person),
        "federation": person.federation,
        "identity_provider": person.identity_provider,
        "required_actions": list(person.required_actions),
        "exemption": _exemption(exemption) if exemption and standing is Standing.EXEMPT else None,
        "last_login": None if facts.last_logins is None else facts.last_logins.get(person.id),
        "created_at": created_at,
    }


def _method(method: Method) -> dict[str, Any]:
    return {"type": method.kind.value, "label": method.label, "created_at": method.created_at}


def _exemption(exemption: Exemption) -> dict[str, str]:
    return {
        "reason": exemption.reason,
        "approver": exemption.approver,
        "expires": exemption.expires.isoformat(),
    }


def _origin(person: Person) -> str:
    """Keycloak keeps no trace of an import or of an invitation, so their users count as local."""
    if person.federation:
        return "federation"
    return "identity-provider" if person.identity_provider else "local"


def _pending_since(standing: Standing, created_at: str | None, facts: Facts) -> str | None:
    """Keycloak does not say when an action became due: at the latest when 2FA was enforced, or the user created."""
    if standing is not Standing.PENDING or facts.enforced_at is None:
        return None
    return max(facts.enforced_at, created_at or "")
