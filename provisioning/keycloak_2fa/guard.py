"""The guard: the extension's required action that asks for CONFIGURE_TOTP at any login, once it is registered.

Where the server has the extension, enforcing registers it, whatever engine marks the users.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from keycloak_2fa import endpoints
from keycloak_2fa.admin_api import AdminApi
from keycloak_2fa.realm_settings import Change
from keycloak_2fa.responses import ConflictError

ALIAS = "two-factor-guard"
_NAME = "Two-factor guard"


@dataclass(frozen=True)
class Guard:
    """The guard as a realm has it.

    Attributes:
        offered: Whether the server has the extension.
        representation: The realm's RequiredActionProviderRepresentation; None where it is not registered.
    """

    offered: bool
    representation: Mapping[str, Any] | None


def read(api: AdminApi) -> Guard:
    """Read how a realm has the guard."""
    for action in api.call(api.keycloak.get_required_actions):
        if action.get("alias") == ALIAS:
            return Guard(offered=True, representation=action)
    offered = api.get(endpoints.unregistered_required_actions(api.settings.realm))
    return Guard(offered=any(each.get("providerId") == ALIAS for each in offered), representation=None)


def changes(guard: Guard) -> tuple[Change, ...]:
    """What stands between a realm and the guard's watch."""
    if not guard.offered:
        return ()
    if guard.representation is None:
        return _to_true("registered", before=False), _to_true("enabled", before=None)
    return () if guard.representation.get("enabled") is True else (_to_true("enabled", before=False),)


def apply(api: AdminApi) -> tuple[Change, ...]:
    """Have the guard watch, where the server offers it; a guard that does already is not written.

    Returns:
        What was changed.
    """
    guard = read(api)
    todo = changes(guard)
    if todo and guard.representation is None:
        # Keycloak registers it enabled, and not as a default action of new users.
        path = endpoints.register_required_action(api.settings.realm)
        # A conflict: it is registered by now, by a request of ours whose answer was lost, or by somebody who helps.
        with suppress(ConflictError):
            api.post(path, {"providerId": ALIAS, "name": _NAME})
    elif todo:
        api.call(api.keycloak.update_required_action, ALIAS, {**(guard.representation or {}), "enabled": True})
    return todo


def _to_true(key: str, *, before: bool | None) -> Change:
    return Change(f"{ALIAS}.{key}", before=before, after=True)
