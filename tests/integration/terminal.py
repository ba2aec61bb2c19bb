"""A terminal for the command, and somebody who types."""

import signal

import pexpect
from rich.text import Text
from tests.integration.command import COMMAND


class Terminal:
    """A terminal in which the command runs, for tests that type.

    Args:
        arguments: Of the command.
        environment: Its environment.
        seconds: How long something that is read may let wait for itself.
        columns: How wide it is.
    """

    def __init__(self, arguments: list[str], environment: dict[str, str], seconds: int = 60, columns: int = 80) -> None:
        self._child = pexpect.spawn(
            COMMAND[0],
            [*COMMAND[1:], *arguments],
            env=environment | {"TERM": "xterm", "NO_COLOR": "1"},
            dimensions=(50, columns),
            encoding="utf-8",
            timeout=seconds,
        )
        self._seen: list[str] = []

    @property
    def shown(self) -> str:
        """Everything shown so far, without the sequences that style it."""
        return Text.from_ansi("".join(self._seen).replace("\r", "\n")).plain

    def read_until(self, text: str) -> str:
        self._child.expect_exact(text)
        self._seen += [self._child.before, text]
        return self.shown

    def type(self, text: str) -> None:
        self._child.send(text)

    def kill(self, number: signal.Signals) -> None:
        """Send the command a signal."""
        self._child.kill(number)

    def end(self) -> int:
        """The exit code, or minus the signal."""
        self._child.expect(pexpect.EOF)
        self._seen.append(self._child.before)
        self._child.close()
        return -self._child.signalstatus if self._child.signalstatus else int(self._child.exitstatus)


def words(text: str) -> set[str]:
    """A heading may stand above its column, or before its value with a colon. Rules are as long as tables are wide."""
    return {word.rstrip(":") for word in text.split() if "\u2500" not in word}
