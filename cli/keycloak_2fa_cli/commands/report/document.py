"""The header of a report as JSON."""

import sys
from dataclasses import asdict
from typing import Any

from keycloak_2fa import __version__
from keycloak_2fa.documents import (
    LastProofDocument,
    ProvenanceDocument,
    ReportDocument,
    ReportVerificationDocument,
    ResetEventDocument,
    ServiceAccountDocument,
    SummaryDocument,
    UserChangesDocument,
)
from keycloak_2fa.people.standing import Standing
from keycloak_2fa.reporting.report import Report
from keycloak_2fa_cli import documents
from keycloak_2fa_cli.command_line import command_line
from keycloak_2fa_cli.commands import verify


def header(made: Report, *, server_url: str, sha256: str | None) -> dict[str, Any]:
    """What stands before the rows.

    Args:
        made: The report.
        server_url: The server's base URL.
        sha256: Of the rows; None where they are not written.
    """
    proved = made.status.enforcement.proved
    return ReportDocument(
        **dict(documents.status(made.status)),
        generated_at=made.ended_at,
        reconciliation=documents.reconciliation(made.status),
        provenance=ProvenanceDocument(
            server_url=server_url,
            keycloak_version=made.keycloak_version,
            tool="keycloak-2fa",
            tool_version=__version__,
            caller=made.caller,
            command=command_line(sys.argv),
            began_at=made.began_at,
            ended_at=made.ended_at,
            filter=None,
        ),
        configuration=made.configuration,
        verification=_verification(made),
        proof=LastProofDocument(**asdict(proved)) if proved else None,
        summary=SummaryDocument(**made.summary.document(), by_group=made.groups),
        service_account_list=None
        if made.service_accounts is None
        else [ServiceAccountDocument(**asdict(each) | {"roles": list(each.roles)}) for each in made.service_accounts],
        resets=None if made.resets is None else [ResetEventDocument(**asdict(each)) for each in made.resets],
        logins_since=made.logins_since,
        changes=UserChangesDocument(**made.changes.document()) if made.changes else None,
        notes=[*made.status.warnings, *made.notes],
        sha256=sha256,
    ).as_json()


def _verification(made: Report) -> ReportVerificationDocument:
    """What `verify` says of the settings, and of the users by the rows of the report."""
    found = verify.document(made.verification)
    uncovered = made.summary.standings[Standing.UNCOVERED]
    # Something is held only where the extension's guard is live; it holds uncovered users too.
    open_ = bool(uncovered) and not found.held
    return ReportVerificationDocument(
        holds=found.holds and not open_, findings=found.findings, held=found.held, uncovered_users=uncovered
    )
