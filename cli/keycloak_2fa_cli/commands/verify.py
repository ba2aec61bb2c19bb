"""`kc2fa verify`."""

from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from keycloak_2fa.errors import NotHoldingError
from keycloak_2fa.warning_codes import CodedWarning, WarningCode
from keycloak_2fa_cli import tables, terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags
from keycloak_2fa_cli.several import AllRealms, in_each
from keycloak_2fa_cli.terminal import plain

if TYPE_CHECKING:
    from collections.abc import Collection

    from rich.console import Console

    from keycloak_2fa.api.admin import AdminApi
    from keycloak_2fa.documents import VerificationDocument
    from keycloak_2fa.verification.findings import Finding, FindingId
    from keycloak_2fa.verification.verify import Verification

_COLOURS = {"high": "bold red", "medium": "bold yellow", "low": "bold cyan"}


@answers("verify")
def verify(
    flags: Flags,
    skip: Annotated[
        list[str] | None,
        typer.Option("--skip", metavar="ID", help="Leave out the check with this id. Repeatable.", show_default=False),
    ] = None,
    all_realms: AllRealms = False,
) -> Answer:
    """Find gaps in 2FA, and drift since enforcement.

    Exits with 0 when nothing is found, with 7 otherwise. A check that cannot run counts as a finding. Writes nothing.

    Example:
        kc2fa verify
        kc2fa verify --json --skip server-vulnerable
    """
    from keycloak_2fa.verification.verify import choose_checks

    left_out = choose_checks(skip or [])
    return in_each(flags, lambda api: _verify(flags, api, left_out), every=all_realms)


def _verify(flags: Flags, api: "AdminApi", left_out: "Collection[FindingId]") -> Answer:
    from keycloak_2fa.verification.verify import verify

    with terminal.reading(flags) as on_progress:
        found = verify(api, skip=left_out, on_progress=on_progress)
    return Answer(
        data=lambda: document(found).as_json(),
        text=lambda console: text(console, found),
        warnings=[*found.notes, *_skipped(found)],
        error=_not_holding(found),
    )


def _skipped(found: "Verification") -> list[CodedWarning]:
    said = f"Skipped: {', '.join(found.skipped)}."
    return [WarningCode.SKIPPED.says(said)] if found.skipped else []


def _not_holding(found: "Verification") -> NotHoldingError | None:
    if found.holds:
        return None
    count = len(found.findings)
    return NotHoldingError(
        f"2FA does not hold in realm {found.realm!r}: {count} {'finding' if count == 1 else 'findings'}.",
        "Each finding names its fix; kc2fa harden --all closes what realm settings can close.",
    )


def document(found: "Verification") -> "VerificationDocument":
    """Data of `kc2fa verify`."""
    from keycloak_2fa.documents import HeldDocument, VerificationDocument
    from keycloak_2fa_cli import documents

    return VerificationDocument(
        realm=found.realm,
        state=found.enforcement.state.value if found.enforcement else None,
        holds=found.holds,
        findings=documents.findings(found.findings),
        held=[HeldDocument(**each.as_json(), by="guard") for each in documents.findings(found.held)],
        skipped=[each.value for each in found.skipped],
    )


def text(console: "Console", found: "Verification") -> None:
    """The findings, those of a kind together."""
    if found.enforcement:
        tables.headline(console, found.enforcement)
    if found.holds:
        console.print(f"No gap was found in realm {plain(found.realm)!r}.")
    for _, alike in groupby(found.findings, key=lambda each: each.id):
        _kind(console, list(alike))
    if found.held:
        console.print()
        console.print("Closed by the extension's guard:")
    for kind, alike in groupby(found.held, key=lambda each: each.id):
        _held(console, kind, list(alike))


def _held(console: "Console", kind: "FindingId", alike: "list[Finding]") -> None:
    whole = not console.is_terminal
    names = ", ".join(dict.fromkeys(each.where for each in alike))
    console.print(f"  {kind} ({plain(names)}): {plain(alike[0].why)}", soft_wrap=whole)


def _kind(console: "Console", alike: "list[Finding]") -> None:
    first = alike[0]
    whole = not console.is_terminal  # for grep; a terminal would break its lines anywhere
    console.print()
    console.print(Text.assemble((first.severity.upper(), _COLOURS[first.severity]), f" {first.id}"))
    console.print(plain(first.why), soft_wrap=whole)
    for each in alike:
        console.print(f"  {plain(each.where)}: {plain(each.title)}", soft_wrap=whole)
    for fix in dict.fromkeys(each.fix for each in alike):
        console.print(f"Fix: {plain(fix)}", soft_wrap=whole)
