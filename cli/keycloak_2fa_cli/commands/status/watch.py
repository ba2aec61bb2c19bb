"""`kc2fa status --watch`."""

from collections.abc import Callable, Mapping
from datetime import datetime
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from keycloak_2fa.errors import UsageError
from keycloak_2fa_cli import terminal
from keycloak_2fa_cli.answer import Answer
from keycloak_2fa_cli.flags import Flags

if TYPE_CHECKING:
    from keycloak_2fa.api.admin import AdminApi

_PAUSE_S = 5.0
_TIMES_AS_LONG = 9
"""A look that takes long comes less often: the server is free for nine tenths of the time."""
_BAR = 40


def watch_status(flags: Flags, look: "Callable[[AdminApi], Answer]", *, every: bool) -> Answer:
    """Show a realm's status again and again, until everybody is enrolled or exempt.

    Args:
        flags: As given.
        look: Reads the status of the realm of a connection.
        every: Whether all realms were asked for.

    Raises:
        UsageError: There is no terminal, or several realms are asked for.
        LeftWatchError: Ctrl-C.
        Error: See `look`.
    """
    from keycloak_2fa_cli import connection

    if every:
        raise UsageError("--watch follows one realm.", "Give --realm once, and no --all-realms.")
    if flags.json or not terminal.stdout().is_terminal:
        raise UsageError("--watch needs a terminal.", "Leave it out, or use --format openmetrics for a dashboard.")
    api = connection.admin_api(flags)
    with terminal.live() as show:
        began, first = datetime.now().astimezone(), None
        while True:
            started = monotonic()
            answer = look(api)
            data = answer.data()
            users = data["users"]
            first = users["enrolled"] if first is None else first
            if _done(data):
                show(_screen(answer, "All users are enrolled or exempt."))
                break
            pause = max(_PAUSE_S, _TIMES_AS_LONG * (monotonic() - started))
            show(_screen(answer, _since(users, first, began), _next(pause)))
            sleep(pause)
    return Answer(data=answer.data, text=lambda _console: None, warnings=answer.warnings)


def _done(data: Mapping[str, Any]) -> bool:
    """Whether there is nothing left to follow."""
    users = data["users"]
    return bool(data["state"] == "ON" and users["total"] == (users["enrolled"] or 0) + (users["exempt"] or 0))


def _screen(answer: Answer, *lines: str) -> RenderableType:
    console = terminal.stdout()
    with console.capture() as drawn:
        answer.text(console)
    return Group(Text.from_ansi(drawn.get()), _bar(answer.data()["users"]), *(Text(f"{each}") for each in lines))


def _bar(users: Mapping[str, Any]) -> RenderableType:
    if not users["total"] or users["enrolled"] is None:
        return Text()
    share = users["enrolled"] / users["total"]
    row = Table.grid(padding=(0, 1))
    row.add_row(ProgressBar(total=users["total"], completed=users["enrolled"], width=_BAR), f"{share:.0%} enrolled")
    return row


def _since(users: Mapping[str, Any], first: int | None, began: datetime) -> str:
    if users["enrolled"] is None or first is None:
        return "Users are not counted: add --count."
    return f"{users['enrolled'] - first:+,} enrolled since {began:%H:%M:%S}."


def _next(pause: float) -> str:
    return f"Looked at {datetime.now().astimezone():%H:%M:%S}, again in {pause:.0f} s. Press Ctrl-C to quit."
