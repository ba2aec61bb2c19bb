"""What `kc2fa verify` shows."""

from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.text import Text

from keycloak_2fa.verification.findings import Finding, FindingId, Severity
from keycloak_2fa_cli import tables
from keycloak_2fa_cli.terminal import plain

if TYPE_CHECKING:
    from rich.console import Console

    from keycloak_2fa.verification.verify import Verification

_COLOURS = {Severity.HIGH: "bold red", Severity.MEDIUM: "bold yellow", Severity.LOW: "bold cyan"}


def document(found: "Verification") -> dict[str, Any]:
    """Data of `kc2fa verify`."""
    from keycloak_2fa.verification import verify

    return {
        "realm": found.realm,
        "state": found.mark.state.value if found.mark else None,
        "holds": found.holds,
        "findings": [asdict(each) for each in found.findings],
        "held": [asdict(each) | {"by": verify.GUARD} for each in found.held],
        "skipped": list(found.skipped),
    }


def text(console: "Console", found: "Verification") -> None:
    """The findings, those of a kind together."""
    if found.mark:
        tables.headline(console, found.mark)
    if found.holds:
        console.print(f"No way around 2FA was found in realm {plain(found.realm)!r}.")
    for _, alike in groupby(found.findings, key=lambda each: each.id):
        _kind(console, list(alike))
    if found.held:
        console.print()
        console.print("Held by the extension's guard, so no way in:")
    for kind, alike in groupby(found.held, key=lambda each: each.id):
        _held(console, kind, list(alike))


def _held(console: "Console", kind: FindingId, alike: list[Finding]) -> None:
    whole = not console.is_terminal
    names = ", ".join(dict.fromkeys(each.where for each in alike))
    console.print(f"  {kind} ({plain(names)}): {plain(alike[0].why)}", soft_wrap=whole)


def _kind(console: "Console", alike: list[Finding]) -> None:
    first = alike[0]
    whole = not console.is_terminal  # for grep; a terminal would break its lines anywhere
    console.print()
    console.print(Text.assemble((first.severity.upper(), _COLOURS[first.severity]), f" {first.id}"))
    console.print(plain(first.why), soft_wrap=whole)
    for each in alike:
        console.print(f"  {plain(each.where)}: {plain(each.title)}", soft_wrap=whole)
    for fix in dict.fromkeys(each.fix for each in alike):
        console.print(f"Fix: {plain(fix)}", soft_wrap=whole)
