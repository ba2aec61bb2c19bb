"""`kc2fa harden`."""

from pydantic import Field

from keycloak_2fa.documents.shared import ChangeDocument, Document
from keycloak_2fa.documents.verify import FindingDocument


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
