"""`kc2fa demo`."""

from pydantic import Field

from keycloak_2fa.documents.enforce import EnforcementDocument
from keycloak_2fa.documents.preview import PreviewDocument
from keycloak_2fa.documents.shared import Document


class AccountDocument(Document):
    """An account of the demo's server, which lives on this machine only."""

    username: str
    password: str


class DemoDocument(Document):
    """The whole job on an embedded Keycloak."""

    preview: PreviewDocument
    enforce: EnforcementDocument
    login: list[str] = Field(description="what one user met, step by step")
    account_url: str = Field(description="the set-up page comes after the password")
    security_url: str | None = Field(description="the Security page; null without the extension")
    console_url: str
    pictures: list[str] = Field(description="files with pictures of the pages")
    user: AccountDocument = Field(description="a user who has not set up OTP")
    admin: AccountDocument
    kept: bool = Field(description="whether the server runs on")
    server_url: str
    pid: int | None = Field(default=None, description="with `--keep`: its process id")
