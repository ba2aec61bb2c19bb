"""Every place where Keycloak binds an authentication flow, or logs a user in without one: one table.

The checks of `verify` take their settings from this table, and a test compares it with what a server has, so that no
binding is forgotten. A row that lets no user in says why, and so does a row without a flow. Source:
`org.keycloak.models.RealmModel`, `AuthenticationFlowResolver`, `SamlEcpProfileService`, `DockerEndpoint`,
`IdentityBrokerService`, `AuthenticationFlowSelectorExecutor`.
"""

from dataclasses import dataclass

from keycloak_2fa.verification.findings import FindingId

SAML_ECP_FLOW = "saml ecp"
"""The alias by which Keycloak finds the flow of SAML ECP. No setting binds it, and no list names it."""

FLOW_ENFORCER = "auth-flow-enforcer"
"""The executor of a client policy that replaces the browser flow."""


@dataclass(frozen=True)
class Binding:
    """One row.

    Attributes:
        name: What the flow is for.
        setting: What binds it, in Keycloak's words.
        reported_by: The ids of `verify` that report it where it demands no second factor.
        why: Why nothing reports it, or why another id than its own does.
        lets_in: Whether a user gets a session or a token at its end.
    """

    name: str
    setting: str
    reported_by: tuple[FindingId, ...]
    why: str = ""
    lets_in: bool = True


BROWSER = Binding("browser", "browserFlow", (FindingId.FLOW_CONDITIONAL, FindingId.PASSKEY_SKIPS_OTP))
DIRECT_GRANT = Binding(
    "direct grant",
    "directGrantFlow",
    (FindingId.FLOW_CONDITIONAL, FindingId.DIRECT_GRANT_CLIENTS),
    "Where no client uses it, nobody can log in by it.",
)
REGISTRATION = Binding(
    "registration",
    "registrationFlow",
    (FindingId.DEFAULT_ACTION_OFF,),
    "A new user has no second factor yet. The default action requires set-up before the login ends.",
)
RESET_CREDENTIALS = Binding(
    "reset credentials", "resetCredentialsFlow", (FindingId.RESET_CREDENTIALS, FindingId.RESET_REMOVES_OTP)
)
CLIENT_AUTHENTICATION = Binding(
    "client authentication", "clientAuthenticationFlow", (), "It logs in clients, not users.", lets_in=False
)
DOCKER = Binding("docker", "dockerAuthenticationFlow", (FindingId.DOCKER_CLIENTS,))
FIRST_BROKER_LOGIN = Binding(
    "first broker login",
    "firstBrokerLoginFlow",
    (FindingId.BROKER_WITHOUT_2FA,),
    "Keycloak runs the post login flow of the identity provider after it.",
    lets_in=False,
)
FIRST_BROKER_LOGIN_OF_PROVIDER = Binding(
    "first broker login of an identity provider",
    "identity provider: firstBrokerLoginFlowAlias",
    (FindingId.BROKER_WITHOUT_2FA,),
    FIRST_BROKER_LOGIN.why,
    lets_in=False,
)
POST_BROKER_LOGIN = Binding(
    "post broker login", "identity provider: postBrokerLoginFlowAlias", (FindingId.BROKER_WITHOUT_2FA,)
)
SAML_ECP = Binding("SAML ECP (http-basic)", f"the flow {SAML_ECP_FLOW!r}", (FindingId.SAML_ECP,))
DEVICE = Binding(
    "device authorization grant",
    "browserFlow, or the client's browser flow",
    (FindingId.FLOW_CONDITIONAL, FindingId.CLIENT_FLOW_OVERRIDE),
    "The user logs in by the browser flow on another device.",
)
CIBA = Binding("CIBA", "client: oidc.ciba.grant.enabled", (FindingId.GRANT_WITHOUT_2FA,), "It runs no flow.")
JWT_AUTHORIZATION_GRANT = Binding(
    "JWT authorization grant",
    "client: oauth2.jwt.authorization.grant.enabled",
    (FindingId.GRANT_WITHOUT_2FA,),
    "It runs no flow.",
)
TOKEN_EXCHANGE = Binding(
    "token exchange V1", "feature token-exchange", (FindingId.GRANT_WITHOUT_2FA,), "It runs no flow."
)
PRE_AUTHORIZED_CODE = Binding(
    "pre-authorized code (OID4VCI)",
    "realm: verifiableCredentialsEnabled",
    (FindingId.GRANT_WITHOUT_2FA,),
    "It runs no flow.",
)
CLIENT_BROWSER = Binding(
    "browser flow of a client",
    "client: authenticationFlowBindingOverrides.browser",
    (FindingId.CLIENT_FLOW_OVERRIDE,),
)
CLIENT_DIRECT_GRANT = Binding(
    "direct grant flow of a client",
    "client: authenticationFlowBindingOverrides.direct_grant",
    (FindingId.CLIENT_FLOW_OVERRIDE,),
)
CLIENT_POLICY = Binding("client policy", f"client profile: executor {FLOW_ENFORCER}", (FindingId.CLIENT_POLICY_FLOW,))

BINDINGS = (
    BROWSER,
    DIRECT_GRANT,
    REGISTRATION,
    RESET_CREDENTIALS,
    CLIENT_AUTHENTICATION,
    DOCKER,
    FIRST_BROKER_LOGIN,
    FIRST_BROKER_LOGIN_OF_PROVIDER,
    POST_BROKER_LOGIN,
    SAML_ECP,
    DEVICE,
    CIBA,
    JWT_AUTHORIZATION_GRANT,
    TOKEN_EXCHANGE,
    PRE_AUTHORIZED_CODE,
    CLIENT_BROWSER,
    CLIENT_DIRECT_GRANT,
    CLIENT_POLICY,
)

OVERRIDES = {"browser": CLIENT_BROWSER, "direct_grant": CLIENT_DIRECT_GRANT}
"""What a client can have a flow of its own for, by Keycloak's key."""
