"""The ways around 2FA that a realm's settings leave open, read off its representations. Pure."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Any

from keycloak_2fa.realm import flows, otp_policy, required_action
from keycloak_2fa.realm.flows import Flow
from keycloak_2fa.realm.required_action import RequiredAction
from keycloak_2fa.realm.settings import RealmSettings
from keycloak_2fa.verification import flow_bindings, guessing, server_version
from keycloak_2fa.verification.client_policies import ClientPolicies
from keycloak_2fa.verification.findings import FindingId, Found, NotChecked
from keycloak_2fa.verification.server_version import Usage, Verdict
from keycloak_2fa.verification.snapshot import Client, IdentityProvider

FlowOf = Callable[[str], Flow]
"""A flow by its alias."""

DELETE_CREDENTIAL = "delete_credential"
"""The required action by which users remove a credential of their own."""

OVERRIDES = tuple(flow_bindings.OVERRIDES)
"""What a client can have a flow of its own for."""

ALLOW_ECP = "saml.allow.ecp.flow"
CIBA_GRANT = "oidc.ciba.grant.enabled"
JWT_GRANT = "oauth2.jwt.authorization.grant.enabled"
JWT_GRANT_PROVIDERS = "oauth2.jwt.authorization.grant.idp"
OID4VCI = "oid4vci.enabled"
"""Attributes of clients."""

CIBA, JWT, TOKEN_EXCHANGE = "CIBA", "JWT_AUTHORIZATION_GRANT", "TOKEN_EXCHANGE"
PRE_AUTHORIZED = "OID4VC_VCI_PREAUTH_CODE"
"""Features of the server."""

CHECKED_PROTOCOLS = frozenset({"openid-connect", "saml", "docker-v2"})
"""Protocols of clients whose logins the extension checks."""

_PASSKEYS_OFFERED = "webAuthnPolicyPasswordlessPasskeysEnabled"
"""The realm's switch by which the form for the password takes a passkey."""

_ADMIN_ROLES = frozenset(
    {"realm-admin", "manage-realm", "manage-users", "impersonation", "manage-clients", "manage-identity-providers"}
)
"""Roles of realm-management by which a user can take 2FA away from others, or log in as them."""
_MASTER_ROLES = frozenset({"admin", "create-realm"})
"""Realm roles of master that hold those."""


_HANDS_OUT = "The flow lets a user who has OTP set up another second factor after the password alone"


def totp_action(action: RequiredAction | None, providers: Container[str]) -> Iterator[Found]:
    """Whether CONFIGURE_TOTP is asked for at all.

    Args:
        action: The realm's.
        providers: Ids of the server's providers of required actions.
    """
    held_by = action.representation.get("providerId") if action else None
    if action is None:
        yield Found(required_action.ALIAS, title="The required action CONFIGURE_TOTP is not registered in the realm")
    elif held_by != required_action.ALIAS:
        yield Found(
            f"{required_action.ALIAS}.providerId",
            title=f"The alias CONFIGURE_TOTP belongs to another provider, {held_by!r}, which sets up no OTP",
            fix="Delete the required action in the admin console, and run kc2fa enforce",
        )
    elif required_action.ALIAS not in providers:
        yield Found(
            required_action.ALIAS,
            title="The server has no provider of the required action CONFIGURE_TOTP",
            fix=required_action.provider_absent().hint,
        )
    elif not action.enabled:
        yield Found(f"{required_action.ALIAS}.enabled")


def default_action(action: RequiredAction | None) -> Iterator[Found]:
    """Whether CONFIGURE_TOTP is asked of new users."""
    if action is None or not action.default:
        yield Found(f"{required_action.ALIAS}.defaultAction")


def policy(realm: RealmSettings) -> Iterator[Found]:
    """The OTP policy, one finding for each key that differs from what enforcement sets."""
    for key, have, want in otp_policy.differences(realm.policy, otp_policy.enforced(realm.policy)):
        yield Found(key, title=f"The OTP policy's {key} is {have}, not {want}")


def brute_force(realm: Mapping[str, Any]) -> Iterator[Found]:
    """Whether wrong codes ever lock an account."""
    if not realm.get("bruteForceProtected"):
        yield Found("bruteForceProtected")


def weak_limits(realm: Mapping[str, Any]) -> Iterator[Found]:
    """Whether the limits of brute-force protection, where it is on, stop an attacker who guesses."""
    for setting, wrong in guessing.weak_limits(realm) if realm.get("bruteForceProtected") else ():
        yield Found(setting, title=f"The limits of brute-force protection are too wide: {wrong}")


def weak_policy(realm: Mapping[str, Any]) -> Iterator[Found]:
    """Whether the OTP policy keeps a code good for too long."""
    for setting, wrong in guessing.weak_policy(realm):
        yield Found(setting, title=f"The OTP policy is too generous: {wrong}")


def self_removal(actions: Iterable[Mapping[str, Any]]) -> Iterator[Found]:
    """Whether users may remove their OTP: in the account console, its API, or by `kc_action=delete_credential`."""
    if any(each.get("alias") == DELETE_CREDENTIAL and each.get("enabled") for each in actions):
        yield Found(DELETE_CREDENTIAL)


def conditional_flows(realm: Mapping[str, Any], clients: Iterable[Client] | None, flow_of: FlowOf) -> Iterator[Found]:
    """The realm's browser and direct grant flows.

    Args:
        realm: The RealmRepresentation.
        clients: The clients; None where they may not be read. A direct grant flow that no client uses lets nobody in.
        flow_of: A flow by its alias.
    """
    unused = clients is not None and not any(_by_the_direct_grant_flow(clients))
    keys = [flow_bindings.BROWSER.setting, *([] if unused else [flow_bindings.DIRECT_GRANT.setting])]
    for alias in dict.fromkeys(realm[key] for key in keys):
        if not flows.demands(flow_of(alias)):
            title = _HANDS_OUT if flows.hands_out(flow_of(alias)) else None
            yield Found(alias, title=title, fix=_by_hand(flow_of(alias)))


def passkeys(realm: Mapping[str, Any], flow_of: FlowOf) -> Iterator[Found]:
    """Whether the browser flow lets a passkey stand for OTP."""
    offered = realm.get(_PASSKEYS_OFFERED) is True
    alias = realm["browserFlow"]
    if flows.lets_passkeys_skip(flow_of(alias), passkeys=offered):
        fix = _by_hand(flow_of(alias), elsewhere=flows.HANDS_OVER)
        yield Found(alias, fix=fix)


def browser_authenticators(
    realm: Mapping[str, Any], clients: Iterable[Client], aliases: Mapping[str, str], flow_of: FlowOf
) -> frozenset[str]:
    """Ids of the authenticators that a browser login can meet, by the realm's flow or by one of a client's own.

    Args:
        realm: The RealmRepresentation.
        clients: The clients.
        aliases: Aliases of flows by their ids.
        flow_of: A flow by its alias.
    """
    own = (aliases.get(each.overrides.get("browser", "")) for each in clients if each.browser)
    used = {realm[flow_bindings.BROWSER.setting], *(alias for alias in own if alias)}
    met = {step.provider for alias in used for step in flow_of(alias).walk() if step.provider}
    # The form for the password takes a passkey too, where the realm offers it.
    return frozenset(met | ({flows.PASSKEY} if realm.get(_PASSKEYS_OFFERED) is True else set()))


def reset_credentials(realm: Mapping[str, Any], flow_of: FlowOf) -> Iterator[Found]:
    """Whether "Forgot password" goes on without the old code."""
    alias = realm["resetCredentialsFlow"]
    if realm.get("resetPasswordAllowed") and not flows.demands(flow_of(alias)):
        yield Found(alias)


def reset_removes_otp(realm: Mapping[str, Any], flow_of: FlowOf) -> Iterator[Found]:
    """Whether "Forgot password" takes OTP away from a user who gave no code."""
    alias = realm["resetCredentialsFlow"]
    if realm.get("resetPasswordAllowed") and flows.removes_otp(flow_of(alias)):
        yield Found(alias)


def unchecked_protocols(clients: Iterable[Client]) -> Iterator[Found]:
    """Clients whose protocol the extension does not check where a login ends: another extension brought it."""
    for client in clients:
        if client.protocol not in CHECKED_PROTOCOLS:
            yield Found(
                client.client_id,
                title=f"The extension does not check logins by the client's protocol, {client.protocol!r}",
            )


def client_overrides(clients: Iterable[Client], aliases: Mapping[str, str], flow_of: FlowOf) -> Iterator[Found]:
    """Clients with a flow of their own that does not require a second factor.

    Args:
        clients: The clients.
        aliases: Aliases of flows by their ids.
        flow_of: A flow by its alias.
    """
    for client in clients:
        for kind in open_overrides(client, aliases, flow_of):
            yield Found(
                client.client_id,
                title=f"The client has a {kind.replace('_', ' ')} flow of its own, "
                f"{aliases[client.overrides[kind]]!r}, that does not require a second factor",
            )


def open_overrides(client: Client, aliases: Mapping[str, str], flow_of: FlowOf) -> list[str]:
    """For what (see `OVERRIDES`) a client has a flow of its own that does not require a second factor."""
    return [
        kind
        for kind in OVERRIDES
        # The id of a flow that is gone counts for nothing in Keycloak.
        if client.uses(kind)
        and (alias := aliases.get(client.overrides.get(kind, "")))
        and not flows.demands(flow_of(alias))
    ]


def direct_grants(realm: Mapping[str, Any], clients: Iterable[Client], flow_of: FlowOf) -> Iterator[Found]:
    """Clients that log people in by the realm's direct grant flow where that demands no code."""
    if flows.demands(flow_of(realm[flow_bindings.DIRECT_GRANT.setting])):
        return
    for client in _by_the_direct_grant_flow(clients):
        yield Found(client.client_id)


def brokers(providers: Iterable[IdentityProvider], flow_of: FlowOf) -> Iterator[Found]:
    """Identity providers after which nobody is asked for a second factor."""
    for provider in providers:
        if provider.post_login_flow is None or not flows.demands(flow_of(provider.post_login_flow)):
            yield Found(provider.alias)


def saml_ecp(clients: Iterable[Client], flow_of: FlowOf) -> Iterator[Found]:
    """SAML clients that give an assertion for a name and a password."""
    allowed = [each for each in clients if each.protocol == "saml" and each.has(ALLOW_ECP)]
    if allowed and not flows.demands(flow_of(flow_bindings.SAML_ECP_FLOW)):
        for client in allowed:
            yield Found(client.client_id)


def docker_clients(
    realm: Mapping[str, Any], clients: Iterable[Client], features: Container[str], flow_of: FlowOf
) -> Iterator[Found]:
    """Clients of the protocol docker-v2, where the server speaks it."""
    found = [each for each in clients if each.protocol == "docker-v2"] if "DOCKER" in features else []
    alias = realm.get(flow_bindings.DOCKER.setting)
    if found and alias and not flows.demands(flow_of(alias)):
        for client in found:
            yield Found(client.client_id)


def client_policies(policies: ClientPolicies, flow_of: Callable[[str], Flow | None]) -> Iterator[Found]:
    """Client policies that lead to a flow that does not require a second factor.

    Args:
        policies: The realm's.
        flow_of: A flow by its alias; None where there is none, and Keycloak ends the login with an error.
    """
    for each in policies.enforced_flows:
        if (flow := flow_of(each.alias)) is not None and not flows.demands(flow):
            yield Found(
                each.policy,
                title=f"The client policy leads to the flow {each.alias!r} (profile {each.profile!r}), "
                "which does not require a second factor",
            )


def grants(realm: Mapping[str, Any], clients: Iterable[Client], features: Container[str]) -> Iterator[Found]:
    """Grants that give tokens for a user without any flow."""
    for client in clients:
        providers = client.attributes.get(JWT_GRANT_PROVIDERS)
        if CIBA in features and client.has(CIBA_GRANT):
            yield _grant(client, "CIBA", "the user answers on another device, without a second factor of this realm")
        if JWT in features and client.has(JWT_GRANT) and providers:
            yield _grant(client, "the JWT authorization grant", f"an assertion of {providers} is enough")
        if PRE_AUTHORIZED in features and realm.get("verifiableCredentialsEnabled") and client.has(OID4VCI):
            yield _grant(client, "the pre-authorized code grant", "the code of a credential offer is enough")
    if TOKEN_EXCHANGE in features:
        yield Found(
            "feature token-exchange",
            title="Token exchange V1 is on: a client with the permission gets a token of a user for another token",
            fix="Start Keycloak without the preview feature token-exchange; the standard token exchange (V2) stays",
        )


def default_roles(
    roles: Iterable[Mapping[str, Any]], clients: Mapping[str, str], group: str | None = None
) -> Iterator[Found]:
    """Admin roles that every user has by the realm's default roles, or every new one by a default group.

    Args:
        roles: RoleRepresentations of what they have.
        clients: The names of the clients by their ids.
        group: Path of the default group; None for the default roles.
    """
    for role in roles:
        owner = clients.get(role.get("containerId", ""), "") if role.get("clientRole") else None
        of_admins = owner is not None and (owner == "realm-management" or owner.endswith("-realm"))
        if role["name"] in (_ADMIN_ROLES if of_admins else _MASTER_ROLES if owner is None else ()):
            name = f"{owner} {role['name']}" if owner else role["name"]
            if group is None:
                yield Found(name)
            else:
                yield Found(
                    f"{name} ({group})",
                    title=f"Every new user has an admin role by the default group {group!r}",
                    fix="Take the role from the group, or the group out of the realm's default groups; "
                    "look at the group's members",
                )


def server(version: str, usage: Usage) -> Iterator[Found]:
    """Known holes of the server that apply here; and where the version is not known, that.

    Args:
        version: As the server gives it.
        usage: What of the holes' conditions is in use here.
    """
    numbers = server_version.release(version)
    if numbers is None:
        yield _version_not_checked(
            f"the server's version, {version!r}, has no numbers",
            "Find out which release it was built from",
        )
        return
    if not server_version.is_known(numbers):
        yield _version_not_checked(
            f"known vulnerabilities of Keycloak {version}: this kc2fa is older than that release",
            "Use a newer kc2fa, or look up the security fixes of that release",
        )
        return
    for hole, verdict in server_version.holes(numbers, usage):
        if verdict is Verdict.OPEN:
            yield Found(hole.cve, title=f"Keycloak {version}: {hole.opens} ({hole.source})", fix=hole.fix)
        else:
            yield _version_not_checked(
                f"whether Keycloak {version} has the fix of {hole.cve}", f"Look it up at {hole.source}"
            )


def _version_not_checked(what: str, how: str) -> NotChecked:
    return NotChecked(
        title=f"Not checked: {what}",
        fix=f"{how}, and leave the check out by --skip {FindingId.SERVER_VULNERABLE} where it has the fixes",
    )


def _by_hand(flow: Flow, *, elsewhere: frozenset[str] = flows.PASSWORDS_ONLY) -> str | None:
    """How a flow is closed that `harden` cannot close."""
    if flows.open_levels(flow, elsewhere=elsewhere) is not None:
        return None
    return "In the admin console: put each alternative of the flow that is one step into a sub-flow with an OTP Form"


def _by_the_direct_grant_flow(clients: Iterable[Client]) -> Iterator[Client]:
    return (each for each in clients if each.direct_grants and "direct_grant" not in each.overrides)


def _grant(client: Client, name: str, how: str) -> Found:
    return Found(client.client_id, title=f"The client may use {name}: {how}")
