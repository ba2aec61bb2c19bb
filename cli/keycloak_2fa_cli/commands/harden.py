"""`kc2fa harden`."""

from typing import TYPE_CHECKING, Annotated

import typer

from keycloak_2fa.errors import NoConsentError, UsageError
from keycloak_2fa_cli import terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags

if TYPE_CHECKING:
    from keycloak_2fa.hardening.harden import Plan


@answers("harden")
def harden(  # noqa: PLR0917
    flags: Flags,
    fix: Annotated[
        list[str] | None,
        typer.Option("--fix", help="A way around 2FA to close, by the id that verify gives it; repeatable."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Close all that settings of the realm can close.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes, and write nothing.")] = False,
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", help="A risk to accept: not-enforced, exempt-asked; repeatable."),
    ] = None,
) -> Answer:
    """Close ways around 2FA that `verify` names.

    Shows each setting before and after, and asks. Changes nothing else.
    """
    from keycloak_2fa.hardening import harden as hardening
    from keycloak_2fa_cli.connection import admin_api
    from keycloak_2fa_cli.views import harden as views

    if not fix and not everything:
        raise UsageError("What to close is missing.", "Give --fix with an id that kc2fa verify names, or --all.")
    ids = None if everything else hardening.chosen(fix or [])
    accepted = hardening.risks(accept or [])
    api = admin_api(flags)
    plan = hardening.make(api, ids)
    if dry_run:
        refused = [f"{each.error.message} {each.error.hint}" for each in plan.obstacles if each.risk not in accepted]
        return Answer(
            data=views.document(plan, None),
            text=lambda console: views.preview(console, plan),
            warnings=[*plan.warnings, *(f"It would be refused: {each}" for each in refused)],
        )
    hardening.check(plan, accepted)
    if plan.fixes and not yes:
        _ask(flags, plan)
    left = hardening.carry_out(api, plan)
    return Answer(
        data=views.document(plan, left),
        text=lambda console: views.text(console, plan, left),
        warnings=plan.warnings,
        error=hardening.still_open(plan, left),
    )


def _ask(flags: Flags, plan: "Plan") -> None:
    from keycloak_2fa_cli.views import harden as views

    if terminal.interactive(flags):
        views.preview(terminal.stderr(), plan)
        terminal.notes(plan.warnings)
        if terminal.confirm("Do it?", plan.realm):
            return
    raise NoConsentError(
        "Not confirmed; nothing was changed.",
        "Add --yes to do it without being asked.",
        data=views.document(plan, None),
    )
