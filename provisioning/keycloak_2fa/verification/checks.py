"""The checks of `verify`: one object for each finding."""

from keycloak_2fa.verification import readings
from keycloak_2fa.verification.check import CLIENTS, IDENTITY_PROVIDERS, PEOPLE, REALM, Check
from keycloak_2fa.verification.findings import FindingId, Severity


def _harden(finding: FindingId) -> str:
    return f"kc2fa harden --fix {finding}"


_ASKED_AT_EVERY_LOGIN = "The extension's guard asks for a second factor before this login ends."

CHECKS = (
    Check(
        FindingId.SET_UP_SKIPPABLE,
        Severity.HIGH,
        title="A login can skip the set-up page",
        why="A user who gave only the password can continue without setting up OTP. No setting of the realm closes "
        "this.",
        fix="Install the extension (kc2fa extension install) and run kc2fa enforce, or add a rule to the "
        "reverse proxy (docs/proxy.md)",
        find=readings.set_up_skippable,
        held="The extension refuses a session and tokens to a login that skipped the set-up.",
        closed_otherwise="kc2fa extension install closes it on the server.",
    ),
    Check(
        FindingId.TOTP_ACTION_OFF,
        Severity.HIGH,
        title="The required action CONFIGURE_TOTP is off",
        why="In the browser Keycloak skips it silently: users who should set up OTP log in without it, unless the "
        "extension's guard stops them.",
        fix=f"kc2fa enforce, or {_harden(FindingId.TOTP_ACTION_OFF)}",
        find=readings.totp_action,
    ),
    Check(
        FindingId.DEFAULT_ACTION_OFF,
        Severity.HIGH,
        title="New users are not asked to set up OTP",
        why="Users who register, are invited or are created from now on log in by password alone, unless the "
        "extension's guard stops them.",
        fix=f"kc2fa enforce, or {_harden(FindingId.DEFAULT_ACTION_OFF)}",
        find=readings.default_action,
    ),
    Check(
        FindingId.OTP_SELF_REMOVAL,
        Severity.MEDIUM,
        title="Users can remove their own OTP",
        why="Keycloak does not ask for set-up again: the next login needs the password only.",
        fix=_harden(FindingId.OTP_SELF_REMOVAL),
        find=readings.self_removal,
        held="The extension's guard requires set-up again at the next login. An attacker who has "
        "the password can set it up first.",
    ),
    Check(
        FindingId.GUARD_OFF,
        Severity.HIGH,
        title="The extension's guard is off",
        why="The realm was enforced with it. Users without a stored pending set-up log in by password alone.",
        fix="kc2fa enforce",
        find=readings.guard_off,
        roles=(REALM,),
        closed_otherwise="kc2fa enforce enables it.",
    ),
    Check(
        FindingId.ENFORCEMENT_RECORD_MISSING,
        Severity.HIGH,
        title="The realm was enforced, and the record of it is missing",
        why="Without it 2FA counts as OFF: the extension asks nobody, and drift is not reported.",
        fix="Find out who deleted or renamed the role two-factor-enforcement (admin events), then run kc2fa enforce",
        find=readings.record_missing,
        roles=(REALM,),
        closed_otherwise="kc2fa enforce creates it again.",
    ),
    Check(
        FindingId.OTP_POLICY_DRIFT,
        Severity.MEDIUM,
        title="The OTP policy is not the enforced one",
        why="One of the three authenticator apps may not support it, or codes are weaker than before.",
        fix=f"kc2fa enforce, or {_harden(FindingId.OTP_POLICY_DRIFT)}",
        find=readings.policy,
        roles=(REALM,),
    ),
    Check(
        FindingId.OTP_POLICY_WEAK,
        Severity.MEDIUM,
        title="The OTP policy accepts codes for too long",
        why="A code that was seen or recorded stays valid for longer, and more codes are valid at once to guess.",
        fix=_harden(FindingId.OTP_POLICY_WEAK),
        find=readings.weak_policy,
        roles=(REALM,),
    ),
    Check(
        FindingId.BRUTE_FORCE_OFF,
        Severity.MEDIUM,
        title="Brute-force protection is off",
        why="With unlimited attempts a code of six digits can be guessed.",
        fix=_harden(FindingId.BRUTE_FORCE_OFF),
        find=readings.brute_force,
        roles=(REALM,),
    ),
    Check(
        FindingId.BRUTE_FORCE_WEAK,
        Severity.MEDIUM,
        title="Brute-force protection is on, but its limits do not stop guessing",
        why="A code of six digits can be guessed within days.",
        fix=_harden(FindingId.BRUTE_FORCE_WEAK),
        find=readings.weak_limits,
        roles=(REALM,),
    ),
    Check(
        FindingId.FLOW_CONDITIONAL,
        Severity.MEDIUM,
        title="The flow asks only users who have a second factor for it",
        why="A user without OTP logs in by password alone as soon as no required action is pending.",
        fix=_harden(FindingId.FLOW_CONDITIONAL),
        find=readings.conditional_flows,
        roles=(REALM,),
        held=_ASKED_AT_EVERY_LOGIN,
    ),
    Check(
        FindingId.PASSKEY_SKIPS_OTP,
        Severity.LOW,
        title="A login by passkey is not asked for OTP",
        why="A passkey may be strong by itself, but it is not the second factor that the realm enforces.",
        fix=_harden(FindingId.PASSKEY_SKIPS_OTP),
        find=readings.passkeys,
        roles=(REALM,),
    ),
    Check(
        FindingId.RESET_CREDENTIALS,
        Severity.HIGH,
        title="A forgotten password is reset without the old code",
        why="An attacker who reads the user's mail gets in, and can even replace the OTP device.",
        fix=_harden(FindingId.RESET_CREDENTIALS),
        find=readings.reset_credentials,
        roles=(REALM,),
        held="The extension's guard asks for the old code before the reset ends in a session.",
    ),
    Check(
        FindingId.RESET_REMOVES_OTP,
        Severity.HIGH,
        title="A forgotten password takes the user's OTP away without the old code",
        why="A person who reads the user's mail sets up a device and a password of their own. Nothing is left that "
        "could ask for the old code, with the extension either.",
        fix=_harden(FindingId.RESET_REMOVES_OTP),
        find=readings.reset_removes_otp,
        roles=(REALM,),
    ),
    Check(
        FindingId.CLIENT_POLICY_FLOW,
        Severity.HIGH,
        title="A client policy replaces the login flow with one that does not require a second factor",
        why="It applies to every client that the policy matches. A user who logs in there is logged in to all others "
        "too.",
        fix=f"{_harden(FindingId.CLIENT_POLICY_FLOW)}, or disable the client policy",
        find=readings.client_policies,
        roles=(REALM,),
    ),
    Check(
        FindingId.CLIENT_FLOW_OVERRIDE,
        Severity.HIGH,
        title="The client has its own flow, which does not require a second factor",
        why="A user who logs in to this client is logged in to the realm's other clients too.",
        fix=f"{_harden(FindingId.CLIENT_FLOW_OVERRIDE)}, or remove the override from the client",
        find=readings.client_overrides,
        roles=(REALM, CLIENTS),
        held=_ASKED_AT_EVERY_LOGIN,
    ),
    Check(
        FindingId.DIRECT_GRANT_CLIENTS,
        Severity.MEDIUM,
        title="The client logs users in by password alone (direct access grants)",
        why="The direct grant flow asks only users who have OTP for a code, and passwords can be tried without a "
        "browser.",
        fix=f"Disable 'Direct access grants' for the client, or {_harden(FindingId.DIRECT_GRANT_CLIENTS)}",
        find=readings.direct_grants,
        roles=(REALM, CLIENTS),
        held="The extension issues no token to a user who gave no code.",
    ),
    Check(
        FindingId.PROTOCOL_UNCHECKED,
        Severity.HIGH,
        title="The extension does not check logins by the client's protocol",
        why="A login there can skip the set-up page: the protocol comes from another extension.",
        fix="Add a rule at the reverse proxy (docs/proxy.md), or disable the client",
        find=readings.protocols,
        closed_otherwise="A rule at the reverse proxy (docs/proxy.md) closes it; or disable the client.",
    ),
    Check(
        FindingId.SAML_ECP,
        Severity.HIGH,
        title="The client issues a SAML assertion for a name and a password (ECP)",
        why="Keycloak runs a separate flow for it, which never asks for a second factor.",
        fix=f"{_harden(FindingId.SAML_ECP)}, or disable 'Allow ECP flow' for the client",
        find=readings.saml_ecp,
        roles=(REALM, CLIENTS),
    ),
    Check(
        FindingId.DOCKER_CLIENTS,
        Severity.HIGH,
        title="The client issues a token for a name and a password (docker-v2)",
        why="Docker registries log in without a browser: no page can ask for a second factor.",
        fix=f"{_harden(FindingId.DOCKER_CLIENTS)} disables the client; or start Keycloak without the feature docker",
        find=readings.docker_clients,
        roles=(REALM, CLIENTS),
    ),
    Check(
        FindingId.GRANT_WITHOUT_2FA,
        Severity.MEDIUM,
        title="The client may use a grant that never asks for a second factor",
        why="It issues tokens for a user without a login page: no flow and no required action runs.",
        fix=f"{_harden(FindingId.GRANT_WITHOUT_2FA)}, or disable the grant for the client",
        find=readings.grants,
        roles=(REALM, CLIENTS),
    ),
    Check(
        FindingId.BROKER_WITHOUT_2FA,
        Severity.HIGH,
        title="Logins by this identity provider are not asked for a second factor",
        why="Keycloak does not run the browser flow after them, so the realm's OTP is never asked for.",
        fix=_harden(FindingId.BROKER_WITHOUT_2FA),
        find=readings.brokers,
        roles=(REALM, IDENTITY_PROVIDERS),
        held=_ASKED_AT_EVERY_LOGIN,
    ),
    Check(
        FindingId.DEFAULT_ROLES_ADMIN,
        Severity.HIGH,
        title="Every user has an admin role by the realm's default roles",
        why="Any user can remove 2FA from other users, or log in as them.",
        fix="Remove the role from the realm's default roles",
        find=readings.default_roles,
        roles=(REALM, CLIENTS),
        closed_otherwise="Remove the role from the realm's default roles in the admin console.",
    ),
    # From Keycloak 26.8 on a list of sessions holds those of users whom the caller may view.
    Check(
        FindingId.OPEN_SESSIONS,
        Severity.MEDIUM,
        title="Sessions from before enforcement are still open",
        why="They go on, offline sessions without end. Keycloak does not record which of them used a code.",
        fix="kc2fa enforce --sign-out",
        find=readings.open_sessions,
        roles=(*PEOPLE, CLIENTS),
        held="The extension issues no new token to a session from before enforcement in which no "
        "second factor was given. Access tokens that were issued before are valid until they expire.",
        closed_otherwise="kc2fa enforce --sign-out ends them.",
    ),
    Check(
        FindingId.CONSENT_REPLAYED,
        Severity.HIGH,
        title="A login skipped required pages",
        why="The realm's events show it. The user got a session without a second factor.",
        fix="End the user's sessions (kc2fa enforce --sign-out ends all), reset the user's credentials, and close "
        f"{FindingId.SET_UP_SKIPPABLE}",
        find=readings.consent_replayed,
        roles=(REALM, CLIENTS),
        closed_otherwise="End the sessions of these users, and reset their credentials.",
    ),
    Check(
        FindingId.EXEMPTION_UNACCOUNTED,
        Severity.MEDIUM,
        title="The exemption was not given by kc2fa",
        why="Nobody answers for it, so it exempts nobody. A user who may write roles created it by hand.",
        fix="kc2fa exempt remove, and kc2fa exempt add where the user must stay exempt",
        find=readings.unaccounted,
        roles=(REALM,),
        closed_otherwise="kc2fa exempt remove ends it; kc2fa exempt add gives one that counts.",
    ),
    Check(
        FindingId.EXEMPTION_EXPIRED,
        Severity.HIGH,
        title="The exemption has expired",
        why="The account still needs no second factor, and nobody answers for it any longer.",
        fix="kc2fa enforce marks the account; kc2fa exempt renews or removes the exemption",
        find=readings.expired,
        roles=PEOPLE,
        closed_otherwise="kc2fa enforce marks the user; kc2fa exempt renews or removes the exemption.",
    ),
    Check(
        FindingId.EXEMPTION_ASKED,
        Severity.MEDIUM,
        title="The user is exempt, but is asked for a second factor anyway",
        why="The realm's flows use Keycloak's own steps, which know no exemptions. A break-glass account that cannot "
        "log in with its password is useless.",
        fix=f"Install the extension (kc2fa extension install), then {_harden(FindingId.EXEMPTION_ASKED)}",
        find=readings.exempt_asked,
        roles=PEOPLE,
    ),
    Check(
        FindingId.SERVER_VULNERABLE,
        Severity.HIGH,
        title="The server has a known vulnerability",
        why="It bypasses 2FA, whatever the realm's settings are.",
        fix="Upgrade Keycloak",
        find=readings.server,
        roles=(REALM,),
        closed_otherwise="Upgrade Keycloak.",
    ),
    Check(
        FindingId.UNCOVERED_USERS,
        Severity.HIGH,
        title="Has no OTP and no pending set-up",
        why="An attacker who has the password gets in, or sets up a second factor of their own.",
        fix="kc2fa enforce",
        find=readings.users,
        roles=PEOPLE,
        held="The extension's guard requires set-up at the next login. An attacker who has "
        "the password can set it up first.",
        closed_otherwise="kc2fa enforce marks them.",
    ),
)
"""Every check, in the order in which they are made: users take longest. Required actions and features any administrator
may read."""

CHECK_OF = {check.id: check for check in CHECKS}
"""The checks by their ids."""

HELD_BY_GUARD = frozenset(check.id for check in CHECKS if check.held)
"""What is no way in while the extension's guard is live: it asks at every login that ends in a session or a token."""
