"""`kc2fa status`, and the extension's answer to the same question."""

from pydantic import Field

from keycloak_2fa.documents.shared import ChangeDocument, Document, ExemptionDocument, InvitationsDocument, State


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
    database: str | None = Field(
        default=None, description="product and version that Keycloak runs on; null where the extension does not say"
    )


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
    extension: ExtensionDocument | None = Field(default=None, description="null where the server has none")
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
