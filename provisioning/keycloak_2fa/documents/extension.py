"""`kc2fa extension install`."""

from typing import Literal

from pydantic import Field

from keycloak_2fa.documents.shared import Document


class InstallationDocument(Document):
    """The extension's jar, put into a Keycloak on this machine."""

    keycloak_home: str
    keycloak_version: str
    jar: str
    outcome: Literal["installed", "replaced", "unchanged"]
    next: list[str] = Field(description="what to do next, a sentence each")
