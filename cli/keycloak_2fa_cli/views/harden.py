"""What `kc2fa harden` shows."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from keycloak_2fa.verification.findings import Finding
from keycloak_2fa_cli import tables
from keycloak_2fa_cli.terminal import plain

if TYPE_CHECKING:
    from rich.console import Console

    from keycloak_2fa.hardening.harden import Plan


def document(plan: "Plan", left: Sequence[Finding] | None) -> dict[str, Any]:
    """Data of `kc2fa harden`; what is left is null where nothing was done."""
    return {
        "realm": plan.realm,
        "changes": [{"id": kind, **asdict(change)} for kind, change in plan.changes],
        "left": None if left is None else [asdict(each) for each in left],
    }


def preview(console: "Console", plan: "Plan") -> None:
    """What it will change."""
    if not plan.fixes:
        console.print(f"Realm {plain(plan.realm)!r}: nothing to change.")
        return
    console.print(f"In realm {plain(plan.realm)!r} this will be changed:")
    tables.changes(console, [change for _, change in plan.changes])


def text(console: "Console", plan: "Plan", left: Sequence[Finding]) -> None:
    """What was changed, and what is still open."""
    if plan.fixes:
        console.print(f"Realm {plain(plan.realm)!r} was changed:")
        tables.changes(console, [change for _, change in plan.changes])
    else:
        console.print(f"Realm {plain(plan.realm)!r}: nothing to change.")
    if left:
        console.print("\nStill open:")
        for each in left:
            console.print(f"  {each.id}, {plain(each.where)}: {plain(each.fix)}", soft_wrap=True)
