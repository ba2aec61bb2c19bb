"""`kc2fa` without a command."""

from keycloak_2fa.documents.shared import Document
from keycloak_2fa.documents.status import StatusDocument


class NextStepDocument(Document):
    """What to do next."""

    command: str
    why: str


class OverviewDocument(StatusDocument):
    """`kc2fa` without a command: a status, and what to do next."""

    next: NextStepDocument
