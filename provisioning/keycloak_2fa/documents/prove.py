"""`kc2fa prove`."""

from pydantic import Field

from keycloak_2fa.documents.shared import Document


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
