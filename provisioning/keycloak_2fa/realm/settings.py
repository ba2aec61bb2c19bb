"""The settings of a realm that enforcement rests on: read, compared, and brought to what they must be."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.responses import ConflictError, NotFoundError
from keycloak_2fa.errors import ProviderAbsentError, RoleMissingError, UnknownRealmError
from keycloak_2fa.realm import otp_policy, required_action
from keycloak_2fa.realm.otp_policy import OtpPolicy
from keycloak_2fa.realm.required_action import RequiredAction


@dataclass(frozen=True)
class Change:
    """One setting that was or will be changed.

    Attributes:
        setting: Its name in Keycloak's own words.
        before: Its value before; None where there was none.
        after: Its value after.
    """

    setting: str
    before: Any
    after: Any


@dataclass(frozen=True)
class RealmSettings:
    """What enforcement has to know of a realm.

    Attributes:
        name: The realm's name.
        policy: Its OTP policy.
        apps: Authenticator apps that its set-up page lists, in a fixed order.
        required_actions: Its required actions, each a RequiredActionProviderRepresentation.
        representation: The RealmRepresentation they were read from.
    """

    name: str
    policy: OtpPolicy
    apps: tuple[str, ...]
    required_actions: tuple[Mapping[str, Any], ...]
    representation: Mapping[str, Any]

    @property
    def action(self) -> RequiredAction | None:
        """Its required action CONFIGURE_TOTP; None where it is not registered."""
        return required_action.find(self.required_actions)

    @property
    def new_users_covered(self) -> bool:
        """Whether users created from now on will have to set up OTP."""
        return self.action is not None and self.action.covers_new_users


def get_settings(api: AdminApi, actions: Callable[[], list[Mapping[str, Any]]] | None = None) -> RealmSettings:
    """Read a realm's settings.

    Args:
        api: The caller's connection.
        actions: Gives the realm's required actions, where the caller reads them too.

    Raises:
        UnknownRealmError: There is no such realm.
        RoleMissingError: The caller may not view it.
    """
    try:
        representation = api.call(api.keycloak.get_realm, api.realm)
    except NotFoundError:
        raise UnknownRealmError(
            f"The server has no realm {api.settings.realm!r}.",
            "Check --realm: give the name, not the display name; case matters.",
        ) from None
    policy = otp_policy.from_realm(representation)
    if policy is None:
        raise RoleMissingError(
            f"The caller may not view the settings of realm {api.settings.realm!r}: the role view-realm is missing.",
            "Give the caller view-realm, or manage-realm to enforce (client realm-management).",
        )
    return RealmSettings(
        name=api.settings.realm,
        policy=policy,
        apps=tuple(otp_policy.apps(representation)),
        required_actions=tuple(actions() if actions else api.call(api.keycloak.get_required_actions)),
        representation=representation,
    )


def list_realms(api: AdminApi) -> list[str]:
    """Names of all realms that the caller may see, in order.

    Keycloak loads every realm and its roles to see what the caller may: the first listing took 10 to 25 ms for each of
    100 realms (26.7.5 on H2, two cores), a later one 2 ms.
    """
    realms = api.get_patiently(endpoints.realms(), briefRepresentation="true")
    return sorted(each["realm"] for each in realms)


def plan_settings(realm: RealmSettings, policy: OtpPolicy | None = None) -> tuple[Change, ...]:
    """What stands between a realm's settings and the ones that enforcement needs.

    Args:
        realm: As it is.
        policy: The policy to compare with; by default the realm's own with what enforcement sets.
    """
    wanted = policy or otp_policy.enforced(realm.policy)
    action = (
        required_action.differences(realm.action)
        if realm.action
        else [(f"{required_action.ALIAS}.registered", False, True), *_when_registered()]
    )
    return tuple(Change(*each) for each in [*otp_policy.differences(realm.policy, wanted), *action])


def apply_settings(api: AdminApi, realm: RealmSettings, policy: OtpPolicy | None = None) -> tuple[Change, ...]:
    """Make the changes, and no other: a setting that is right already is not written.

    Returns:
        What was changed.
    """
    wanted = policy or otp_policy.enforced(realm.policy)
    todo = plan_settings(realm, wanted)
    apply_policy(api, realm, wanted)
    apply_action(api, realm)
    return todo


def apply_policy(api: AdminApi, realm: RealmSettings, wanted: OtpPolicy) -> None:
    """Set the OTP policy, where it differs."""
    if otp_policy.differences(realm.policy, wanted):
        # The seven keys and nothing else: with `attributes` Keycloak would replace all of them.
        api.call(api.keycloak.update_realm, api.realm, otp_policy.to_realm(wanted))


def apply_action(api: AdminApi, realm: RealmSettings) -> None:
    """Have CONFIGURE_TOTP enabled and default for new users, where it is not."""
    action = realm.action or _register(api)
    if not action.covers_new_users:
        api.call(api.keycloak.update_required_action, required_action.ALIAS, required_action.enforced(action))


def _when_registered() -> list[tuple[str, Any, Any]]:
    return [(f"{required_action.ALIAS}.{key}", None, True) for key in ("enabled", "defaultAction")]


def _register(api: AdminApi) -> RequiredAction:
    realm = api.settings.realm
    offered = api.get(endpoints.unregistered_required_actions(realm))
    ours = next((each for each in offered if each.get("providerId") == required_action.ALIAS), None)
    if ours is None:
        raise required_action.provider_absent()
    # A conflict: it is registered by now, by a request of ours whose answer was lost, or by a second run.
    with suppress(ConflictError):
        api.post(endpoints.register_required_action(realm), {"providerId": ours["providerId"], "name": ours["name"]})
    action = required_action.find(api.call(api.keycloak.get_required_actions))
    if action is None:
        raise ProviderAbsentError("Keycloak registered CONFIGURE_TOTP and does not list it.", "Run it again.")
    return action
