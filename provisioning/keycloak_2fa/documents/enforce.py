"""`kc2fa enforce` with its record, and the extension's answer to the same request."""

from typing import Any

from pydantic import Field

from keycloak_2fa.documents.shared import (
    ChangeDocument,
    Document,
    ErrorDocument,
    ExemptionDocument,
    InvitationsDocument,
    RefusalDocument,
    State,
)


class EnforcementUsersDocument(Document):
    """`total = enrolled + marked + already_marked + exempt + failed`, always."""

    total: int
    enrolled: int
    marked: int
    already_marked: int
    exempt: int
    failed: int


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
