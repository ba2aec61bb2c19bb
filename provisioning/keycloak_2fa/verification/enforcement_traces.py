"""What shows that a realm was enforced, apart from the role that says so; and that the guard was on. Pure.

The guard is registered by `enforce` only, and stays registered when the role is deleted. A role that was renamed keeps
the description that this product gave it. Admin events, where the realm keeps them, tell who deleted either. Without
the extension and without admin events a deleted role leaves no trace: CONFIGURE_TOTP is a default action elsewhere too.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from keycloak_2fa.realm import enforcement_state
from keycloak_2fa.realm.enforcement_state import EnforcementState, State
from keycloak_2fa.realm.guard import ALIAS, Guard
from keycloak_2fa.timestamps import rfc3339
from keycloak_2fa.verification.findings import Found

_KEPT_ATTRIBUTES = frozenset({"run_id", "state"})


def guard_off(
    enforcement: EnforcementState, guard: Guard, deletions: Sequence[Mapping[str, Any]] = ()
) -> Iterator[Found]:
    """Whether a realm that was enforced with the guard has it no longer.

    Args:
        enforcement: The realm's state of enforcement.
        guard: As the realm has it.
        deletions: AdminEventRepresentations of its deletion, the newest first.
    """
    if enforcement.state is State.OFF or guard.live:
        return
    if guard.representation is None:
        if guard.offered and (deletions or enforcement.engine == "extension"):
            yield _switched_off(f"{ALIAS}.registered", f"is no longer registered in the realm{_by(deletions)}")
    elif guard.other_provider is not None:
        yield _switched_off(
            f"{ALIAS}.providerId", f"does not run: its alias belongs to another provider, {guard.other_provider!r}"
        )
    elif not guard.offered:
        yield Found(
            f"{ALIAS}.provider",
            title="The extension's guard is registered in the realm, but the server lacks the extension",
            fix="Install the extension (kc2fa extension install) and restart Keycloak",
        )
    else:
        yield _switched_off(f"{ALIAS}.enabled", "is disabled in the realm")


def record_missing(
    enforcement: EnforcementState,
    guard: Guard,
    kept: Sequence[Mapping[str, Any]] = (),
    deletions: Sequence[Mapping[str, Any]] = (),
) -> Iterator[Found]:
    """Whether a realm that says nothing of enforcement was enforced.

    Args:
        enforcement: The realm's state of enforcement.
        guard: As the realm has it.
        kept: RoleRepresentations with the description that this product gives to its roles.
        deletions: AdminEventRepresentations of the deletion of the role that keeps it, the newest first.
    """
    if enforcement.state is not State.OFF:
        return
    renamed = [each["name"] for each in kept if (each.get("attributes") or {}).keys() >= _KEPT_ATTRIBUTES]
    if renamed:
        said = f"The role was renamed to {renamed[0]!r}"
    elif deletions:
        said = f"The role was deleted{_by(deletions)}"
    elif guard.representation is not None:
        said = f"The required action {ALIAS} is registered, which enforcement does, and the role is gone"
    else:
        return
    yield Found(enforcement_state.ROLE, title=f"{said}: 2FA counts as OFF")


def _switched_off(where: str, what: str) -> Found:
    return Found(
        where,
        title=f"The extension's guard {what}",
        why="SAML ECP and Docker logins take a name and a password, and nothing else checks them. Other logins without "
        "a second factor are refused, where the guard would ask for it.",
    )


def _by(events: Sequence[Mapping[str, Any]]) -> str:
    if not events:
        return ""
    by = events[0].get("authDetails") or {}
    who = f"client {by.get('clientId', 'unknown')}, user {by.get('userId', 'unknown')}"
    return f" (deleted at {rfc3339(events[0]['time'] / 1000)} by {who})"
