"""Every URL of Keycloak that python-keycloak does not know for us, relative to the base URL.

Names reach a URL quoted: a realm may be called `a b` or `100%`.
"""

from urllib.parse import quote

from keycloak_2fa.errors import UsageError

DOTS = frozenset({".", ".."})
"""Names that no URL can hold: every HTTP client takes them, quoted or not, for this folder and the one above."""


def segment(name: str) -> str:
    """One path segment: nothing in a name can leave it.

    Raises:
        UsageError: The name is one of `DOTS`.
    """
    if name in DOTS:
        raise UsageError(
            f"{name!r} cannot stand in a URL, so Keycloak cannot be asked about it.",
            "Check the name. Where something in Keycloak has that name, rename it there.",
        )
    return quote(name, safe="")


def realms() -> str:
    """The server's realms."""
    return "admin/realms"


def server_info() -> str:
    """What the server tells of itself: its version, its features, its providers."""
    return "admin/serverinfo"


def realm(name: str) -> str:
    """A realm in the Admin API."""
    return f"admin/realms/{segment(name)}"


def discovery(name: str) -> str:
    """A realm's OpenID configuration (OpenID Discovery 1.0)."""
    return f"realms/{segment(name)}/.well-known/openid-configuration"


def roles(name: str) -> str:
    """The realm's roles."""
    return f"{realm(name)}/roles"


def default_groups(name: str) -> str:
    """The groups that every new user is put into."""
    return f"{realm(name)}/default-groups"


def group(name: str, group_id: str) -> str:
    """A group."""
    return f"{realm(name)}/groups/{segment(group_id)}"


def group_roles(name: str, group_id: str) -> str:
    """The roles that the members of a group have by it, without those of the groups around it."""
    return f"{group(name, group_id)}/role-mappings"


def role_composites(name: str, role_id: str) -> str:
    """The roles that a role is made of."""
    return f"{realm(name)}/roles-by-id/{segment(role_id)}/composites"


def role_holders(name: str, role: str, client_id: str | None = None) -> str:
    """The users who are given a role of the realm, or of one of its clients."""
    return f"{_role(name, role, client_id)}/users"


def role_groups(name: str, role: str, client_id: str | None = None) -> str:
    """The groups that are given a role of the realm, or of one of its clients."""
    return f"{_role(name, role, client_id)}/groups"


def groups(name: str) -> str:
    """The realm's groups of the first level."""
    return f"{realm(name)}/groups"


def group_children(name: str, group_id: str) -> str:
    """The groups below a group."""
    return f"{groups(name)}/{segment(group_id)}/children"


def group_members(name: str, group_id: str) -> str:
    """The users who are members of a group itself."""
    return f"{groups(name)}/{segment(group_id)}/members"


def client_roles(name: str, client_id: str) -> str:
    """The roles of a client, by its internal id."""
    return f"{realm(name)}/clients/{segment(client_id)}/roles"


def service_account(name: str, client_id: str) -> str:
    """The user that a client acts as; the client by its internal id."""
    return f"{realm(name)}/clients/{segment(client_id)}/service-account-user"


def role_mappings(name: str, user_id: str) -> str:
    """Every role that a user is given."""
    return f"{user(name, user_id)}/role-mappings"


def client_policies(name: str) -> str:
    """The realm's client policies."""
    return f"{realm(name)}/client-policies/policies"


def client_profiles(name: str) -> str:
    """The profiles that client policies apply."""
    return f"{realm(name)}/client-policies/profiles"


def _role(name: str, role: str, client_id: str | None) -> str:
    holder = realm(name) if client_id is None else f"{realm(name)}/clients/{segment(client_id)}"
    return f"{holder}/roles/{segment(role)}"


def users(name: str) -> str:
    """The realm's users."""
    return f"{realm(name)}/users"


def user(name: str, user_id: str) -> str:
    """One user."""
    return f"{users(name)}/{segment(user_id)}"


def credentials(name: str, user_id: str) -> str:
    """What a user logs in with, without the secrets."""
    return f"{user(name, user_id)}/credentials"


def credential(name: str, user_id: str, credential_id: str) -> str:
    """One credential of a user."""
    return f"{credentials(name, user_id)}/{segment(credential_id)}"


def identity_provider_links(name: str, user_id: str) -> str:
    """The identity providers through which one user logs in."""
    return f"{user(name, user_id)}/federated-identity"


def set_up_mail(name: str, user_id: str) -> str:
    """The request that mails one user a link to required actions."""
    return f"{user(name, user_id)}/execute-actions-email"


def users_count(name: str) -> str:
    """How many users there are."""
    return f"{users(name)}/count"


def unregistered_required_actions(name: str) -> str:
    """Required-action providers that the server has and the realm has not registered."""
    return f"{realm(name)}/authentication/unregistered-required-actions"


def register_required_action(name: str) -> str:
    """Where a required-action provider is registered in a realm."""
    return f"{realm(name)}/authentication/register-required-action"


def required_action(name: str, alias: str) -> str:
    """A required action that the realm has registered."""
    return f"{realm(name)}/authentication/required-actions/{segment(alias)}"


def required_action_settings(name: str, alias: str) -> str:
    """What can be configured of a required action, which the server's provider of it tells."""
    return f"{required_action(name, alias)}/config-description"


def components(name: str) -> str:
    """What is plugged into the realm, its user federation providers among them."""
    return f"{realm(name)}/components"


def test_ldap_connection(name: str) -> str:
    """The request that makes Keycloak test an LDAP server."""
    return f"{realm(name)}/testLDAPConnection"


def organizations(name: str) -> str:
    """The realm's organizations."""
    return f"{realm(name)}/organizations"


def invitations(name: str, organization_id: str) -> str:
    """One organization's invitations (Keycloak 26.5 and later)."""
    return f"{organizations(name)}/{segment(organization_id)}/invitations"


def resend_invitation(name: str, organization_id: str, invitation_id: str) -> str:
    """Where one invitation is sent again (Keycloak 26.5 and later)."""
    return f"{invitations(name, organization_id)}/{segment(invitation_id)}/resend"


def invite(name: str, organization_id: str) -> str:
    """Where an address is invited to an organization, a user's or a stranger's."""
    return f"{organizations(name)}/{segment(organization_id)}/members/invite-user"


def workflows(name: str) -> str:
    """The realm's workflows, where the server has them; see `versions`."""
    return f"{realm(name)}/workflows"


def workflow(name: str, workflow_id: str) -> str:
    """One workflow."""
    return f"{workflows(name)}/{segment(workflow_id)}"


def workflow_activation(name: str, workflow_id: str, user_id: str) -> str:
    """Where a workflow is started for one user."""
    return f"{workflow(name, workflow_id)}/activate/USERS/{segment(user_id)}"


def logout_all(name: str) -> str:
    """Where every session of a realm, offline ones too, is ended."""
    return f"{realm(name)}/logout-all"


def two_factor(name: str) -> str:
    """The extension's own: what a realm's 2FA is set to."""
    return f"{realm(name)}/two-factor"


def two_factor_extension(name: str) -> str:
    """The extension's own: its version and its parts."""
    return f"{two_factor(name)}/extension"


def two_factor_progress(name: str) -> str:
    """The extension's own: how far a run is."""
    return f"{two_factor(name)}/progress"


def two_factor_preview(name: str) -> str:
    """The extension's own: what enforcing would do."""
    return f"{two_factor(name)}/preview"


def two_factor_report(name: str) -> str:
    """The extension's own: everybody, a JSON object a line."""
    return f"{two_factor(name)}/report"


def two_factor_enforce(name: str) -> str:
    """The extension's own: marks everybody."""
    return f"{two_factor(name)}/enforce"


def two_factor_reset(name: str, user_id: str) -> str:
    """The extension's own: resets one user."""
    return f"{two_factor(name)}/users/{segment(user_id)}/reset"


def flows(name: str) -> str:
    """The realm's authentication flows."""
    return f"{realm(name)}/authentication/flows"


def partial_export(name: str) -> str:
    """The realm in one document, with its flows but without clients, groups, roles and users."""
    return f"{realm(name)}/partial-export"


def flow_executions(name: str, alias: str) -> str:
    """The steps of a flow and of all its sub-flows, in order."""
    return f"{flows(name)}/{segment(alias)}/executions"


def flow_copy(name: str, alias: str) -> str:
    """Where a copy of a flow is made."""
    return f"{flows(name)}/{segment(alias)}/copy"


def flow(name: str, flow_id: str) -> str:
    """One flow of a realm, by its id."""
    return f"{flows(name)}/{segment(flow_id)}"


def new_sub_flow(name: str, alias: str) -> str:
    """Where a flow gets a new sub-flow."""
    return f"{flow_executions(name, alias)}/flow"


def executions(name: str) -> str:
    """Where a step is added to a flow."""
    return f"{realm(name)}/authentication/executions"


def execution(name: str, execution_id: str) -> str:
    """One step of a flow."""
    return f"{executions(name)}/{segment(execution_id)}"


def authenticator_providers(name: str) -> str:
    """The authenticators that the server has for a realm's flows."""
    return f"{realm(name)}/authentication/authenticator-providers"


def new_authenticator_config(name: str, execution_id: str) -> str:
    """Where a step is given its configuration."""
    return f"{execution(name, execution_id)}/config"


def authenticator_config(name: str, config_id: str) -> str:
    """The configuration of one step of a flow."""
    return f"{realm(name)}/authentication/config/{segment(config_id)}"


def clients(name: str) -> str:
    """The realm's clients."""
    return f"{realm(name)}/clients"


def client_sessions(name: str, client_id: str, *, offline: bool) -> str:
    """User sessions at one client, by the client's internal id."""
    return f"{clients(name)}/{segment(client_id)}/{'offline' if offline else 'user'}-sessions"


def client(name: str, client_id: str) -> str:
    """One client, by its internal id."""
    return f"{clients(name)}/{segment(client_id)}"


def initial_access_tokens(name: str) -> str:
    """Initial access tokens for client registration."""
    return f"{realm(name)}/clients-initial-access"


def brute_force_status(name: str, user_id: str) -> str:
    """What brute-force protection knows of one user."""
    return f"{realm(name)}/attack-detection/brute-force/users/{segment(user_id)}"


def events(name: str) -> str:
    """What users did, as far as the realm keeps it."""
    return f"{realm(name)}/events"


def admin_events(name: str) -> str:
    """What administrators did, as far as the realm keeps it."""
    return f"{realm(name)}/admin-events"


def events_config(name: str) -> str:
    """What of both the realm keeps."""
    return f"{realm(name)}/events/config"


def identity_providers(name: str) -> str:
    """The realm's identity providers."""
    return f"{realm(name)}/identity-provider/instances"


def identity_provider(name: str, alias: str) -> str:
    """One identity provider."""
    return f"{identity_providers(name)}/{segment(alias)}"
