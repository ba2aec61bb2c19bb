"""`kc2fa enforce`."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keycloak_2fa.errors import ConfirmMismatchError, PartlyDoneError
from keycloak_2fa.warning_codes import WarningCode
from keycloak_2fa_cli import several, tables, terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.commands import preview
from keycloak_2fa_cli.flags import Flags

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from rich.console import Console

    from keycloak_2fa.api.admin import AdminApi
    from keycloak_2fa.enforcement.enforce import Outcome
    from keycloak_2fa.enforcement.preflight import Risk
    from keycloak_2fa.enforcement.preview import Preview


@answers("enforce")
def enforce(  # noqa: PLR0917
    flags: Flags,
    confirm: Annotated[
        str | None,
        typer.Option(
            "--confirm", metavar="WORDS", help='The words "Enforce 2FA"; needed in scripts.', show_default=False
        ),
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept",
            metavar="RISK",
            help="Accept a risk: caller-lockout or unwritable-users. Repeatable.",
            show_default=False,
        ),
    ] = None,
    sign_out: Annotated[
        bool, typer.Option("--sign-out", help="End all open sessions afterwards, offline ones too.")
    ] = False,
    login_theme: Annotated[
        bool, typer.Option("--login-theme", help="Switch on the login theme, which shows the apps in a fixed order.")
    ] = False,
    record: Annotated[
        Path | None,
        typer.Option(
            "--record",
            metavar="FILE",
            help="Write what was changed, by whom and when to a .json file that only you can read.",
            show_default=False,
        ),
    ] = None,
) -> Answer:
    """Enforce 2FA on the realm, once and for good.

    Shows the preview, then asks for the words "Enforce 2FA". This cannot be reverted. You can interrupt it safely:
    run it again to resume.

    Example:
        kc2fa enforce
        kc2fa enforce --json --confirm "Enforce 2FA" --record enforced.json
    """
    from keycloak_2fa.enforcement import preflight
    from keycloak_2fa.people import export

    accepted = preflight.risks(accept or [])
    if confirm is not None:
        preflight.check_consent(confirm)
    run = partial(_enforce, flags, confirm=confirm, accepted=accepted, sign_out=sign_out, login_theme=login_theme)
    one: Callable[[AdminApi], Answer] = run
    if record is not None:
        from keycloak_2fa_cli.record import recorded

        export.check_ending(record, [".json"])
        one = partial(recorded, flags, record, run)
    # Realms are named one by one, and after a refusal the later ones are not begun.
    return several.in_each(flags, one, stop_at_an_error=True)


@dataclass(frozen=True, kw_only=True)
class Enforced(Answer):
    """The answer of a run, and what it came to."""

    outcome: "Outcome"


def _enforce(
    flags: Flags,
    api: "AdminApi",
    *,
    confirm: str | None,
    accepted: "Collection[Risk]",
    sign_out: bool,
    login_theme: bool,
) -> Enforced:
    from keycloak_2fa.enforcement import preflight
    from keycloak_2fa.enforcement.enforce import enforce
    from keycloak_2fa.enforcement.preview import plan_enforcement
    from keycloak_2fa.realm import enforcement_state
    from keycloak_2fa_cli import documents

    found: Preview | None = None
    if confirm is None:
        if not terminal.interactive(flags) and enforcement_state.get_state(api).state is not enforcement_state.State.ON:
            preflight.check_consent(None)
        with terminal.reading(flags) as on_reading:
            found = plan_enforcement(api, on_progress=on_reading)
        if found.nothing_to_do and not login_theme and not sign_out:
            return _stands(found)
        confirm = _ask(found, by_name=several.asked_for(flags)) if terminal.interactive(flags) else None
    with terminal.sweeping(flags) as on_progress:
        done = enforce(
            api,
            consent=confirm,
            accept=accepted,
            sign_out=sign_out,
            with_login_theme=login_theme,
            plan=found,
            on_progress=on_progress,
        )
    return Enforced(
        outcome=done,
        data=lambda: documents.enforcement(done).as_json(),
        text=lambda console: text(console, done),
        warnings=done.warnings,
        error=_unfinished(done),
    )


def _stands(found: "Preview") -> Enforced:
    """The answer where 2FA is ON and there is nothing to mend: nothing to consent to, and nothing was written."""
    from keycloak_2fa.enforcement.enforce import nothing_done
    from keycloak_2fa_cli import documents

    done = nothing_done(found)
    said = "Nothing was changed: 2FA is already ON, and nothing has drifted."
    return Enforced(
        outcome=done,
        data=lambda: documents.enforcement(done).as_json(),
        text=lambda console: text(console, done),
        warnings=[*found.warnings, WarningCode.ALREADY_ENFORCED.says(said)],
    )


def _ask(found: "Preview", *, by_name: bool) -> str:
    """The confirm dialog; where there are several realms it asks for this one's name first."""
    from keycloak_2fa.enforcement.preflight import CONSENT

    console = terminal.stderr()
    preview.text(console, found)
    terminal.notes(found.warnings)
    console.print()
    console.print("This is a one-time action that cannot be reverted.", style="bold red")
    console.print(f"From the next login on, every user of realm {terminal.plain(found.realm.name)!r} must set up 2FA.")
    realm = found.realm.name
    if by_name and terminal.typed("Type the realm's name", realm, realm) != realm:
        raise ConfirmMismatchError("This is not the realm's name; nothing was changed.", "Type it as shown.")
    return terminal.typed(f'Type "{CONSENT}" to go on', CONSENT, realm)


def _unfinished(done: "Outcome") -> PartlyDoneError | None:
    if done.complete:
        return None
    hint = "Fix that and run it again, or accept it with --accept unwritable-users."
    if not done.sweep.refused:
        names = " and ".join(done.unseen_providers)
        return PartlyDoneError(f"The users of {names} could not be read; all others are marked.", hint)
    count = len(done.sweep.refused)
    who = "1 user" if count == 1 else f"{count:,} users"
    return PartlyDoneError(f"{who} could not be marked; all others are marked.", hint)


def text(console: "Console", done: "Outcome") -> None:
    """What a run did."""
    tables.headline(console, done.enforcement)
    swept, people = done.sweep, done.sweep.population
    tables.facts(
        console,
        [
            ("Realm", done.realm.name),
            ("Users", f"{people.total:,}"),
            ("  marked now", f"{swept.marked:,}"),
            ("  set-up pending before", f"{people.pending - swept.marked:,}"),
            ("  enrolled", f"{people.enrolled:,}"),
            ("  exempt", f"{people.exempt:,}"),
            ("  could not be marked", f"{len(swept.refused):,}"),
            ("Service accounts, left alone", f"{done.service_accounts:,}"),
            ("Pending invitations", tables.invitations(done.pending_invitations)),
            ("Passes", str(swept.passes)),
            ("Seconds", f"{done.seconds:,.1f}"),
        ],
    )
    tables.refusals(console, swept.refused)
    tables.exemptions(console, done.exemptions)
    if done.changes:
        console.print("\nChanged on the realm:")
        tables.changes(console, done.changes)
