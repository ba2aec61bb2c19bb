"""`kc2fa preview`, and the extension's answer to the same question."""

from pydantic import Field

from keycloak_2fa.documents.shared import (
    ChangeDocument,
    Document,
    ExemptionDocument,
    InvitationsDocument,
    RefusalDocument,
    State,
    UserDocument,
)


class PreviewUsersDocument(Document):
    """`total = enrolled + to_mark + already_marked + exempt + failed`, always."""

    total: int
    enrolled: int
    to_mark: int
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
