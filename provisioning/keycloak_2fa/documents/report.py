"""`kc2fa report`, and a line of the extension's report."""

from typing import Any, Literal

from pydantic import Field

from keycloak_2fa.documents.shared import Document, UserDocument
from keycloak_2fa.documents.status import StatusDocument
from keycloak_2fa.documents.verify import FindingDocument, HeldDocument


class MethodDocument(Document):
    """A second factor that a user has set up."""

    type: Literal["otp", "webauthn", "webauthn-passwordless", "recovery-authn-codes"]
    label: str | None = Field(description="the name that the user gave it")
    created_at: str | None = Field(description="RFC 3339 in UTC; null where Keycloak does not say")


class ReportLineDocument(UserDocument):
    """One user, as a line of the extension's report. A jar older than this version lacks the last three."""

    created_ms: int | None = Field(default=None, description="milliseconds since the epoch")
    methods: list[MethodDocument] | None = None
    identity_provider: str | None = None


class RowExemptionDocument(Document):
    """The exemption of a user in a row."""

    reason: str
    approver: str
    expires: str


class RowDocument(UserDocument):
    """One user in a report."""

    is_admin: bool | None = Field(description="null where the caller may not see who administers the realm")
    methods: list[MethodDocument] | None = Field(description="null where they were not read")
    enrolled_at: str | None = Field(description="when the user set up the oldest OTP that they have")
    last_enrolled_at: str | None = Field(description="the newest one")
    pending_since: str | None = Field(description="since when set-up is due: the enforcement, or the user's creation")
    origin: Literal["local", "federation", "identity-provider"]
    identity_provider: str | None = Field(description="alias of one that the user logs in with")
    exemption: RowExemptionDocument | None
    last_login: str | None = Field(description="the newest login in the realm's events")
    created_at: str | None


class ReconciliationDocument(Document):
    """Whether the rows of a report are all users."""

    counted_by_keycloak: int
    rows: int
    enrolled: int
    asked: int
    exempt: int
    uncovered: int
    difference: int = Field(
        description="rows less what Keycloak counted before: users who came or went in the meantime"
    )


class ProvenanceDocument(Document):
    """Where a report comes from."""

    server_url: str
    keycloak_version: str | None = Field(description="null where Keycloak does not tell this caller")
    tool: str
    tool_version: str
    caller: str
    command: str = Field(description="as it was typed, without a one-time code")
    began_at: str
    ended_at: str
    filter: None = Field(description="null: a report has all users")


class ReportVerificationDocument(Document):
    """What `verify` finds, with the uncovered users of the rows."""

    holds: bool
    findings: list[FindingDocument]
    held: list[HeldDocument]
    uncovered_users: int


class LastProofDocument(Document):
    """The result of the last `prove`."""

    at: str
    holds: bool | None
    passed: int
    checks: int


class SummaryDocument(Document):
    """The figures of a report."""

    by_standing: dict[str, int]
    by_origin: dict[str, dict[str, int]]
    admins: dict[str, int] = Field(description="of the administrators alone")
    by_method: dict[str, int]
    enrolled_by_month: dict[str, int]
    by_group: dict[str, dict[str, int]] | None = Field(description="by the group's path; null where not visible")


class ServiceAccountDocument(Document):
    """A client that acts by itself."""

    client_id: str
    user_id: str
    enabled: bool
    roles: list[str] = Field(description="what it is given: `role` of the realm, `client.role` of a client")


class UserChangesDocument(Document):
    """What changed since an earlier report: `enrolled`, `lost`, `reset`, `renewed`, `came`, `gone`."""

    since: str
    counts: dict[str, int]
    names: dict[str, list[str]] = Field(description="up to 1,000 usernames of each kind")


class ResetEventDocument(Document):
    """A reset with a reason, as the realm's admin events keep it."""

    at: str = Field(description="RFC 3339 in UTC")
    user_id: str
    username: str | None = Field(description="null where the user is gone")
    by: str = Field(description="who did it; an id where Keycloak does not tell the name")
    reason: str
    ticket: str = Field(description="empty where there was none")


class ReportDocument(StatusDocument):
    """Evidence: a status, reconciled, the facts around it, and all users."""

    generated_at: str = Field(description="RFC 3339 in UTC")
    reconciliation: ReconciliationDocument
    provenance: ProvenanceDocument
    configuration: dict[str, Any] = Field(description="the settings that decide whether 2FA is demanded")
    verification: ReportVerificationDocument
    proof: LastProofDocument | None
    summary: SummaryDocument
    service_account_list: list[ServiceAccountDocument] | None = Field(description="null where not visible")
    resets: list[ResetEventDocument] | None = Field(
        default=None, description="resets with a reason, the newest first; null where not visible"
    )
    logins_since: str | None = Field(description="the oldest login that was read")
    changes: UserChangesDocument | None = Field(description="with `--since`")
    notes: list[str] = Field(description="what the figures do not hold, a sentence each")
    sha256: str | None = Field(description="of the rows as lines of JSON; null where they were not written")
    people: list[RowDocument] | None = Field(default=None, description="without a file; administrators first")
    output: str | None = Field(default=None, description="with `--output` or `--evidence`: the file or folder")
