"""`kc2fa harden`."""

from typing import TYPE_CHECKING, Annotated

import typer

from keycloak_2fa.errors import NoConsentError, UsageError
from keycloak_2fa.warning_codes import WarningCode
from keycloak_2fa_cli import tables, terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags
from keycloak_2fa_cli.terminal import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from keycloak_2fa.documents import HardeningDocument
    from keycloak_2fa.hardening.harden import HardeningPlan
    from keycloak_2fa.verification.findings import Finding


@answers("harden")
def harden(  # noqa: PLR0917
    flags: Flags,
    fix: Annotated[
        list[str] | None,
        typer.Option("--fix", metavar="ID", help="Close the gap with this id. Repeatable.", show_default=False),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Close every gap that realm settings can close.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Change the settings without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes and write nothing.")] = False,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept",
            metavar="RISK",
            help="Accept a risk: not-enforced or exempt-asked. Repeatable.",
            show_default=False,
        ),
    ] = None,
) -> Answer:
    """Close the gaps that kc2fa verify finds.

    Shows each setting before and after, then asks. Changes nothing else.

    Example:
        kc2fa harden --all --dry-run
        kc2fa harden --fix otp-self-removal --yes
    """
    from keycloak_2fa.hardening.harden import apply_hardening, check_plan, chosen, plan_hardening, risks, still_open
    from keycloak_2fa_cli.connection import admin_api

    if not fix and not everything:
        raise UsageError("Which gap to close is missing.", "Give --fix with an id of kc2fa verify, or --all.")
    ids = None if everything else chosen(fix or [])
    accepted = risks(accept or [])
    api = admin_api(flags)
    plan = plan_hardening(api, ids)
    if dry_run:
        refused = [
            f"It would be refused: {each.error.message} {each.error.hint}"
            for each in plan.obstacles
            if each.risk not in accepted
        ]
        return Answer(
            data=lambda: document(plan, None).as_json(),
            text=lambda console: preview(console, plan),
            warnings=[*plan.warnings, *map(WarningCode.WOULD_BE_REFUSED.says, refused)],
        )
    check_plan(plan, accepted)
    if plan.fixes and not yes:
        _ask(flags, plan)
    left = apply_hardening(api, plan, accepted)
    return Answer(
        data=lambda: document(plan, left).as_json(),
        text=lambda console: text(console, plan, left),
        warnings=plan.warnings,
        error=still_open(plan, left),
    )


def _ask(flags: Flags, plan: "HardeningPlan") -> None:
    if terminal.interactive(flags):
        preview(terminal.stderr(), plan)
        terminal.notes(plan.warnings)
        if terminal.confirm("Do it?", plan.realm):
            return
    raise NoConsentError(
        "Not confirmed; nothing was changed.",
        "Add --yes to change it without a prompt.",
        data=document(plan, None).as_json(),
    )


def document(plan: "HardeningPlan", left: "Sequence[Finding] | None") -> "HardeningDocument":
    """Data of `kc2fa harden`; what is left is null where nothing was done."""
    from keycloak_2fa.documents import FixDocument, HardeningDocument
    from keycloak_2fa_cli import documents

    return HardeningDocument(
        realm=plan.realm,
        changes=[
            FixDocument(id=kind.value, setting=change.setting, before=change.before, after=change.after)
            for kind, change in plan.changes
        ],
        left=None if left is None else documents.findings(left),
    )


def preview(console: "Console", plan: "HardeningPlan") -> None:
    """What it will change."""
    if not plan.fixes:
        console.print(f"Realm {plain(plan.realm)!r}: nothing to change.")
        return
    console.print(f"In realm {plain(plan.realm)!r} these settings will change:")
    tables.changes(console, [change for _, change in plan.changes])


def text(console: "Console", plan: "HardeningPlan", left: "Sequence[Finding]") -> None:
    """What was changed, and what is still open."""
    if plan.fixes:
        console.print(f"Changed in realm {plain(plan.realm)!r}:")
        tables.changes(console, [change for _, change in plan.changes])
    else:
        console.print(f"Realm {plain(plan.realm)!r}: nothing to change.")
    if left:
        console.print("\nStill open:")
        for each in left:
            console.print(f"  {each.id}, {plain(each.where)}: {plain(each.fix)}", soft_wrap=True)
