"""What `verify` can find: a closed set of ids, and what each means to the one who has to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much stands open."""

    HIGH = "high"
    """Somebody gets in without a second factor, or will."""

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
    PASSKEY_SKIPS_OTP = "passkey-skips-otp"
    DIRECT_GRANT_CLIENTS = "direct-grant-clients"
    OPEN_SESSIONS = "open-sessions"
    BRUTE_FORCE_OFF = "brute-force-off"
    EXEMPTION_EXPIRED = "exemption-expired"
    SERVER_VULNERABLE = "server-vulnerable"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True)
class Finding:
    """One thing that stands open.

    Attributes:
        id: What kind of thing.
        severity: How much stands open.
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
        "Has no OTP and is not asked to set it up",
        "Whoever knows the password gets in, or may set up the second factor as their own.",
        "kc2fa enforce",
    ),
    FindingId.DEFAULT_ACTION_OFF: _Kind(
        Severity.HIGH,
        "New users are not asked to set up OTP",
        "Whoever registers, is invited or is created from now on logs in by password alone.",
        f"kc2fa enforce, or {_harden(FindingId.DEFAULT_ACTION_OFF)}",
    ),
    FindingId.TOTP_ACTION_OFF: _Kind(
        Severity.HIGH,
        "The required action CONFIGURE_TOTP is off",
        "Keycloak skips it silently in the browser: whoever should set up OTP is let in without.",
        f"kc2fa enforce, or {_harden(FindingId.TOTP_ACTION_OFF)}",
    ),
    FindingId.OTP_POLICY_DRIFT: _Kind(
        Severity.MEDIUM,
        "The OTP policy is not the enforced one",
        "Not every one of the three authenticator apps can follow it, or codes are weaker than they were.",
        f"kc2fa enforce, or {_harden(FindingId.OTP_POLICY_DRIFT)}",
    ),
    FindingId.FLOW_CONDITIONAL: _Kind(
        Severity.MEDIUM,
        "The flow asks for a second factor only those who have one",
        "Whoever has no OTP, or no longer has it, logs in by password alone as soon as no required action is due.",
        _harden(FindingId.FLOW_CONDITIONAL),
    ),
    FindingId.CLIENT_FLOW_OVERRIDE: _Kind(
        Severity.HIGH,
        "The client has a flow of its own that does not demand a second factor",
        "Who logs in to this client is logged in to the realm's other clients too.",
        f"{_harden(FindingId.CLIENT_FLOW_OVERRIDE)}, or take the override away from the client",
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
        "CONFIGURE_TOTP does not come back by itself: the next login asks for a password only.",
        _harden(FindingId.OTP_SELF_REMOVAL),
    ),
    FindingId.RESET_CREDENTIALS: _Kind(
        Severity.HIGH,
        "A forgotten password is reset without the old code",
        "Whoever reads the user's mail gets in, and may even replace the OTP device.",
        _harden(FindingId.RESET_CREDENTIALS),
    ),
    FindingId.PASSKEY_SKIPS_OTP: _Kind(
        Severity.LOW,
        "A login by passkey is not asked for OTP",
        "A passkey may be a second factor in itself; it is another one than the realm is said to demand.",
        _harden(FindingId.PASSKEY_SKIPS_OTP),
    ),
    FindingId.DIRECT_GRANT_CLIENTS: _Kind(
        Severity.MEDIUM,
        "The client logs people in by password alone (direct access grants)",
        "The direct grant flow asks for a code only those who have OTP, and no browser is needed to try passwords.",
        f"Switch 'Direct access grants' off for the client, or {_harden(FindingId.DIRECT_GRANT_CLIENTS)}",
    ),
    FindingId.OPEN_SESSIONS: _Kind(
        Severity.MEDIUM,
        "Sessions from before enforcement are still open",
        "They were opened by password alone and go on, offline ones for good.",
        "kc2fa enforce --sign-out",
    ),
    FindingId.BRUTE_FORCE_OFF: _Kind(
        Severity.MEDIUM,
        "Brute-force protection is off",
        "A code of six digits can be guessed by whoever may try as often as they like.",
        _harden(FindingId.BRUTE_FORCE_OFF),
    ),
    FindingId.EXEMPTION_EXPIRED: _Kind(
        Severity.HIGH,
        "The exemption has expired",
        "This account is left alone without anybody answering for it any longer.",
        "kc2fa enforce asks it like everybody; kc2fa exempt renews or removes the exemption",
    ),
    FindingId.SERVER_VULNERABLE: _Kind(
        Severity.HIGH,
        "The server has a hole in its reset of credentials (CVE-2026-18963)",
        "It lets 2FA be passed by, whatever the realm's settings are.",
        "Upgrade Keycloak to 26.7.2, 26.6.6 or 26.4.15, or a later one of the same branch",
    ),
    FindingId.NOT_CHECKED: _Kind(
        Severity.MEDIUM,
        "Not checked: the caller lacks a role",
        "What was not looked at cannot be said to hold.",
        "",
    ),
}


def of(kind: FindingId, where: str, *, title: str | None = None, fix: str | None = None) -> Finding:
    """A finding with the texts of its kind.

    Args:
        kind: Its id.
        where: What it is about.
        title: What is the case here, where more is known than the kind says.
        fix: What closes it here, where that differs.
    """
    texts = _KINDS[kind]
    return Finding(kind, texts.severity, title or texts.title, where, texts.why, fix or texts.fix)
