"""The guard: the extension's required action that asks for CONFIGURE_TOTP at any login, once it is registered.

Where the server has the extension, enforcing registers it, whatever engine marks the users.
"""

from collections.abc import Container, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.responses import ConflictError, NotFoundError
from keycloak_2fa.realm.enforcement_state import EnforcementState, State
from keycloak_2fa.realm.extension import About
from keycloak_2fa.realm.settings import Change
from keycloak_2fa.warning_codes import CodedWarning, WarningCode

ALIAS = "two-factor-guard"
_NAME = "Two-factor guard"
LAST_CHECKS = ("oidc-logins", "saml-logins", "tokens")
"""Parts of the extension that look where a login ends, and where a token is made."""
_FIRST = 0
"""Its priority: an action that adds a credential must not come before the factor was given."""

_ENGINE = "extension"
"""The engine of enforcement that registers the guard in any case."""

PROVIDER_GONE = Change(f"{ALIAS}.provider", before=False, after=True)
"""The drift where the guard is registered, and the server lacks the extension."""


@dataclass(frozen=True)
class Guard:
    """The guard as a realm has it.

    Attributes:
        offered: Whether the server has its provider, which the extension brings.
        representation: The realm's RequiredActionProviderRepresentation; None where it is not registered.
    """

    offered: bool
    representation: Mapping[str, Any] | None

    @property
    def live(self) -> bool:
        """Whether it asks at every login, as soon as the realm is no longer OFF."""
        return (
            self.offered
            and self.representation is not None
            and self.other_provider is None
            and self.representation.get("enabled") is True
        )

    @property
    def other_provider(self) -> str | None:
        """The provider that has the guard's alias, where that is another one. An imported realm can have this."""
        provider = (self.representation or {}).get("providerId", ALIAS)
        return None if provider == ALIAS else str(provider)


def found(actions: Iterable[Mapping[str, Any]], providers: Container[str]) -> Guard:
    """The guard among a realm's required actions. Pure.

    Args:
        actions: The realm's RequiredActionProviderRepresentations.
        providers: Ids of the server's providers of required actions.
    """
    registered = next((action for action in actions if action.get("alias") == ALIAS), None)
    return Guard(offered=ALIAS in providers, representation=registered)


def read(api: AdminApi) -> Guard:
    """Read how a realm has the guard."""
    action = _registered(api)
    if action is not None and action.get("providerId") == ALIAS:
        return Guard(offered=_has_provider(api), representation=action)
    offered = api.get(endpoints.unregistered_required_actions(api.settings.realm))
    return Guard(offered=any(each.get("providerId") == ALIAS for each in offered), representation=action)


def parts_off(about: About | None) -> tuple[str, ...]:
    """The parts of the extension without which a login can go past the guard, as far as they do not run. Pure.

    Args:
        about: What the extension says of itself; None where there is none.
    """
    return tuple(part for part in LAST_CHECKS if about is None or part not in about.parts)


def changes(guard: Guard) -> tuple[Change, ...]:
    """What stands between a realm and the guard's watch."""
    if not guard.offered:
        return ()
    if guard.representation is None:
        return _to_true("registered", before=False), _to_true("enabled", before=None)
    if guard.other_provider is not None:
        return (Change(f"{ALIAS}.providerId", before=guard.other_provider, after=ALIAS),)
    return () if guard.representation.get("enabled") is True else (_to_true("enabled", before=False),)


def drift(guard: Guard, enforcement: EnforcementState) -> tuple[Change, ...]:
    """What the guard has lost since it was on. Where the extension came after enforcement, it has lost nothing."""
    if _is_gone(guard):
        return (PROVIDER_GONE,)
    return () if guard.representation is None and enforcement.engine != _ENGINE else changes(guard)


def can_be_switched_on(guard: Guard, enforcement: EnforcementState) -> list[CodedWarning]:
    """What to say where the extension came after enforcement."""
    came_later = guard.offered and guard.representation is None and enforcement.engine != _ENGINE
    if enforcement.state is State.OFF or not came_later:
        return []
    said = "The server has the extension, but its guard is off in this realm: kc2fa enforce enables it."
    return [WarningCode.GUARD_NOT_ON.says(said)]


def passed_on(guard: Guard, enforcement: EnforcementState, uncovered: int) -> list[CodedWarning]:
    """What to say of users who are uncovered while the guard is on."""
    if enforcement.state is State.OFF or not guard.live or not uncovered:
        return []
    asked = "the extension's guard requires set-up at the next login"
    said = f"Uncovered users ({uncovered}) cannot log in by password alone: {asked}."
    return [WarningCode.GUARD_HOLDS_UNCOVERED.says(said)]


def warnings(guard: Guard) -> list[CodedWarning]:
    """What people should know of it, a sentence each."""
    if not _is_gone(guard):
        return []
    gone = f"The extension's guard ({ALIAS}) is registered in the realm, but the server has no such provider"
    said = f"{gone}: it asks nobody. Install the extension with kc2fa extension install and restart Keycloak."
    return [WarningCode.GUARD_GONE.says(said)]


def apply(api: AdminApi, guard: Guard) -> tuple[Change, ...]:
    """Have the guard watch, where the server offers it; a guard that does already is not written.

    Args:
        api: The caller's connection.
        guard: As read before.

    Returns:
        What was changed.
    """
    todo = changes(guard)
    if todo and guard.other_provider is not None:
        # Keycloak keeps the provider of a required action that is updated.
        with suppress(NotFoundError):
            api.delete(endpoints.required_action(api.settings.realm, ALIAS))
    if todo and (guard.representation is None or guard.other_provider is not None):
        # Keycloak registers it enabled, and not as a default action of new users.
        path = endpoints.register_required_action(api.settings.realm)
        # A conflict: it is registered by now, by a request of ours whose answer was lost, or by a second run.
        with suppress(ConflictError):
            api.post(path, {"providerId": ALIAS, "name": _NAME})
        _update(api, _registered(api) or {})
    elif todo:
        _update(api, guard.representation or {})
    return todo


def _registered(api: AdminApi) -> Mapping[str, Any] | None:
    actions: Iterable[Mapping[str, Any]] = api.call(api.keycloak.get_required_actions)
    return next((action for action in actions if action.get("alias") == ALIAS), None)


def _update(api: AdminApi, representation: Mapping[str, Any]) -> None:
    # Keycloak replaces the whole of a required action.
    api.call(api.keycloak.update_required_action, ALIAS, {**representation, "enabled": True, "priority": _FIRST})


def _is_gone(guard: Guard) -> bool:
    return guard.representation is not None and not guard.offered


def _has_provider(api: AdminApi) -> bool:
    # The realm keeps the action when the provider is gone, and Keycloak passes over it at a login.
    try:
        api.get(endpoints.required_action_settings(api.settings.realm, ALIAS))
    except NotFoundError:
        return False
    return True


def _to_true(key: str, *, before: bool | None) -> Change:
    return Change(f"{ALIAS}.{key}", before=before, after=True)
