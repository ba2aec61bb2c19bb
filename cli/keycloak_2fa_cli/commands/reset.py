"""`kc2fa reset`."""

from typing import TYPE_CHECKING, Annotated

import typer

from keycloak_2fa_cli import terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.commands.user import User
from keycloak_2fa_cli.flags import Flags
from keycloak_2fa_cli.terminal import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from keycloak_2fa.accounts.reset import Credential, Reset
    from keycloak_2fa.documents import ResetDocument


@answers("reset")
def reset(
    flags: Flags,
    user: User,
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="TEXT", help="Why, for the realm's admin events.", show_default=False),
    ] = None,
    ticket: Annotated[
        str | None,
        typer.Option("--ticket", metavar="TEXT", help="The help desk's ticket, beside --reason.", show_default=False),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Reset without asking on a terminal.")] = False,
) -> Answer:
    """Let a user who lost a device set up a new one.

    Removes the user's OTP, requires set-up at the next login, and ends the user's sessions. On a terminal it first
    shows what it will remove, and asks. In a script the name is the consent. The realm's admin events keep the reason
    and the ticket, and kc2fa report shows them.

    Example:
        kc2fa reset alice --reason "Phone lost" --ticket HD-4711
    """
    from keycloak_2fa.accounts.reset import apply_reset, plan_reset
    from keycloak_2fa_cli.connection import admin_api

    api = admin_api(flags)
    planned = plan_reset(api, user, reason=reason, ticket=ticket)
    if terminal.interactive(flags) and not yes:
        _ask(planned)
    done = apply_reset(api, planned)
    return Answer(
        data=lambda: document(done).as_json(), text=lambda console: text(console, done), warnings=done.warnings
    )


def _ask(planned: "Reset") -> None:
    from keycloak_2fa.errors import NoConsentError

    preview(terminal.stderr(), planned)
    terminal.notes(planned.warnings)
    if not terminal.confirm(f"Reset {planned.person.username}?", planned.realm):
        raise NoConsentError("Not confirmed; nothing was changed.", "Answer y, or add --yes.")


def document(done: "Reset") -> "ResetDocument":
    """Data of `kc2fa reset`."""
    from keycloak_2fa.documents import CredentialDocument, ResetDocument

    def each(credentials: "Iterable[Credential]") -> list[CredentialDocument]:
        return [CredentialDocument(id=one.id, type=one.type, label=one.label) for one in credentials]

    return ResetDocument(
        realm=done.realm,
        user_id=done.person.id,
        username=done.person.username,
        removed=each(done.removed),
        still_has=each(done.left),
        reason=done.reason.reason if done.reason else None,
        ticket=(done.reason.ticket or None) if done.reason else None,
        recorded=done.kept,
    )


def preview(console: "Console", planned: "Reset") -> None:
    """What it will do."""
    console.print(f"User {plain(planned.person.username)} of realm {plain(planned.realm)!r}:")
    console.print(f"  will be removed: {_named(planned.removed) or 'nothing, there is no OTP'}")
    console.print(f"  stays: {_named(planned.left) or 'nothing'}")
    console.print("  must set up 2FA at the next login; all sessions end")


def text(console: "Console", done: "Reset") -> None:
    """What was done, and what the user can still log in with."""
    name = plain(done.person.username)
    console.print(f"{name} must set up 2FA at the next login to realm {plain(done.realm)!r}, and all sessions ended.")
    console.print(f"Removed: {_named(done.removed) or 'nothing, there was no OTP'}.")
    console.print(f"Still there: {_named(done.left) or 'nothing'}.")
    if done.kept:
        console.print("The reason stands in the realm's admin events.")


def _named(credentials: "Iterable[Credential]") -> str:
    return ", ".join(each.type + (f" {plain(each.label)!r}" if each.label else "") for each in credentials)
