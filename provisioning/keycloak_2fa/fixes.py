"""The steps by which `harden` closes ways around 2FA: what each changes, found out without writing, and how.

A step changes the settings that it names and nothing else, and changes nothing when it is taken again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from keycloak_2fa import (
    endpoints,
    flows,
    hardened_flows,
    otp_policy,
    realm_settings,
    required_action,
    ways_around,
)
from keycloak_2fa.admin_api import AdminApi
from keycloak_2fa.findings import FindingId
from keycloak_2fa.hardened_flows import NewFlow
from keycloak_2fa.realm_reading import RealmReading
from keycloak_2fa.realm_settings import Change


@dataclass(frozen=True)
class Fix:
    """One step.

    Attributes:
        changes: The settings that it changes.
        carry_out: Takes it.
    """

    changes: tuple[Change, ...]
    carry_out: Callable[[AdminApi], object]


def _totp_action(realm: RealmReading) -> Iterator[Fix]:
    settings = realm.settings
    changes = (each for each in realm_settings.changes(settings) if each.setting.startswith(required_action.ALIAS))
    yield Fix(tuple(changes), lambda api: realm_settings.apply_action(api, settings))


def _policy(realm: RealmReading) -> Iterator[Fix]:
    settings = realm.settings
    wanted = otp_policy.enforced(settings.policy)
    changes = (Change(*each) for each in otp_policy.differences(settings.policy, wanted))
    yield Fix(tuple(changes), lambda api: realm_settings.apply_policy(api, settings, wanted))


def _brute_force(_realm: RealmReading) -> Iterator[Fix]:
    key = "bruteForceProtected"
    yield Fix((Change(key, before=False, after=True),), lambda api: _set(api, key, value=True))


def _self_removal(realm: RealmReading) -> Iterator[Fix]:
    alias = ways_around.DELETE_CREDENTIAL
    [action] = [each for each in realm.required_actions if each["alias"] == alias]
    yield Fix(
        (Change(f"{alias}.enabled", before=True, after=False),),
        # Keycloak replaces the whole of a required action.
        lambda api: api.call(api.keycloak.update_required_action, alias, {**action, "enabled": False}),
    )


def _flow_conditional(realm: RealmReading) -> Iterator[Fix]:
    yield from _realm_flow(realm, "browserFlow")
    yield from _realm_flow(realm, "directGrantFlow")


def _passkeys(realm: RealmReading) -> Iterator[Fix]:
    yield from _realm_flow(realm, "browserFlow", judged_elsewhere=flows.HANDS_OVER)


def _direct_grants(realm: RealmReading) -> Iterator[Fix]:
    yield from _realm_flow(realm, "directGrantFlow")


def _reset_credentials(realm: RealmReading) -> Iterator[Fix]:
    yield from _realm_flow(realm, "resetCredentialsFlow")


def _client_overrides(realm: RealmReading) -> Iterator[Fix]:
    for client in realm.clients:
        for kind in ways_around.open_overrides(client, realm.flow_aliases, realm.flow):

            def bind(api: AdminApi, made: NewFlow, kind: str = kind, client_id: str = client.id) -> None:
                path = endpoints.client(api.settings.realm, client_id)
                # The whole of it: Keycloak 26.4 sets what is left out to its default.
                whole = api.get(path)
                overrides = whole["authenticationFlowBindingOverrides"] | {kind: made.id}
                api.put(path, whole | {"authenticationFlowBindingOverrides": overrides})

            alias = realm.flow_aliases[client.overrides[kind]]
            yield from _flow_in_place_of(realm, alias, f"client {client.client_id}: {kind} flow", bind)


def _brokers(realm: RealmReading) -> Iterator[Fix]:
    for provider in realm.identity_providers:
        path = endpoints.identity_provider(realm.name, provider.alias)

        def bind(
            api: AdminApi, made: NewFlow, path: str = path, kept: Mapping[str, object] = provider.representation
        ) -> None:
            # Keycloak keeps the secrets that it masked.
            api.put(path, {**kept, "postBrokerLoginFlowAlias": made.alias})

        setting = f"identity provider {provider.alias}: postBrokerLoginFlowAlias"
        yield from _flow_in_place_of(realm, provider.post_login_flow, setting, bind)


def _realm_flow(
    realm: RealmReading, key: str, *, judged_elsewhere: frozenset[str] = flows.PASSWORDS_ONLY
) -> Iterator[Fix]:
    def bind(api: AdminApi, made: NewFlow) -> None:
        _set(api, key, value=made.alias)

    alias = realm.settings.representation[key]
    yield from _flow_in_place_of(realm, alias, key, bind, judged_elsewhere=judged_elsewhere)


def _flow_in_place_of(
    realm: RealmReading,
    alias: str | None,
    setting: str,
    bind: Callable[[AdminApi, NewFlow], None],
    *,
    judged_elsewhere: frozenset[str] = flows.PASSWORDS_ONLY,
) -> Iterator[Fix]:
    """Bind a flow that demands a second factor in place of one that does not.

    Args:
        realm: The realm.
        alias: The flow as it is; None where there is none.
        setting: What it is bound as.
        bind: Binds another.
        judged_elsewhere: See `flows.demands`.
    """
    if alias is not None and not flows.open_levels(realm.flow(alias), elsewhere=judged_elsewhere):
        # It demands one already, or a step at its end cannot make it do so.
        return
    name = hardened_flows.name_for(realm, alias, judged_elsewhere=judged_elsewhere)
    yield Fix(
        (Change(setting, alias, name),),
        lambda api: bind(api, hardened_flows.make(api, alias, name, judged_elsewhere=judged_elsewhere)),
    )


def _set(api: AdminApi, key: str, *, value: object) -> None:
    """Write one setting of the realm, and no other: with `attributes` Keycloak would replace all of them."""
    api.call(api.keycloak.update_realm, api.realm, {key: value})


PLANS: Mapping[FindingId, Callable[[RealmReading], Iterable[Fix]]] = {
    FindingId.TOTP_ACTION_OFF: _totp_action,
    FindingId.DEFAULT_ACTION_OFF: _totp_action,
    FindingId.OTP_POLICY_DRIFT: _policy,
    FindingId.BRUTE_FORCE_OFF: _brute_force,
    FindingId.OTP_SELF_REMOVAL: _self_removal,
    FindingId.FLOW_CONDITIONAL: _flow_conditional,
    FindingId.PASSKEY_SKIPS_OTP: _passkeys,
    FindingId.DIRECT_GRANT_CLIENTS: _direct_grants,
    FindingId.RESET_CREDENTIALS: _reset_credentials,
    FindingId.CLIENT_FLOW_OVERRIDE: _client_overrides,
    FindingId.BROKER_WITHOUT_2FA: _brokers,
}
"""The steps for each way around of which something was found, in the order in which they are taken: what makes
OTP possible comes before what demands it."""
