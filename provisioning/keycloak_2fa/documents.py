"""What others read: the JSON of every command and of the extension's endpoints, as models.

One class gives a command's `data`, its JSON Schema (docs/schemas), its table in docs/json.md, and the check of what the
extension answers. Names never change; a field may be added. Pure: nothing here knows Keycloak.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

State = Literal["OFF", "ENFORCING", "ON"]


class Document(BaseModel):
    """A document, or a part of one. Types are taken as they are: `"1"` is not 1. What is not known is left out."""

    model_config = ConfigDict(strict=True, frozen=True, defer_build=True)

    def as_json(self) -> dict[str, Any]:
        """Ready for `json.dump`. A field that only other documents of the kind have is left out, not null."""
        return self.model_dump(exclude_unset=True)


class ChangeDocument(Document):
    """A setting of the realm that was changed, will be, or has drifted."""

    setting: str = Field(description="its name in Keycloak's words")
    before: Any = Field(description="its value before; null where there was none")
    after: Any = Field(description="its value after")


class RefusalDocument(Document):
    """A user who could not be marked."""

    user_id: str
    username: str
    reason: str = Field(description="what Keycloak said, or what will make it refuse")
    fix: str = Field(description="what to do")


class ExemptionDocument(Document):
    """A break-glass account."""

    user_id: str
    username: str
    reason: str
    approver: str = Field(description="who answers for it")
    expires: str = Field(description="the last day on which it holds, in UTC, as 2026-12-31")
    created_at: str = Field(description="RFC 3339 in UTC")
    created_by: str
    expired: bool = Field(description="whether it holds no longer")
    accounted: bool = Field(description="whether kc2fa gave it: one that was made by hand exempts nobody")


class UserDocument(Document):
    """One user, as a row of `report` and of `preview`."""

    user_id: str
    username: str
    email: str | None
    enabled: bool
    standing: Literal["enrolled", "asked", "exempt", "uncovered"] = Field(
        description="`asked`: CONFIGURE_TOTP is due at the next login"
    )
    required_actions: list[str] = Field(description="what is due at the next login")
    federation: str | None = Field(description="id of the user federation provider")


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


class InvitationsDocument(Document):
    """Invitations to the realm's organizations."""

    pending: int | None = Field(description="null where they cannot be counted")


class OtpPolicyDocument(Document):
    """The realm's OTP policy."""

    type: str = Field(description="`totp` or `hotp`")
    algorithm: str | None = Field(description="empty, or in the extension's answer null, where the realm has none")
    digits: int
    period: int = Field(description="seconds that a code lives")
    compatible: bool = Field(description="whether all three apps can follow it")


class ExtensionDocument(Document):
    """What a server has of the extension."""

    version: str
    parts: list[str] = Field(description="the parts that run")


class PopulationDocument(Document):
    """How many users stand where, as last counted where counting would take long."""

    total: int
    enrolled: int | None = Field(description="null, as the next ones, where the users were never counted")
    pending: int | None = Field(description="must set up OTP at the next login")
    uncovered: int | None
    exempt: int | None
    counted_at: str | None = Field(description="RFC 3339 in UTC")


class ProgressDocument(Document):
    """How far a run is."""

    done: int
    total: int


class StatusDocument(Document):
    """What a realm's 2FA is set to."""

    realm: str
    state: State
    message: str = Field(description="`2FA is currently set to: ON`, or OFF, or ENFORCING")
    started_at: str | None = Field(description="when enforcing began, RFC 3339 in UTC")
    enforced_at: str | None = Field(description="when it became ON, RFC 3339 in UTC")
    enforced_by: str | None = Field(description="the account that enforced it")
    run_id: str | None
    engine: str = Field(description="what marked the users, or would: `admin-api` or `extension`")
    accepted: list[str] = Field(description="risks that an administrator accepted")
    otp_policy: OtpPolicyDocument
    apps: list[str] = Field(description="the apps that the set-up page lists")
    extension: ExtensionDocument | None = Field(
        default=None, description="null where the server has none; not in the extension's own answer"
    )
    users: PopulationDocument
    progress: ProgressDocument | None = Field(
        default=None, description="only in the extension's answer: the run under way; null where there is none"
    )
    silent_storages: list[str] | None = Field(
        default=None, description="only in the extension's answer: user federation providers that do not answer"
    )
    service_accounts: int | None = Field(description="null where they were not counted now")
    exemptions: list[ExemptionDocument]
    new_users_covered: bool = Field(description="whether new users have to set up OTP")
    invitations: InvitationsDocument
    drift: list[ChangeDocument] = Field(description="settings that are no longer as enforcement left them")


class NextStepDocument(Document):
    """What to do next."""

    command: str
    why: str


class OverviewDocument(StatusDocument):
    """`kc2fa` without a command: a status, and what to do next."""

    next: NextStepDocument


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


class PreviewUsersDocument(Document):
    """`total = enrolled + to_mark + already_marked + exempt + failed`, always."""

    total: int
    enrolled: int
    to_mark: int
    already_marked: int
    exempt: int
    failed: int


class EnforcementUsersDocument(Document):
    """`total = enrolled + marked + already_marked + exempt + failed`, always."""

    total: int
    enrolled: int
    marked: int
    already_marked: int
    exempt: int
    failed: int


class PreviewDocument(Document):
    """What enforcing would do."""

    realm: str
    state: State
    run_id: str | None
    engine: str
    users: PreviewUsersDocument
    groups: dict[str, int] = Field(description="of those to be marked, how many are of which kind")
    people: list[UserDocument] = Field(description="the first 100 of those to be marked")
    people_omitted: int = Field(description="how many more there are")
    service_accounts: int
    exemptions: list[ExemptionDocument]
    invitations: InvitationsDocument
    failures: list[RefusalDocument] = Field(description="users who cannot be marked, as far as can be foreseen")
    silent_storages: list[str] | None = Field(
        default=None, description="only in the extension's answer: user federation providers that do not answer"
    )
    changes: list[ChangeDocument]


class EnforcementDocument(Document):
    """What a run of `enforce` did."""

    realm: str
    state: State
    message: str
    run_id: str | None
    engine: str
    users: EnforcementUsersDocument
    service_accounts: int
    exemptions: list[ExemptionDocument]
    invitations: InvitationsDocument
    failures: list[RefusalDocument] = Field(description="users who could not be marked")
    silent_storages: list[str] | None = Field(
        default=None, description="only in the extension's answer: user federation providers that do not answer"
    )
    passes: int = Field(description="rounds that marked users, and the last one, which found nobody")
    seconds: float
    changes: list[ChangeDocument] = Field(description="what was changed on the realm")


class ErrorDocument(Document):
    """What went wrong."""

    code: str = Field(description="never changes")
    message: str = Field(description="what happened")
    hint: str = Field(description="what to do next")


class EnforcementRecordDocument(Document):
    """What one run of `enforce` changed, as `--record` writes it."""

    server_url: str
    keycloak_version: str | None = Field(description="null where Keycloak does not tell this caller")
    tool: str
    tool_version: str
    caller: str
    command: str = Field(description="as it was typed, without a one-time code")
    began_at: str = Field(description="RFC 3339 in UTC")
    ended_at: str = Field(description="RFC 3339 in UTC")
    before: dict[str, Any] = Field(description="the realm's settings before, as `configuration` of a report")
    after: dict[str, Any] = Field(description="the same ones, read after the run")
    result: EnforcementDocument = Field(description="what was done")
    warnings: list[str] = Field(description="what Keycloak will do next; flows are named here")
    error: ErrorDocument | None = Field(description="what kept the run from being complete")


class FindingDocument(Document):
    """A gap in 2FA, or drift."""

    id: str
    severity: Literal["high", "medium", "low"]
    title: str
    where: str = Field(description="the flow, client, identity provider, user or setting; a check that was not made")
    why: str = Field(description="why it matters")
    fix: str = Field(description="what closes it")


class HeldDocument(FindingDocument):
    """A gap that something else closes."""

    by: Literal["guard"] = Field(description="the extension's guard")


class VerificationDocument(Document):
    """What `verify` found."""

    realm: str
    state: State | None = Field(description="null where the caller may not see it")
    holds: bool
    findings: list[FindingDocument]
    held: list[HeldDocument] = Field(description="gaps that the extension's guard closes")
    skipped: list[str] = Field(description="the ids of `--skip`")


class FixDocument(ChangeDocument):
    """A setting that `harden` changes."""

    id: str = Field(description="the finding that it closes")


class HardeningDocument(Document):
    """What `harden` changed, or will."""

    realm: str
    changes: list[FixDocument]
    left: list[FindingDocument] | None = Field(
        description="findings of the chosen ids that are still open; null where nothing was done"
    )


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


class ProofCheckDocument(Document):
    """One step of `prove`."""

    id: str
    title: str
    passed: bool | None = Field(description="null where it could not be tried")
    detail: str = Field(description="what Keycloak showed")


class ProofDocument(Document):
    """What a throwaway user met on the login pages."""

    realm: str
    holds: bool | None = Field(description="null where nothing failed but a step could not be tried")
    checks: list[ProofCheckDocument] = Field(description="after a check that blocks the rest there are no more")


class CredentialDocument(Document):
    """What a user logs in with."""

    id: str | None = Field(description="null where a user federation provider keeps it")
    type: str
    label: str | None


class ResetDocument(Document):
    """A lost device."""

    realm: str
    user_id: str
    username: str
    removed: list[CredentialDocument]
    still_has: list[CredentialDocument]
    reason: str | None = Field(default=None, description="as given by `--reason`")
    ticket: str | None = Field(default=None, description="as given by `--ticket`")
    recorded: bool | None = Field(
        default=None,
        description="whether the realm's admin events keep them; null where there are none, or where view-events is "
        "missing",
    )


class ExemptionsDocument(Document):
    """All exemptions of a realm."""

    realm: str
    exemptions: list[ExemptionDocument]


class ExemptionAddedDocument(Document):
    """An exemption that was given."""

    realm: str
    exemption: ExemptionDocument
    set_up_taken_back: bool = Field(description="whether the set-up was due, and is no longer")


class ExemptionRemovedDocument(Document):
    """An exemption that was ended."""

    realm: str
    exemption: ExemptionDocument
    asked: bool = Field(description="whether the user must set up OTP now")


class InvitationDocument(Document):
    """An invitation to an organization."""

    id: str
    organization: str = Field(description="its alias")
    email: str
    status: str = Field(description="`PENDING` or `EXPIRED`")
    sent_at: str = Field(description="RFC 3339 in UTC")
    expires_at: str = Field(description="RFC 3339 in UTC")


class UnfinishedUserDocument(Document):
    """A user who never finished a set-up mail."""

    user_id: str
    username: str
    email: str
    created_at: str = Field(description="RFC 3339 in UTC")


class InvitationListDocument(Document):
    """Who is invited and has not come in yet."""

    realm: str
    pending: int | None = Field(description="null, as the next two, where the server keeps no list")
    expired: int | None
    invitations: list[InvitationDocument] | None
    unfinished: list[UnfinishedUserDocument]
    not_looked_at: int = Field(description="users who were not looked at; `--all` looks at all")


class InvitationSentDocument(Document):
    """A mail that Keycloak sent."""

    realm: str
    email: str
    sent: Literal["invitation", "set-up-mail"]
    organization: str | None = Field(description="its alias")
    invitation: InvitationDocument | None
    user_id: str | None
    actions: list[str] = Field(description="the required actions to which a set-up mail leads")


class RealmPlanDocument(Document):
    """What differs between a realm and the realm JSON."""

    realm: str
    exists: bool
    changes: list[ChangeDocument]
    created: bool | None = Field(default=None, description="only of `realm apply`: whether it was made")


class InstallationDocument(Document):
    """The extension's jar, put into a Keycloak on this machine."""

    keycloak_home: str
    keycloak_version: str
    jar: str
    outcome: Literal["installed", "replaced", "unchanged"]
    next: list[str] = Field(description="what to do next, a sentence each")


class AccountDocument(Document):
    """An account of the demo's server, which lives on this machine only."""

    username: str
    password: str


class DemoDocument(Document):
    """The whole job on an embedded Keycloak."""

    preview: PreviewDocument
    enforce: EnforcementDocument
    login: list[str] = Field(description="what one user met, step by step")
    account_url: str = Field(description="the set-up page comes after the password")
    security_url: str | None = Field(description="the Security page; null without the extension")
    console_url: str
    pictures: list[str] = Field(description="files with pictures of the pages")
    user: AccountDocument = Field(description="a user who has not set up OTP")
    admin: AccountDocument
    kept: bool = Field(description="whether the server runs on")
    server_url: str
    pid: int | None = Field(default=None, description="with `--keep`: its process id")


COMMANDS: dict[str, type[Document]] = {
    "status": StatusDocument,
    "preview": PreviewDocument,
    "enforce": EnforcementDocument,
    "report": ReportDocument,
    "verify": VerificationDocument,
    "harden": HardeningDocument,
    "prove": ProofDocument,
    "invitations list": InvitationListDocument,
    "invitations send": InvitationSentDocument,
    "invitations resend": InvitationSentDocument,
    "reset": ResetDocument,
    "exempt add": ExemptionAddedDocument,
    "exempt list": ExemptionsDocument,
    "exempt remove": ExemptionRemovedDocument,
    "realm diff": RealmPlanDocument,
    "realm apply": RealmPlanDocument,
    "extension install": InstallationDocument,
    "demo": DemoDocument,
    "": OverviewDocument,
}
"""The `data` of each command; of `kc2fa` alone, whose `command` is empty, too."""

FILES: dict[str, type[Document]] = {"enforce --record": EnforcementRecordDocument}
"""What commands write to files of their own kind."""
