"""The ways around 2FA that a realm's settings leave open, read off its representations. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from keycloak_2fa import findings, flows, otp_policy, required_action, server_version
from keycloak_2fa.exemptions import Exemption
from keycloak_2fa.findings import Finding, FindingId
from keycloak_2fa.flows import Flow
from keycloak_2fa.realm_reading import Client, IdentityProvider
from keycloak_2fa.realm_settings import RealmSettings
from keycloak_2fa.required_action import RequiredAction

FlowOf = Callable[[str], Flow]
"""A flow by its alias."""

DELETE_CREDENTIAL = "delete_credential"
"""The required action by which users remove a credential of their own."""

OVERRIDES = ("browser", "direct_grant")
"""What a client can have a flow of its own for."""


def totp_action(action: RequiredAction | None) -> Iterator[Finding]:
    """Whether CONFIGURE_TOTP is asked for at all."""
    if action is None:
        yield findings.of(
            FindingId.TOTP_ACTION_OFF,
            required_action.ALIAS,
            title="The required action CONFIGURE_TOTP is not registered in the realm",
        )
    elif not action.enabled:
        yield findings.of(FindingId.TOTP_ACTION_OFF, f"{required_action.ALIAS}.enabled")


def default_action(action: RequiredAction | None) -> Iterator[Finding]:
    """Whether CONFIGURE_TOTP is asked of new users."""
    if action is None or not action.default:
        yield findings.of(FindingId.DEFAULT_ACTION_OFF, f"{required_action.ALIAS}.defaultAction")


def policy(realm: RealmSettings) -> Iterator[Finding]:
    """The OTP policy, one finding for each key that differs from what enforcement sets."""
    for key, have, want in otp_policy.differences(realm.policy, otp_policy.enforced(realm.policy)):
        yield findings.of(FindingId.OTP_POLICY_DRIFT, key, title=f"The OTP policy's {key} is {have}, not {want}")


def brute_force(realm: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether wrong codes ever lock an account."""
    if not realm.get("bruteForceProtected"):
        yield findings.of(FindingId.BRUTE_FORCE_OFF, "bruteForceProtected")


def self_removal(actions: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    """Whether users may remove their OTP: in the account console, its API, or by `kc_action=delete_credential`."""
    if any(each.get("alias") == DELETE_CREDENTIAL and each.get("enabled") for each in actions):
        yield findings.of(FindingId.OTP_SELF_REMOVAL, DELETE_CREDENTIAL)


def conditional_flows(realm: Mapping[str, Any], flow_of: FlowOf) -> Iterator[Finding]:
    """The realm's browser and direct grant flows."""
    for alias in dict.fromkeys([realm["browserFlow"], realm["directGrantFlow"]]):
        if not flows.demands(flow_of(alias)):
            yield findings.of(FindingId.FLOW_CONDITIONAL, alias, fix=_by_hand(flow_of(alias)))


def passkeys(realm: Mapping[str, Any], flow_of: FlowOf) -> Iterator[Finding]:
    """Whether the browser flow lets a passkey stand for OTP."""
    offered = realm.get("webAuthnPolicyPasswordlessPasskeysEnabled") is True
    alias = realm["browserFlow"]
    if flows.lets_passkeys_skip(flow_of(alias), passkeys=offered):
        fix = _by_hand(flow_of(alias), elsewhere=flows.HANDS_OVER)
        yield findings.of(FindingId.PASSKEY_SKIPS_OTP, alias, fix=fix)


def reset_credentials(realm: Mapping[str, Any], flow_of: FlowOf) -> Iterator[Finding]:
    """Whether "Forgot password" goes on without the old code."""
    alias = realm["resetCredentialsFlow"]
    if realm.get("resetPasswordAllowed") and not flows.demands(flow_of(alias)):
        yield findings.of(FindingId.RESET_CREDENTIALS, alias)


def client_overrides(clients: Iterable[Client], aliases: Mapping[str, str], flow_of: FlowOf) -> Iterator[Finding]:
    """Clients with a flow of their own that does not demand a second factor.

    Args:
        clients: The clients.
        aliases: Aliases of flows by their ids.
        flow_of: A flow by its alias.
    """
    for client in clients:
        for kind in open_overrides(client, aliases, flow_of):
            yield findings.of(
                FindingId.CLIENT_FLOW_OVERRIDE,
                client.client_id,
                title=f"The client has a {kind.replace('_', ' ')} flow of its own, "
                f"{aliases[client.overrides[kind]]!r}, that does not demand a second factor",
            )


def open_overrides(client: Client, aliases: Mapping[str, str], flow_of: FlowOf) -> list[str]:
    """For what (see `OVERRIDES`) a client has a flow of its own that does not demand a second factor."""
    return [
        kind
        for kind in OVERRIDES
        # The id of a flow that is gone counts for nothing in Keycloak.
        if (alias := aliases.get(client.overrides.get(kind, ""))) and not flows.demands(flow_of(alias))
    ]


def direct_grants(realm: Mapping[str, Any], clients: Iterable[Client], flow_of: FlowOf) -> Iterator[Finding]:
    """Clients that log people in by the realm's direct grant flow where that demands no code."""
    if flows.demands(flow_of(realm["directGrantFlow"])):
        return
    for client in clients:
        if client.direct_grants and "direct_grant" not in client.overrides:
            yield findings.of(FindingId.DIRECT_GRANT_CLIENTS, client.client_id)


def brokers(providers: Iterable[IdentityProvider], flow_of: FlowOf) -> Iterator[Finding]:
    """Identity providers after which nobody is asked for a second factor."""
    for provider in providers:
        if provider.post_login_flow is None or not flows.demands(flow_of(provider.post_login_flow)):
            yield findings.of(FindingId.BROKER_WITHOUT_2FA, provider.alias)


def exemptions(given: Iterable[Exemption], today: date, uncovered: Callable[[str], bool]) -> Iterator[Finding]:
    """Exemptions that hold no longer and have left somebody uncovered.

    Args:
        given: The exemptions.
        today: The day to measure them by.
        uncovered: Whether the person of that id has neither OTP nor the set-up due; nobody has where they are gone.
    """
    for each in given:
        if each.expired(today) and uncovered(each.user_id):
            yield findings.of(
                FindingId.EXEMPTION_EXPIRED,
                each.username,
                title=f"The exemption ({each.reason}; approved by {each.approver}) expired on {each.expires}",
            )


def server(version: str) -> Iterator[Finding]:
    """A server older than the fix of its branch, or one whose version does not tell."""
    vulnerable = server_version.vulnerable(version)
    if vulnerable is None:
        yield findings.of(
            FindingId.NOT_CHECKED,
            FindingId.SERVER_VULNERABLE.value,
            title=f"Not checked: the server's version, {version!r}, is none of numbers",
            fix="Find out which release it was built from, and leave the check out by "
            f"--skip {FindingId.SERVER_VULNERABLE} where that has the fix",
        )
    elif vulnerable:
        yield findings.of(
            FindingId.SERVER_VULNERABLE,
            f"Keycloak {version}",
            title="The server has a hole in its reset of credentials (CVE-2026-18963)",
            fix="Upgrade Keycloak to 26.7.2, 26.6.6 or 26.4.15, or a later one of the same branch",
        )


def _by_hand(flow: Flow, *, elsewhere: frozenset[str] = flows.PASSWORDS_ONLY) -> str | None:
    """How a flow is closed that `harden` cannot close."""
    if flows.open_levels(flow, elsewhere=elsewhere) is not None:
        return None
    return "In the admin console: put each alternative of the flow that is one step into a sub-flow with an OTP Form"
