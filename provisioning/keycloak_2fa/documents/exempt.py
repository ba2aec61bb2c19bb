"""`kc2fa exempt add`, `list` and `remove`."""

from pydantic import Field

from keycloak_2fa.documents.shared import Document, ExemptionDocument


class ExemptionsDocument(Document):
    """All exemptions of a realm."""

    realm: str
    exemptions: list[ExemptionDocument]


class ExemptionAddedDocument(Document):
    """An exemption that was given."""

    realm: str
    exemption: ExemptionDocument
    set_up_taken_back: bool = Field(description="whether the set-up was due, and is no longer")


class ExemptionRemovedDocument(Document):
    """An exemption that was ended."""

    realm: str
    exemption: ExemptionDocument
    asked: bool = Field(description="whether the user must set up OTP now")
