"""`kc2fa invitations list`, `send` and `resend`."""

from typing import Literal

from pydantic import Field

from keycloak_2fa.documents.shared import Document


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
