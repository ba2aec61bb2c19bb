"""What `verify` can find: a closed set of ids, and what each means to the administrator who fixes it."""

from dataclasses import dataclass
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
class Found:
    """What a check comes upon: a finding without the texts that its `Check` gives it.

    Attributes:
        where: Name of the flow, client, identity provider, user or setting.
        title: What is the case here, where more is known than the check says.
        fix: What closes it here, where that differs.
        why: Why it matters here, where that differs.
        severity: How much stands open here, where that differs.
        story: How it came about; the end of the title.
    """

    where: str
    title: str | None = None
    fix: str | None = None
    why: str | None = None
    severity: Severity | None = None
    story: str | None = None


@dataclass(frozen=True)
class NotChecked(Found):
    """A part of a check that could not be made: what, and what would let it be made."""

    where: str = ""
    title: str = ""
    fix: str = ""
