"""The result of a command, and the one place where results are printed and errors end."""

import functools
import json
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import typer

from keycloak_2fa.errors import Error, UnwritableOutputError
from keycloak_2fa.warning_codes import CodedWarning
from keycloak_2fa_cli import exit_codes, terminal
from keycloak_2fa_cli.flags import Flags, signed, take

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True)
class Answer:
    """A command's result.

    Attributes:
        data: Makes the JSON document's data, of a model of `keycloak_2fa.documents`.
        text: Draws the same for people.
        warnings: Sentences that deserve a look.
        error: Set where the command did its work in part; decides the exit code.
    """

    data: Callable[[], Mapping[str, Any]]
    text: Callable[["Console"], None]
    warnings: Sequence[CodedWarning] = field(default_factory=tuple)
    error: Error | None = None


def answers(name: str, *, connects: bool = True) -> Callable[[Callable[..., Answer]], Callable[..., None]]:
    """Make a function that returns an `Answer` into a Typer command.

    Args:
        name: The command's name as the JSON document gives it.
        connects: Whether it connects to a server, and so takes the flags for that.

    The function takes `flags` and parameters of its own. Every `Error` ends here, and an interruption too.
    """

    def decorate(function: Callable[..., Answer]) -> Callable[..., None]:
        @functools.wraps(function)
        def command(context: typer.Context, **given: Any) -> None:
            flags = take(context, given, connects=connects)
            raise typer.Exit(run(name, flags, partial(function, flags=flags, **given)))

        return signed(command, function, connects=connects)

    return decorate


def run(name: str, flags: Flags, function: Callable[[], Answer]) -> int:
    """Answer, say it, and give the exit code.

    Args:
        name: The command's name as the JSON document gives it.
        flags: As given.
        function: Does the work.
    """
    said: Callable[[], None]
    try:
        answer = function()
        code = exit_codes.of(answer.error) if answer.error else exit_codes.DONE
        said = partial(_print, _document(name, answer)) if flags.json else partial(_say, answer)
    except Error as error:
        code, said = exit_codes.of(error), partial(_say_error, name, flags, error)
    except terminal.LeftAtQuestionError as left:
        interrupted = _InterruptedError(
            f"Interrupted; nothing was changed in realm {left.realm!r}.", "Run it again when you have decided."
        )
        code, said = exit_codes.INTERRUPTED, partial(_say_error, name, flags, interrupted)
    except terminal.LeftWatchError:
        code, said = exit_codes.INTERRUPTED, lambda: None
    except (KeyboardInterrupt, typer.Abort):
        interrupted = _InterruptedError("Interrupted; nothing is lost.", "Run it again to resume.")
        code, said = exit_codes.INTERRUPTED, partial(_say_error, name, flags, interrupted)
    except Exception as error:  # noqa: BLE001
        # Not one of ours, so a bug of ours: the one time that a traceback helps.
        traceback.print_exc()
        hint = "Please report it with the lines on stderr; they contain no secret."
        bug = _BugError(f"A bug in kc2fa: {type(error).__name__}.", hint)
        code, said = exit_codes.BUG, partial(_say_error, name, flags, bug)
    try:
        said()
        sys.stdout.flush()
    except OSError as error:
        return unsaid(error, code)
    return code


def unsaid(error: OSError, code: int) -> int:
    """The exit code where stdout takes no more; nothing is written to it after this.

    Args:
        error: Why it does not.
        code: The exit code of what should have been said.
    """
    terminal.close_stdout()
    if isinstance(error, BrokenPipeError):
        # The reader has seen enough.
        return code
    unwritable = UnwritableOutputError(
        f"The answer cannot be written to stdout: {error.strerror}.",
        "What was done is done; kc2fa status shows the state of the realm.",
    )
    terminal.error(unwritable)
    return exit_codes.of(unwritable)


def _say(answer: Answer) -> None:
    answer.text(terminal.stdout())
    terminal.notes(answer.warnings)
    if answer.error:
        terminal.error(answer.error)


class _InterruptedError(Error):
    code = "interrupted"


class _BugError(Error):
    code = "bug"


def _document(name: str, answer: Answer) -> dict[str, Any]:
    document: dict[str, Any] = {"ok": answer.error is None, "command": name}
    if answer.error:
        document["error"] = error_document(answer.error)
    return document | {"data": answer.data(), "warnings": list(answer.warnings)}


def _say_error(name: str, flags: Flags, error: Error) -> None:
    if not flags.json:
        terminal.error(error)
        return
    document = {"ok": False, "command": name, "error": error_document(error)}
    _print(document | ({"data": error.data} if error.data is not None else {}))


def usage_error_as_json(name: str, message: str) -> None:
    """Say what Typer found wrong with the command line, as the JSON document."""
    hint = f"See kc2fa {name} --help.".replace("  ", " ")
    _print({"ok": False, "command": name, "error": {"code": "usage", "message": message, "hint": hint}})


def error_document(error: Error) -> dict[str, str]:
    """An error as JSON documents give it."""
    return {"code": error.code, "message": error.message, "hint": error.hint}


def _print(document: Mapping[str, Any]) -> None:
    terminal.say_utf8(json.dumps(document, ensure_ascii=False) + "\n")
