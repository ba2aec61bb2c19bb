"""The steps by which `harden` closes each way around 2FA.

A step changes the settings that it names and nothing else, and changes nothing when it is taken again.
"""

from collections.abc import Callable, Iterable, Mapping

from keycloak_2fa.hardening import flow_fixes, setting_fixes
from keycloak_2fa.hardening.fix import Fix
from keycloak_2fa.verification.findings import FindingId
from keycloak_2fa.verification.snapshot import Snapshot

PLANS: Mapping[FindingId, Callable[[Snapshot], Iterable[Fix]]] = {
    FindingId.TOTP_ACTION_OFF: setting_fixes.totp_action,
    FindingId.DEFAULT_ACTION_OFF: setting_fixes.default_action,
    FindingId.OTP_POLICY_DRIFT: setting_fixes.policy,
    FindingId.OTP_POLICY_WEAK: setting_fixes.weak_policy,
    FindingId.BRUTE_FORCE_OFF: setting_fixes.brute_force,
    FindingId.BRUTE_FORCE_WEAK: setting_fixes.weak_limits,
    FindingId.OTP_SELF_REMOVAL: setting_fixes.self_removal,
    FindingId.SAML_ECP: setting_fixes.saml_ecp,
    FindingId.DOCKER_CLIENTS: setting_fixes.docker_clients,
    FindingId.GRANT_WITHOUT_2FA: setting_fixes.grants,
    FindingId.FLOW_CONDITIONAL: flow_fixes.flow_conditional,
    FindingId.EXEMPTION_ASKED: flow_fixes.exemptions,
    FindingId.PASSKEY_SKIPS_OTP: flow_fixes.passkeys,
    FindingId.DIRECT_GRANT_CLIENTS: flow_fixes.direct_grant_flow,
    FindingId.RESET_CREDENTIALS: flow_fixes.reset_credentials,
    FindingId.RESET_REMOVES_OTP: flow_fixes.reset_credentials,
    FindingId.CLIENT_FLOW_OVERRIDE: flow_fixes.client_overrides,
    FindingId.CLIENT_POLICY_FLOW: flow_fixes.policies,
    FindingId.BROKER_WITHOUT_2FA: flow_fixes.brokers,
}
"""The steps for each way around, none where it is closed, in the order in which they are taken: what makes OTP possible
comes before what demands it."""
