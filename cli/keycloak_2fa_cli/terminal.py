"""The terminal: results on stdout, the rest on stderr, and names from the server without control characters."""

import io
import os
import select
import signal
import socket
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.text import Text

from keycloak_2fa.errors import Error
from keycloak_2fa_cli.flags import Flags

if TYPE_CHECKING:
    from rich.console import RenderableType

    from keycloak_2fa.api.retry import Waiting
    from keycloak_2fa.enforcement.sweep import Progress

_WIDTH_OF_A_PIPE = 160
_A_WHILE_S = 3.0
_SAID_AGAIN_AFTER_S = 20.0
_SHOW_EVERY_S = 0.1
_LONG_S = 5.0
"""What takes longer is announced."""
_TRIES = 3
_YES = frozenset({"y", "yes"})
_NO = frozenset({"n", "no", ""})


class LeftAtQuestionError(Exception):
    """Ctrl-C, or the end of the input, where a question was open.

    Args:
        realm: The realm that the question was about.
    """

    def __init__(self, realm: str) -> None:
        super().__init__(realm)
        self.realm = realm


class LeftWatchError(Exception):
    """Ctrl-C, where nothing was done but watching."""


_under_way: list[Console] = []
"""The console of the bar that is drawn now: what is said meanwhile is said through it, or it would be drawn over."""


def stdout() -> Console:
    """Where results go."""
    return _console(stderr=False)


def stderr() -> Console:
    """Where progress, notes and errors go; above the progress, while there is some."""
    return _under_way[-1] if _under_way else _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    # A user name is data: no markup, no emoji, no guessing at colours.
    return _Console(
        stderr=stderr,
        markup=False,
        emoji=False,
        highlight=False,
        width=None if stream.isatty() else _WIDTH_OF_A_PIPE,
    )


class _Console(Console):
    def print(self, *objects: Any, soft_wrap: bool | None = None, **more: Any) -> None:
        """As Rich does; but a line that is to be kept whole is so for a pipe, and broken at words on a terminal."""
        super().print(*objects, soft_wrap=soft_wrap and not self.is_terminal, **more)

    def on_broken_pipe(self) -> None:
        # Rich would end the process here, with a code of its own.
        raise  # noqa: PLE0704 - Rich calls this while it handles the error


def say_utf8(text: str) -> None:
    """Write what programs read to stdout, in UTF-8 whatever the locale (RFC 8259, 8.1)."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Half a character, as a server may send one, becomes the escape \\udXXX.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.stdout.write(text)
    sys.stdout.flush()


def close_stdout() -> None:
    """Discard what is still written to stdout, which takes no more."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def interactive(flags: Flags) -> bool:
    """Whether there is a person to ask."""
    return not flags.json and sys.stdin.isatty() and sys.stderr.isatty()


def confirm(question: str, realm: str) -> bool:
    """Ask a question that only y answers with yes.

    Args:
        question: As it is shown.
        realm: The realm that it is about.

    Raises:
        LeftAtQuestionError: There is no answer.
    """
    while (answer := _answer(f"{question} [y/N]: ", realm).casefold()) not in _YES | _NO:
        stderr().print("Answer y or n.")
    return answer in _YES


def typed(question: str, expected: str, realm: str) -> str:
    """Ask for words, and ask again where they are mistyped.

    Args:
        question: As it is shown.
        expected: The words.
        realm: The realm that it is about.

    Returns:
        What was typed last, without spaces around it; after three tries it may be something else.

    Raises:
        LeftAtQuestionError: There is no answer.
    """
    tries_left = _TRIES
    while (answer := _answer(f"{question}: ", realm)) != expected:
        if not answer:
            # Enter alone is no try.
            continue
        tries_left -= 1
        if not tries_left:
            break
        stderr().print(f"That is not {plain(expected)!r}. Type it exactly, or press Ctrl-C to quit.", soft_wrap=True)
    return answer


def _answer(question: str, realm: str) -> str:
    """Ask, and return the line that was typed, without spaces around it."""
    try:
        typer.echo(plain(question), nl=False, err=True)
        _wait_for_a_line()
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        line = ""
    if not line:
        stderr().print()
        raise LeftAtQuestionError(realm)
    return line.strip()


def _wait_for_a_line() -> None:
    """Return when a line was typed, or let the handler of a signal raise.

    A signal that comes just before a blocking read would only be handled at the next key. Each signal writes into the
    socket, so that `select` ends also where the signal came first.
    """
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.settimeout(0)
        before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        try:
            while sys.stdin not in select.select([sys.stdin, reader], [], [])[0]:
                reader.recv(64)
        finally:
            signal.set_wakeup_fd(before)


def plain(text: str) -> str:
    """Text without anything that a terminal would act on."""
    return "".join(char if _harmless(char) else "\N{REPLACEMENT CHARACTER}" for char in text)


def _harmless(char: str) -> bool:
    # Spaces of every width and the two joiners belong to names in many scripts; marks that turn the
    # direction of what follows do not.
    return char.isprintable() or unicodedata.category(char) == "Zs" or char in "\u200c\u200d"


def error(error: Error, *, about: str | None = None) -> None:
    """Say what went wrong and what to do next.

    Args:
        error: What went wrong.
        about: The realm, where several are answered for together.
    """
    console = stderr()
    message = f"{about}: {error.message}" if about else error.message
    console.print(Text.assemble(("Error: ", "bold red"), plain(message)), soft_wrap=True)
    console.print(Text.assemble(("Hint: ", "bold"), plain(error.hint)), soft_wrap=True)


def notes(sentences: Sequence[str]) -> None:
    """Say sentences that deserve a look."""
    console = stderr()
    for sentence in sentences:
        console.print(Text.assemble(("Note: ", "yellow"), plain(sentence)), soft_wrap=True)


class Waits:
    """Says that a request is sent again, but not of each request, and not of faults that pass at once."""

    def __init__(self) -> None:
        self._quiet_until = 0.0

    def tell(self, waiting: "Waiting") -> None:
        """See `AdminApi.on_wait`."""
        if waiting.seconds < _A_WHILE_S or monotonic() < self._quiet_until:
            return
        self._quiet_until = monotonic() + _SAID_AGAIN_AFTER_S
        notes([f"The server {waiting.what}. Trying again for up to {waiting.retry_timeout:.0f} s."])


def step(sentence: str) -> None:
    """Say what is being done now."""
    stderr().print(plain(sentence) + " ...", soft_wrap=True)


@contextmanager
def reading(flags: Flags) -> Iterator[Callable[[int, int], None]]:
    """Progress of reading everybody: yields what to call with (seen, total)."""
    with _bar(flags, "Reading users") as update:
        yield lambda seen, total: update("Reading users", seen, total)


def tell_of_reading(users: int, seconds: float) -> None:
    """See `AdminApi.on_reading`."""
    if seconds > _LONG_S:
        notes([f"Reading {users:,} users takes {duration(seconds)}."])


def duration(seconds: float) -> str:
    """About so long, in words."""
    if seconds < 90:  # noqa: PLR2004
        return f"about {max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"about {minutes} minutes" if minutes < 90 else f"about {minutes / 60:.0f} hours"  # noqa: PLR2004


@contextmanager
def sweeping(flags: Flags) -> Iterator[Callable[["Progress"], None]]:
    """Progress of a sweep: yields what to call with each `Progress`."""
    with _bar(flags, "Marking users") as update:

        def show(progress: "Progress") -> None:
            what = "Marking users" if progress.passes == 1 else f"Checking again (pass {progress.passes})"
            failed = f", {progress.failed} refused" if progress.failed else ""
            update(f"{what}{failed}", progress.seen, progress.total)

        yield show


@contextmanager
def _above(console: Console) -> Iterator[None]:
    _under_way.append(console)
    try:
        yield
    finally:
        _under_way.pop()


@contextmanager
def live() -> Iterator[Callable[["RenderableType"], None]]:
    """A part of the terminal that is drawn again and again: yields what to call with its content.

    Raises:
        LeftWatchError: Ctrl-C. What was drawn last stays.
    """
    from rich.live import Live

    console = stdout()
    with Live(console=console, auto_refresh=False) as shown, _above(console):
        try:
            yield lambda content: shown.update(content, refresh=True)
        except KeyboardInterrupt:
            raise LeftWatchError from None


@contextmanager
def _bar(flags: Flags, what: str) -> Iterator[Callable[[str, int, int], None]]:
    console = stderr()
    if flags.json or not console.is_terminal:
        yield lambda _what, _seen, _total: None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f}/s" if task.speed else "", style="progress.data.speed")

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True) as progress, _above(console):
        task = progress.add_task(what, total=None)
        shown_at = 0.0

        def update(description: str, seen: int, total: int) -> None:
            # It is told of each user, which takes rich as long as to read one.
            nonlocal shown_at
            if seen < total and monotonic() - shown_at < _SHOW_EVERY_S:
                return
            shown_at = monotonic()
            if progress.tasks[0].description != description and seen < progress.tasks[0].completed:
                progress.reset(task)
            progress.update(task, description=description, completed=seen, total=max(total, seen))

        yield update
