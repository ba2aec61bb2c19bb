"""What others read: the JSON of every command and of the extension's endpoints, as models.

One class gives a command's `data`, its JSON Schema (docs/schemas), its table in docs/json.md, and the check of what the
extension answers. Names never change; a field may be added. Pure: nothing here knows Keycloak.
"""

from keycloak_2fa.documents.demo import AccountDocument, DemoDocument
from keycloak_2fa.documents.enforce import EnforcementDocument, EnforcementRecordDocument, EnforcementUsersDocument
from keycloak_2fa.documents.exempt import ExemptionAddedDocument, ExemptionRemovedDocument, ExemptionsDocument
from keycloak_2fa.documents.extension import InstallationDocument
from keycloak_2fa.documents.harden import FixDocument, HardeningDocument
from keycloak_2fa.documents.invitations import (
    InvitationDocument,
    InvitationListDocument,
    InvitationSentDocument,
    UnfinishedUserDocument,
)
from keycloak_2fa.documents.overview import NextStepDocument, OverviewDocument
from keycloak_2fa.documents.preview import PreviewDocument, PreviewUsersDocument
from keycloak_2fa.documents.prove import ProofCheckDocument, ProofDocument
from keycloak_2fa.documents.realm import RealmPlanDocument
from keycloak_2fa.documents.report import (
    LastProofDocument,
    MethodDocument,
    ProvenanceDocument,
    ReconciliationDocument,
    ReportDocument,
    ReportLineDocument,
    ReportVerificationDocument,
    ResetEventDocument,
    RowDocument,
    RowExemptionDocument,
    ServiceAccountDocument,
    SummaryDocument,
    UserChangesDocument,
)
from keycloak_2fa.documents.reset import CredentialDocument, ResetDocument
from keycloak_2fa.documents.shared import (
    ChangeDocument,
    Document,
    ErrorDocument,
    ExemptionDocument,
    InvitationsDocument,
    RefusalDocument,
    UserDocument,
)
from keycloak_2fa.documents.status import (
    ExtensionDocument,
    OtpPolicyDocument,
    PopulationDocument,
    ProgressDocument,
    StatusDocument,
)
from keycloak_2fa.documents.verify import FindingDocument, HeldDocument, VerificationDocument

__all__ = [
    "COMMANDS",
    "FILES",
    "AccountDocument",
    "ChangeDocument",
    "CredentialDocument",
    "DemoDocument",
    "Document",
    "EnforcementDocument",
    "EnforcementRecordDocument",
    "EnforcementUsersDocument",
    "ErrorDocument",
    "ExemptionAddedDocument",
    "ExemptionDocument",
    "ExemptionRemovedDocument",
    "ExemptionsDocument",
    "ExtensionDocument",
    "FindingDocument",
    "FixDocument",
    "HardeningDocument",
    "HeldDocument",
    "InstallationDocument",
    "InvitationDocument",
    "InvitationListDocument",
    "InvitationSentDocument",
    "InvitationsDocument",
    "LastProofDocument",
    "MethodDocument",
    "NextStepDocument",
    "OtpPolicyDocument",
    "OverviewDocument",
    "PopulationDocument",
    "PreviewDocument",
    "PreviewUsersDocument",
    "ProgressDocument",
    "ProofCheckDocument",
    "ProofDocument",
    "ProvenanceDocument",
    "RealmPlanDocument",
    "ReconciliationDocument",
    "RefusalDocument",
    "ReportDocument",
    "ReportLineDocument",
    "ReportVerificationDocument",
    "ResetDocument",
    "ResetEventDocument",
    "RowDocument",
    "RowExemptionDocument",
    "ServiceAccountDocument",
    "StatusDocument",
    "SummaryDocument",
    "UnfinishedUserDocument",
    "UserChangesDocument",
    "UserDocument",
    "VerificationDocument",
]

COMMANDS: dict[str, type[Document]] = {
    "status": StatusDocument,
    "preview": PreviewDocument,
    "enforce": EnforcementDocument,
    "report": ReportDocument,
    "verify": VerificationDocument,
    "harden": HardeningDocument,
    "prove": ProofDocument,
    "invitations list": InvitationListDocument,
    "invitations send": InvitationSentDocument,
    "invitations resend": InvitationSentDocument,
    "reset": ResetDocument,
    "exempt add": ExemptionAddedDocument,
    "exempt list": ExemptionsDocument,
    "exempt remove": ExemptionRemovedDocument,
    "realm diff": RealmPlanDocument,
    "realm apply": RealmPlanDocument,
    "extension install": InstallationDocument,
    "demo": DemoDocument,
    "": OverviewDocument,
}
"""The `data` of each command; of `kc2fa` alone, whose `command` is empty, too."""

FILES: dict[str, type[Document]] = {"enforce --record": EnforcementRecordDocument}
"""What commands write to files of their own kind."""
