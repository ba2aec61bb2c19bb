"""`kc2fa realm diff` and `realm apply`."""

from pydantic import Field

from keycloak_2fa.documents.shared import ChangeDocument, Document


class RealmPlanDocument(Document):
    """What differs between a realm and the realm JSON."""

    realm: str
    exists: bool
    changes: list[ChangeDocument]
    created: bool | None = Field(default=None, description="only of `realm apply`: whether it was made")
