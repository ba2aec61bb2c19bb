"""Every URL of Keycloak that python-keycloak does not know for us, relative to the base URL.

Names reach a URL quoted: a realm may be called `a b` or `100%`.
"""

from urllib.parse import quote


def segment(name: str) -> str:
    """One path segment: nothing in a name can leave it."""
    # A lone dot would be taken for "this folder" by every HTTP client, quoted or not, but Keycloak
    # refuses such realm names, so nothing is lost that could exist.
    return quote(name, safe="")


def realm(name: str) -> str:
    """A realm in the Admin API."""
    return f"admin/realms/{segment(name)}"


def discovery(name: str) -> str:
    """A realm's OpenID configuration (OpenID Discovery 1.0)."""
    return f"realms/{segment(name)}/.well-known/openid-configuration"


def roles(name: str) -> str:
    """The realm's roles."""
    return f"{realm(name)}/roles"


def users(name: str) -> str:
    """The realm's users."""
    return f"{realm(name)}/users"


def user(name: str, user_id: str) -> str:
    """One user."""
    return f"{users(name)}/{segment(user_id)}"


def credentials(name: str, user_id: str) -> str:
    """What a user logs in with."""
    return f"{user(name, user_id)}/credentials"


def credential(name: str, user_id: str, credential_id: str) -> str:
    """One credential of a user."""
    return f"{credentials(name, user_id)}/{segment(credential_id)}"


def login_failures(name: str, user_id: str) -> str:
    """What brute-force detection holds against a user."""
    return f"{realm(name)}/attack-detection/brute-force/users/{segment(user_id)}"


def users_count(name: str) -> str:
    """How many users there are."""
    return f"{users(name)}/count"


def unregistered_required_actions(name: str) -> str:
    """Required-action providers that the server has and the realm has not registered."""
    return f"{realm(name)}/authentication/unregistered-required-actions"


def register_required_action(name: str) -> str:
    """Where a required-action provider is registered in a realm."""
    return f"{realm(name)}/authentication/register-required-action"


def organizations(name: str) -> str:
    """The realm's organizations."""
    return f"{realm(name)}/organizations"


def invitations(name: str, organization_id: str) -> str:
    """One organization's invitations (Keycloak 26.5 and later)."""
    return f"{organizations(name)}/{segment(organization_id)}/invitations"


def workflows(name: str) -> str:
    """The realm's workflows (Keycloak 26.5 and later)."""
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


def two_factor_preview(name: str) -> str:
    """The extension's own: what enforcing would do."""
    return f"{two_factor(name)}/preview"


def two_factor_report(name: str) -> str:
    """The extension's own: everybody, a JSON object a line."""
    return f"{two_factor(name)}/report"


def two_factor_enforce(name: str) -> str:
    """The extension's own: marks everybody."""
    return f"{two_factor(name)}/enforce"
