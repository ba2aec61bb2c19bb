"""`kc2fa verify`."""

from typing import Literal

from pydantic import Field

from keycloak_2fa.documents.shared import Document, State


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
