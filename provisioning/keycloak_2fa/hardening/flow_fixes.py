"""Steps by which `harden` binds copies of flows that demand a second factor."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.hardening import fix, flow_copies
from keycloak_2fa.hardening.fix import Effect, Fix
from keycloak_2fa.hardening.flow_copies import NewFlow
from keycloak_2fa.realm import flows
from keycloak_2fa.realm.settings import Change
from keycloak_2fa.verification import client_policies, gaps
from keycloak_2fa.verification.snapshot import Client, Snapshot


def flow_conditional(realm: Snapshot) -> Iterator[Fix]:
    """The realm's browser and direct grant flows."""
    yield from _browser_flow(realm)
    yield from direct_grant_flow(realm)


def _browser_flow(realm: Snapshot) -> Iterator[Fix]:
    settings = realm.settings.representation
    flow = realm.flow(settings["browserFlow"])
    offered = settings.get("webAuthnPolicyPasswordlessPasskeysEnabled") is True
    passkeys = offered or any(step.provider == flows.PASSKEY for step in flow.walk())
    if passkeys and flows.open_levels(flow, elsewhere=flows.HANDS_OVER) is not None:
        # One copy closes both ways.
        yield from _realm_flow(realm, "browserFlow", elsewhere=flows.HANDS_OVER)
    else:
        yield from _realm_flow(realm, "browserFlow")


def direct_grant_flow(realm: Snapshot) -> Iterator[Fix]:
    """The realm's direct grant flow, where clients use it as far as the caller may know."""
    if "view-clients" not in realm.lacking and not any(_by_the_direct_grant_flow(realm)):
        return
    yield from _realm_flow(realm, "directGrantFlow", direct_grant=True)


def exemptions(realm: Snapshot) -> Iterator[Fix]:
    """The flows that ask exempt users, where the extension has a step that does not."""
    return (each for each in flow_conditional(realm) if Effect.ASKS_EXEMPT not in each.effects)


def passkeys(realm: Snapshot) -> Iterator[Fix]:
    """The browser flow, where it lets a passkey stand for OTP."""
    settings = realm.settings.representation
    if any(gaps.passkeys(settings, realm.flow)):
        yield from _browser_flow(realm)


def reset_credentials(realm: Snapshot) -> Iterator[Fix]:
    """The flow behind "Forgot password", where that is on."""
    if realm.settings.representation.get("resetPasswordAllowed"):
        yield from _realm_flow(realm, "resetCredentialsFlow", effect=Effect.STOPS_RESET_BY_MAIL)


def client_overrides(realm: Snapshot) -> Iterator[Fix]:
    """Flows of their own that clients have."""
    for client in realm.clients:
        for kind in gaps.OVERRIDES:
            # The id of a flow that is gone counts for nothing in Keycloak.
            alias = realm.flow_aliases.get(client.overrides.get(kind, ""))
            if alias is None or not client.uses(kind):
                continue

            def bind(api: AdminApi, made: NewFlow, kind: str = kind, client_id: str = client.id) -> None:
                path = endpoints.client(api.settings.realm, client_id)
                # The whole of it: Keycloak 26.4 sets what is left out to its default.
                whole = api.get(path)
                overrides = whole["authenticationFlowBindingOverrides"] | {kind: made.id}
                api.put(path, whole | {"authenticationFlowBindingOverrides": overrides})

            yield from _flow_in_place_of(
                realm,
                alias,
                _Binding(
                    target=f"client {client.id} {kind}",
                    setting=f"client {client.client_id}: {kind} flow",
                    bind=bind,
                    direct_grant=kind == "direct_grant",
                    client_id=client.client_id,
                ),
            )


def policies(realm: Snapshot) -> Iterator[Fix]:
    """The flows to which client policies lead. A global profile cannot be changed."""
    global_ones = {each["name"] for each in realm.client_policies.profiles.get("globalProfiles") or ()}
    for enforced in realm.client_policies.enforced_flows:
        if enforced.alias not in realm.flow_aliases.values() or enforced.profile in global_ones:
            continue

        def bind(api: AdminApi, made: NewFlow, profile: str = enforced.profile, alias: str = enforced.alias) -> None:
            path = endpoints.client_profiles(api.settings.realm)
            api.put(path, client_policies.leading_to(api.get(path), profile, alias, made.alias))

        binding = _Binding(
            target=f"client profile {enforced.profile} {enforced.alias}",
            setting=f"client profile {enforced.profile}: {client_policies.ALIAS}",
            bind=bind,
        )
        yield from _flow_in_place_of(realm, enforced.alias, binding)


def brokers(realm: Snapshot) -> Iterator[Fix]:
    """The flows after identity providers."""
    for provider in realm.identity_providers:
        path = endpoints.identity_provider(realm.name, provider.alias)

        def bind(
            api: AdminApi, made: NewFlow, path: str = path, kept: Mapping[str, object] = provider.representation
        ) -> None:
            # Keycloak keeps the secrets that it masked.
            api.put(path, {**kept, "postBrokerLoginFlowAlias": made.alias})

        setting = f"identity provider {provider.alias}: postBrokerLoginFlowAlias"
        binding = _Binding(target=f"identity provider {provider.alias}", setting=setting, bind=bind)
        yield from _flow_in_place_of(realm, provider.post_login_flow, binding)


def _by_the_direct_grant_flow(realm: Snapshot) -> Iterator[Client]:
    return (each for each in realm.clients if each.direct_grants and "direct_grant" not in each.overrides)


@dataclass(frozen=True)
class _Binding:
    """Where a flow is bound.

    Attributes:
        target: See `Fix`.
        setting: As it is shown.
        bind: Binds another.
        direct_grant: Whether it is for direct grants.
        effect: What a stricter flow does beside asking.
        client_id: See `Fix`.
    """

    target: str
    setting: str
    bind: Callable[[AdminApi, NewFlow], None]
    direct_grant: bool = False
    effect: Effect | None = None
    client_id: str | None = None


def _realm_flow(
    realm: Snapshot,
    key: str,
    *,
    direct_grant: bool = False,
    effect: Effect | None = None,
    elsewhere: frozenset[str] = flows.PASSWORDS_ONLY,
) -> Iterator[Fix]:
    def bind(api: AdminApi, made: NewFlow) -> None:
        fix.write(api, {key: made.alias})

    alias = realm.settings.representation[key]
    binding = _Binding(target=key, setting=key, bind=bind, direct_grant=direct_grant, effect=effect)
    yield from _flow_in_place_of(realm, alias, binding, elsewhere=elsewhere)


def _flow_in_place_of(
    realm: Snapshot, alias: str | None, binding: _Binding, *, elsewhere: frozenset[str] = flows.PASSWORDS_ONLY
) -> Iterator[Fix]:
    """Bind a flow that demands a second factor in place of one that does not, or does it less well.

    Args:
        realm: The realm.
        alias: The flow as it is; None where there is none.
        binding: Where it is bound.
        elsewhere: See `flows.demands`.
    """
    blueprint = flow_copies.plan(realm, alias, direct_grant=binding.direct_grant, elsewhere=elsewhere)
    if blueprint is None:
        return
    effects = {binding.effect} if binding.effect else set()
    if binding.direct_grant:
        effects.add(Effect.STOPS_DIRECT_GRANTS)
    if not blueprint.by_extension:
        # The extension's step lets everybody through where 2FA is OFF, and exempt users always.
        effects |= {Effect.DEMANDS_OTP, Effect.ASKS_EXEMPT}
    yield Fix(
        binding.target,
        (Change(binding.setting, alias, blueprint.name),),
        lambda api: binding.bind(api, flow_copies.make(api, blueprint)),
        frozenset(effects),
        binding.client_id,
    )
