"""`kc2fa reset`."""

from pydantic import Field

from keycloak_2fa.documents.shared import Document


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
