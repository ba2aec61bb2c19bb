"""Steps by which `harden` changes settings of the realm and of clients."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.hardening import fix
from keycloak_2fa.hardening.fix import Effect, Fix
from keycloak_2fa.realm import otp_policy, required_action
from keycloak_2fa.realm.settings import Change, apply_action, apply_policy, get_settings, plan_settings
from keycloak_2fa.verification import gaps, guessing
from keycloak_2fa.verification.snapshot import Client, Snapshot

_LIMITS: Mapping[str, tuple[Callable[[int, int], int], int]] = {
    "failureFactor": (min, 30),
    "waitIncrementSeconds": (max, 60),
    "maxFailureWaitSeconds": (max, 900),
    "maxDeltaTimeSeconds": (max, 43_200),
}
"""What Keycloak has where protection is switched on; a realm that is stricter stays so."""


def totp_action(realm: Snapshot) -> Iterator[Fix]:
    """CONFIGURE_TOTP enabled, where it is off."""
    action = required_action.find(realm.required_actions)
    if any(gaps.totp_action(action, realm.server.required_actions)):
        yield _action(realm)


def default_action(realm: Snapshot) -> Iterator[Fix]:
    """CONFIGURE_TOTP default for new users."""
    if any(gaps.default_action(required_action.find(realm.required_actions))):
        yield _action(realm)


def _action(realm: Snapshot) -> Fix:
    settings = realm.settings
    changes = (each for each in plan_settings(settings) if each.setting.startswith(required_action.ALIAS))
    return Fix(
        required_action.ALIAS,
        tuple(changes),
        lambda api: apply_action(api, settings),
        frozenset({Effect.ENABLES_SET_UP}),
    )


def policy(realm: Snapshot) -> Iterator[Fix]:
    """The OTP policy's four enforced keys."""
    settings = realm.settings
    wanted = otp_policy.enforced(settings.policy)
    if changes := tuple(Change(*each) for each in otp_policy.differences(settings.policy, wanted)):
        yield Fix("otpPolicy", changes, lambda api: apply_policy(api, settings, wanted))


def brute_force(realm: Snapshot) -> Iterator[Fix]:
    """Brute-force protection on."""
    key = "bruteForceProtected"
    if not realm.settings.representation.get(key):
        yield Fix(key, (Change(key, before=False, after=True),), lambda api: fix.write(api, {key: True}))


def self_removal(realm: Snapshot) -> Iterator[Fix]:
    """`delete_credential` off."""
    alias = gaps.DELETE_CREDENTIAL
    if not any(gaps.self_removal(realm.required_actions)):
        return
    [action] = [each for each in realm.required_actions if each["alias"] == alias]
    yield Fix(
        alias,
        (Change(f"{alias}.enabled", before=True, after=False),),
        # Keycloak replaces the whole of a required action.
        lambda api: api.call(api.keycloak.update_required_action, alias, {**action, "enabled": False}),
    )


def weak_limits(realm: Snapshot) -> Iterator[Fix]:
    """The limits of brute-force protection, each at least as strict as Keycloak's own, also where it is off."""
    have = realm.settings.representation
    if not any(guessing.weak_limits(have)):
        return
    wanted = {key: stricter(int(have[key]), usual) for key, (stricter, usual) in _LIMITS.items()}
    changes = tuple(Change(key, have[key], value) for key, value in wanted.items() if have[key] != value)
    yield Fix("bruteForceLimits", changes, lambda api: fix.write(api, {each.setting: each.after for each in changes}))


def weak_policy(realm: Snapshot) -> Iterator[Fix]:
    """The OTP policy's look-ahead window and reusable codes."""
    found = {setting for setting, _ in guessing.weak_policy(realm.settings.representation)}
    policy = realm.settings.policy
    if "otpPolicyLookAheadWindow" in found:
        policy = replace(policy, look_ahead_window=1)
    if "otpPolicyCodeReusable" in found:
        policy = replace(policy, code_reusable=False)
    changes = tuple(Change(*each) for each in otp_policy.differences(realm.settings.policy, policy))

    def carry_out(api: AdminApi) -> None:
        # Keycloak wants all seven keys, and an earlier step may have changed the others.
        now = otp_policy.to_realm(get_settings(api).policy)
        fix.write(api, now | {each.setting: each.after for each in changes})

    if changes:
        yield Fix("otpPolicyWeak", changes, carry_out)


def saml_ecp(realm: Snapshot) -> Iterator[Fix]:
    """SAML ECP off for the clients that allow it."""
    if any(gaps.saml_ecp(realm.clients, realm.flow)):
        for client in realm.clients:
            if client.protocol == "saml" and client.has(gaps.ALLOW_ECP):
                yield _attribute_off(client, gaps.ALLOW_ECP)


def docker_clients(realm: Snapshot) -> Iterator[Fix]:
    """Clients of docker-v2 disabled: a registry logs in by name and password, and cannot ask for more."""
    if any(gaps.docker_clients(*_docker(realm))):
        for client in realm.clients:
            if client.protocol == "docker-v2":
                yield _client(
                    client, "enabled", Change(f"client {client.client_id}: enabled", before=True, after=False)
                )


def grants(realm: Snapshot) -> Iterator[Fix]:
    """Grants that run no flow off for the clients that may use them."""
    features, settings = realm.server.features, realm.settings.representation
    for client in realm.clients:
        if gaps.CIBA in features and client.has(gaps.CIBA_GRANT):
            yield _attribute_off(client, gaps.CIBA_GRANT)
        if gaps.JWT in features and client.has(gaps.JWT_GRANT) and client.attributes.get(gaps.JWT_GRANT_PROVIDERS):
            yield _attribute_off(client, gaps.JWT_GRANT)
        if (
            gaps.PRE_AUTHORIZED in features
            and settings.get("verifiableCredentialsEnabled")
            and client.has(gaps.OID4VCI)
        ):
            yield _attribute_off(client, gaps.OID4VCI)


def _docker(realm: Snapshot) -> tuple[Any, ...]:
    return realm.settings.representation, realm.clients, realm.server.features, realm.flow


def _attribute_off(client: Client, attribute: str) -> Fix:
    change = Change(f"client {client.client_id}: {attribute}", "true", "false")
    return _client(client, attribute, change)


def _client(client: Client, key: str, change: Change) -> Fix:
    """Set one attribute of a client, or one of its settings."""

    def carry_out(api: AdminApi) -> None:
        path = endpoints.client(api.settings.realm, client.id)
        # The whole of it: Keycloak 26.4 sets what is left out to its default.
        whole = api.get(path)
        if key in client.attributes:
            api.put(path, whole | {"attributes": whole["attributes"] | {key: change.after}})
        else:
            api.put(path, whole | {key: change.after})

    return Fix(f"client {client.id} {key}", (change,), carry_out)
