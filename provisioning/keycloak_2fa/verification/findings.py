"""What `verify` can find: a closed set of ids, and what each means to the administrator who fixes it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class Severity(StrEnum):
    """How serious a gap is."""

    HIGH = "high"
    """A login without a second factor is possible, or will be."""

    MEDIUM = "medium"
    """Takes one step more: a mailbox, a removed device, a guessed code."""

    LOW = "low"
    """A second factor of another kind is accepted."""


class FindingId(StrEnum):
    """The ids of the contract; scripts rely on them."""

    UNCOVERED_USERS = "uncovered-users"
    DEFAULT_ACTION_OFF = "default-action-off"
    TOTP_ACTION_OFF = "totp-action-off"
    OTP_POLICY_DRIFT = "otp-policy-drift"
    FLOW_CONDITIONAL = "flow-conditional"
    CLIENT_FLOW_OVERRIDE = "client-flow-override"
    BROKER_WITHOUT_2FA = "broker-without-2fa"
    OTP_SELF_REMOVAL = "otp-self-removal"
    RESET_CREDENTIALS = "reset-credentials"
    RESET_REMOVES_OTP = "reset-removes-otp"
    PASSKEY_SKIPS_OTP = "passkey-skips-otp"
    DIRECT_GRANT_CLIENTS = "direct-grant-clients"
    OPEN_SESSIONS = "open-sessions"
    BRUTE_FORCE_OFF = "brute-force-off"
    EXEMPTION_EXPIRED = "exemption-expired"
    SERVER_VULNERABLE = "server-vulnerable"
    NOT_CHECKED = "not-checked"
    SET_UP_SKIPPABLE = "set-up-skippable"
    PROTOCOL_UNCHECKED = "protocol-unchecked"
    SAML_ECP = "saml-ecp"
    DOCKER_CLIENTS = "docker-clients"
    CLIENT_POLICY_FLOW = "client-policy-flow"
    BRUTE_FORCE_WEAK = "brute-force-weak"
    OTP_POLICY_WEAK = "otp-policy-weak"
    GRANT_WITHOUT_2FA = "grant-without-2fa"
    GUARD_OFF = "guard-off"
    ENFORCEMENT_RECORD_MISSING = "enforcement-record-missing"
    EXEMPTION_UNACCOUNTED = "exemption-unaccounted"
    EXEMPTION_ASKED = "exemption-asked"
    DEFAULT_ROLES_ADMIN = "default-roles-admin"
    CONSENT_REPLAYED = "consent-replayed"


@dataclass(frozen=True)
class Finding:
    """One gap.

    Attributes:
        id: Its kind.
        severity: How serious it is.
        title: What is the case, in one line.
        where: Name of the flow, client, identity provider, user or setting; for `not-checked`, of the check.
        why: Why it matters.
        fix: What closes it.
    """

    id: FindingId
    severity: Severity
    title: str
    where: str
    why: str
    fix: str


@dataclass(frozen=True)
class _Kind:
    severity: Severity
    title: str
    why: str
    fix: str


def _harden(finding: FindingId) -> str:
    return f"kc2fa harden --fix {finding}"


_KINDS: Mapping[FindingId, _Kind] = {
    FindingId.UNCOVERED_USERS: _Kind(
        Severity.HIGH,
        "Has no OTP and no pending set-up",
        "An attacker who has the password gets in, or sets up a second factor of their own.",
        "kc2fa enforce",
    ),
    FindingId.DEFAULT_ACTION_OFF: _Kind(
        Severity.HIGH,
        "New users are not asked to set up OTP",
        "Users who register, are invited or are created from now on log in by password alone.",
        f"kc2fa enforce, or {_harden(FindingId.DEFAULT_ACTION_OFF)}",
    ),
    FindingId.TOTP_ACTION_OFF: _Kind(
        Severity.HIGH,
        "The required action CONFIGURE_TOTP is off",
        "In the browser Keycloak skips it silently: users who should set up OTP log in without it.",
        f"kc2fa enforce, or {_harden(FindingId.TOTP_ACTION_OFF)}",
    ),
    FindingId.OTP_POLICY_DRIFT: _Kind(
        Severity.MEDIUM,
        "The OTP policy is not the enforced one",
        "One of the three authenticator apps may not support it, or codes are weaker than before.",
        f"kc2fa enforce, or {_harden(FindingId.OTP_POLICY_DRIFT)}",
    ),
    FindingId.FLOW_CONDITIONAL: _Kind(
        Severity.MEDIUM,
        "The flow asks only users who have a second factor for it",
        "A user without OTP logs in by password alone as soon as no required action is pending.",
        _harden(FindingId.FLOW_CONDITIONAL),
    ),
    FindingId.CLIENT_FLOW_OVERRIDE: _Kind(
        Severity.HIGH,
        "The client has its own flow, which does not require a second factor",
        "A user who logs in to this client is logged in to the realm's other clients too.",
        f"{_harden(FindingId.CLIENT_FLOW_OVERRIDE)}, or remove the override from the client",
    ),
    FindingId.BROKER_WITHOUT_2FA: _Kind(
        Severity.HIGH,
        "Logins by this identity provider are not asked for a second factor",
        "Keycloak does not run the browser flow after them, so the realm's OTP is never asked for.",
        _harden(FindingId.BROKER_WITHOUT_2FA),
    ),
    FindingId.OTP_SELF_REMOVAL: _Kind(
        Severity.MEDIUM,
        "Users can remove their own OTP",
        "Keycloak does not ask for set-up again: the next login needs the password only.",
        _harden(FindingId.OTP_SELF_REMOVAL),
    ),
    FindingId.RESET_CREDENTIALS: _Kind(
        Severity.HIGH,
        "A forgotten password is reset without the old code",
        "An attacker who reads the user's mail gets in, and can even replace the OTP device.",
        _harden(FindingId.RESET_CREDENTIALS),
    ),
    FindingId.RESET_REMOVES_OTP: _Kind(
        Severity.HIGH,
        "A forgotten password takes the user's OTP away without the old code",
        "A person who reads the user's mail sets up a device and a password of their own. Nothing is left that could "
        "ask for the old code, with the extension either.",
        _harden(FindingId.RESET_REMOVES_OTP),
    ),
    FindingId.PASSKEY_SKIPS_OTP: _Kind(
        Severity.LOW,
        "A login by passkey is not asked for OTP",
        "A passkey may be strong by itself, but it is not the second factor that the realm enforces.",
        _harden(FindingId.PASSKEY_SKIPS_OTP),
    ),
    FindingId.DIRECT_GRANT_CLIENTS: _Kind(
        Severity.MEDIUM,
        "The client logs users in by password alone (direct access grants)",
        "The direct grant flow asks only users who have OTP for a code, and passwords can be tried without a browser.",
        f"Disable 'Direct access grants' for the client, or {_harden(FindingId.DIRECT_GRANT_CLIENTS)}",
    ),
    FindingId.OPEN_SESSIONS: _Kind(
        Severity.MEDIUM,
        "Sessions from before enforcement are still open",
        "They go on, offline sessions without end. Keycloak does not record which of them used a code.",
        "kc2fa enforce --sign-out",
    ),
    FindingId.BRUTE_FORCE_OFF: _Kind(
        Severity.MEDIUM,
        "Brute-force protection is off",
        "With unlimited attempts a code of six digits can be guessed.",
        _harden(FindingId.BRUTE_FORCE_OFF),
    ),
    FindingId.EXEMPTION_EXPIRED: _Kind(
        Severity.HIGH,
        "The exemption has expired",
        "The account still needs no second factor, and nobody answers for it any longer.",
        "kc2fa enforce marks the account; kc2fa exempt renews or removes the exemption",
    ),
    FindingId.SERVER_VULNERABLE: _Kind(
        Severity.HIGH,
        "The server has a known vulnerability",
        "It bypasses 2FA, whatever the realm's settings are.",
        "Upgrade Keycloak",
    ),
    FindingId.SET_UP_SKIPPABLE: _Kind(
        Severity.HIGH,
        "A login can skip the set-up page",
        "A user who gave only the password can continue without setting up OTP. No setting of the realm closes this.",
        "Install the extension (kc2fa extension install) and run kc2fa enforce, or add a rule to the "
        "reverse proxy (docs/proxy.md)",
    ),
    FindingId.PROTOCOL_UNCHECKED: _Kind(
        Severity.HIGH,
        "The extension does not check logins by the client's protocol",
        "A login there can skip the set-up page: the protocol comes from another extension.",
        "Add a rule at the reverse proxy (docs/proxy.md), or disable the client",
    ),
    FindingId.SAML_ECP: _Kind(
        Severity.HIGH,
        "The client issues a SAML assertion for a name and a password (ECP)",
        "Keycloak runs a separate flow for it, which never asks for a second factor.",
        f"{_harden(FindingId.SAML_ECP)}, or disable 'Allow ECP flow' for the client",
    ),
    FindingId.DOCKER_CLIENTS: _Kind(
        Severity.HIGH,
        "The client issues a token for a name and a password (docker-v2)",
        "Docker registries log in without a browser: no page can ask for a second factor.",
        f"{_harden(FindingId.DOCKER_CLIENTS)} disables the client; or start Keycloak without the feature docker",
    ),
    FindingId.CLIENT_POLICY_FLOW: _Kind(
        Severity.HIGH,
        "A client policy replaces the login flow with one that does not require a second factor",
        "It applies to every client that the policy matches. A user who logs in there is logged in to all others too.",
        f"{_harden(FindingId.CLIENT_POLICY_FLOW)}, or disable the client policy",
    ),
    FindingId.BRUTE_FORCE_WEAK: _Kind(
        Severity.MEDIUM,
        "Brute-force protection is on, but its limits do not stop guessing",
        "A code of six digits can be guessed within days.",
        _harden(FindingId.BRUTE_FORCE_WEAK),
    ),
    FindingId.OTP_POLICY_WEAK: _Kind(
        Severity.MEDIUM,
        "The OTP policy accepts codes for too long",
        "A code that was seen or recorded stays valid for longer, and more codes are valid at once to guess.",
        _harden(FindingId.OTP_POLICY_WEAK),
    ),
    FindingId.GRANT_WITHOUT_2FA: _Kind(
        Severity.MEDIUM,
        "The client may use a grant that never asks for a second factor",
        "It issues tokens for a user without a login page: no flow and no required action runs.",
        f"{_harden(FindingId.GRANT_WITHOUT_2FA)}, or disable the grant for the client",
    ),
    FindingId.GUARD_OFF: _Kind(
        Severity.HIGH,
        "The extension's guard is off",
        "The realm was enforced with it. Users without a stored pending set-up log in by password alone.",
        "kc2fa enforce",
    ),
    FindingId.ENFORCEMENT_RECORD_MISSING: _Kind(
        Severity.HIGH,
        "The realm was enforced, and the record of it is missing",
        "Without it 2FA counts as OFF: the extension asks nobody, and drift is not reported.",
        "Find out who deleted or renamed the role two-factor-enforcement (admin events), then run kc2fa enforce",
    ),
    FindingId.EXEMPTION_UNACCOUNTED: _Kind(
        Severity.MEDIUM,
        "The exemption was not given by kc2fa",
        "Nobody answers for it, so it exempts nobody. A user who may write roles created it by hand.",
        "kc2fa exempt remove, and kc2fa exempt add where the user must stay exempt",
    ),
    FindingId.EXEMPTION_ASKED: _Kind(
        Severity.MEDIUM,
        "The user is exempt, but is asked for a second factor anyway",
        "The realm's flows use Keycloak's own steps, which know no exemptions. A break-glass account that cannot log "
        "in with its password is useless.",
        f"Install the extension (kc2fa extension install), then {_harden(FindingId.EXEMPTION_ASKED)}",
    ),
    FindingId.DEFAULT_ROLES_ADMIN: _Kind(
        Severity.HIGH,
        "Every user has an admin role by the realm's default roles",
        "Any user can remove 2FA from other users, or log in as them.",
        "Remove the role from the realm's default roles",
    ),
    FindingId.CONSENT_REPLAYED: _Kind(
        Severity.HIGH,
        "A login skipped required pages",
        "The realm's events show it. The user got a session without a second factor.",
        "End the user's sessions (kc2fa enforce --sign-out ends all), reset the user's credentials, and close "
        f"{FindingId.SET_UP_SKIPPABLE}",
    ),
    FindingId.NOT_CHECKED: _Kind(
        Severity.MEDIUM,
        "Not checked: the caller lacks a role",
        "A check that did not run counts as a failure.",
        "",
    ),
}


_ASKED_AT_EVERY_LOGIN = "The extension's guard asks for a second factor before this login ends."

_HELD: Mapping[FindingId, str] = {
    FindingId.UNCOVERED_USERS: "The extension's guard requires set-up at the next login. An attacker who has "
    "the password can set it up first.",
    FindingId.DEFAULT_ACTION_OFF: "The extension's guard requires set-up at the first login of a new user.",
    FindingId.TOTP_ACTION_OFF: "The extension's guard sets up OTP by itself.",
    FindingId.FLOW_CONDITIONAL: _ASKED_AT_EVERY_LOGIN,
    FindingId.CLIENT_FLOW_OVERRIDE: _ASKED_AT_EVERY_LOGIN,
    FindingId.BROKER_WITHOUT_2FA: _ASKED_AT_EVERY_LOGIN,
    FindingId.RESET_CREDENTIALS: "The extension's guard asks for the old code before the reset ends in a session.",
    FindingId.OTP_SELF_REMOVAL: "The extension's guard requires set-up again at the next login. An attacker who has "
    "the password can set it up first.",
    FindingId.DIRECT_GRANT_CLIENTS: "The extension issues no token to a user who gave no code.",
    FindingId.SET_UP_SKIPPABLE: "The extension refuses a session and tokens to a login that skipped the set-up.",
    FindingId.OPEN_SESSIONS: "The extension issues no new token to a session from before enforcement in which no "
    "second factor was given. Access tokens that were issued before are valid until they expire.",
}

HELD_BY_GUARD = frozenset(_HELD)
"""Gaps that the extension's guard closes: it asks at every login that ends in a session or a token."""


def held(finding: Finding) -> Finding:
    """A finding that the guard holds, with what remains true in place of why it would matter."""
    return replace(finding, why=_HELD[finding.id])


def of(
    kind: FindingId,
    where: str,
    *,
    title: str | None = None,
    fix: str | None = None,
    why: str | None = None,
    severity: Severity | None = None,
) -> Finding:
    """A finding with the texts of its kind.

    Args:
        kind: Its id.
        where: What it is about.
        title: What is the case here, where more is known than the kind says.
        fix: What closes it here, where that differs.
        why: Why it matters here, where that differs.
        severity: How serious it is here, where that differs.
    """
    texts = _KINDS[kind]
    return Finding(kind, severity or texts.severity, title or texts.title, where, why or texts.why, fix or texts.fix)
