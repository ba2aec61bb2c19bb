"""Which steps of `harden` close which finding: one `Remedy` for each check that a setting of the realm closes.

A step changes the settings that it names and nothing else, and changes nothing when it is taken again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from keycloak_2fa.hardening import flow_fixes, setting_fixes
from keycloak_2fa.hardening.fix import Fix
from keycloak_2fa.realm import roles
from keycloak_2fa.verification.findings import FindingId
from keycloak_2fa.verification.snapshot import Snapshot


@dataclass(frozen=True)
class Remedy:
    """What closes a finding.

    Attributes:
        id: The finding.
        plan: Finds out the steps; none where it is closed.
        reads: The role beside view-realm that they are found out with.
    """

    id: FindingId
    plan: Callable[[Snapshot], Iterable[Fix]]
    reads: str | None = None

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles for finding out the steps."""
        return ("view-realm",) if self.reads is None else ("view-realm", self.reads)

    @property
    def writing_roles(self) -> tuple[str, ...]:
        """The roles for taking them."""
        return tuple(roles.WRITING[role] for role in self.roles)


REMEDIES = (
    Remedy(FindingId.TOTP_ACTION_OFF, setting_fixes.totp_action),
    Remedy(FindingId.DEFAULT_ACTION_OFF, setting_fixes.default_action),
    Remedy(FindingId.OTP_POLICY_DRIFT, setting_fixes.policy),
    Remedy(FindingId.OTP_POLICY_WEAK, setting_fixes.weak_policy),
    Remedy(FindingId.BRUTE_FORCE_OFF, setting_fixes.brute_force),
    Remedy(FindingId.BRUTE_FORCE_WEAK, setting_fixes.weak_limits),
    Remedy(FindingId.OTP_SELF_REMOVAL, setting_fixes.self_removal),
    Remedy(FindingId.SAML_ECP, setting_fixes.saml_ecp, reads="view-clients"),
    Remedy(FindingId.DOCKER_CLIENTS, setting_fixes.docker_clients, reads="view-clients"),
    Remedy(FindingId.GRANT_WITHOUT_2FA, setting_fixes.grants, reads="view-clients"),
    Remedy(FindingId.FLOW_CONDITIONAL, flow_fixes.flow_conditional),
    Remedy(FindingId.EXEMPTION_ASKED, flow_fixes.exemptions),
    Remedy(FindingId.PASSKEY_SKIPS_OTP, flow_fixes.passkeys),
    Remedy(FindingId.DIRECT_GRANT_CLIENTS, flow_fixes.direct_grant_flow),
    Remedy(FindingId.RESET_CREDENTIALS, flow_fixes.reset_credentials),
    Remedy(FindingId.RESET_REMOVES_OTP, flow_fixes.reset_credentials),
    Remedy(FindingId.CLIENT_FLOW_OVERRIDE, flow_fixes.client_overrides, reads="view-clients"),
    Remedy(FindingId.CLIENT_POLICY_FLOW, flow_fixes.policies),
    Remedy(FindingId.BROKER_WITHOUT_2FA, flow_fixes.brokers, reads="view-identity-providers"),
)
"""In the order in which the steps are taken: what makes OTP possible comes before what demands it."""
