"""What the documents of several commands share."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

State = Literal["OFF", "ENFORCING", "ON"]


class Document(BaseModel):
    """A document, or a part of one. Types are taken as they are: `"1"` is not 1. What is not known is left out."""

    model_config = ConfigDict(strict=True, frozen=True, defer_build=True)

    def as_json(self) -> dict[str, Any]:
        """Ready for `json.dump`. A field that only other documents of the kind have is left out, not null."""
        return self.model_dump(exclude_unset=True)


class ErrorDocument(Document):
    """What went wrong."""

    code: str = Field(description="never changes")
    message: str = Field(description="what happened")
    hint: str = Field(description="what to do next")


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


class InvitationsDocument(Document):
    """Invitations to the realm's organizations."""

    pending: int | None = Field(description="null where they cannot be counted")
