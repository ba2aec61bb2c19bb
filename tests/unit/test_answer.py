"""What a command says when it is done, and where."""

import io
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from keycloak_2fa.errors import NoConsentError, PartlyDoneError, RoleMissingError
from keycloak_2fa_cli import answer
from keycloak_2fa_cli.answer import Answer
from keycloak_2fa_cli.flags import Flags

JSON, TEXT = Flags(json=True), Flags()
DONE = Answer(lambda: {"state": "ON", "by": "γιώργος"}, lambda console: console.print("All is well."), ["Look here."])
PARTLY = Answer(
    lambda: {"state": "ENFORCING"},
    lambda console: console.print("Most is well."),
    ["Look here."],
    PartlyDoneError("2 people could not be marked.", "Mend them."),
)


def failing(error: BaseException) -> Callable[[], Answer]:
    def function() -> NoReturn:
        raise error

    return function


def document(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The one JSON document that was said; nothing may stand on stderr."""
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


class TestJson:
    def test_of_a_success(self, capsys: pytest.CaptureFixture[str]) -> None:
        answer.run("status", JSON, lambda: DONE)

        assert document(capsys) == {
            "ok": True,
            "command": "status",
            "data": {"state": "ON", "by": "γιώργος"},
            "warnings": ["Look here."],
        }

    def test_half_a_character_from_a_server_is_escaped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # Given a text that no encoding holds, on a stdout of a locale
        stdout = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        monkeypatch.setattr(sys, "stdout", stdout)
        assert answer.run("status", JSON, lambda: Answer(lambda: {"by": "half \ud83d"}, print)) == 0
        assert b'"half \\ud83d"' in stdout.buffer.getvalue()  # type: ignore[attr-defined]

    def test_of_a_failure(self, capsys: pytest.CaptureFixture[str]) -> None:
        answer.run("enforce", JSON, failing(NoConsentError("No consent.", "Say so.")))

        assert document(capsys) == {
            "ok": False,
            "command": "enforce",
            "error": {"code": "no-consent", "message": "No consent.", "hint": "Say so."},
        }

    @pytest.mark.parametrize("data", [{"seen": 3}, {}])
    def test_of_a_failure_that_found_something_out(
        self, capsys: pytest.CaptureFixture[str], data: dict[str, int]
    ) -> None:
        answer.run("enforce", JSON, failing(RoleMissingError("No role.", "Give it.", data=data)))

        assert document(capsys)["data"] == data

    def test_of_what_was_done_in_part(self, capsys: pytest.CaptureFixture[str]) -> None:
        answer.run("enforce", JSON, lambda: PARTLY)

        assert document(capsys) == {
            "ok": False,
            "command": "enforce",
            "error": {
                "code": "users-not-written",
                "message": "2 people could not be marked.",
                "hint": "Mend them.",
            },
            "data": {"state": "ENFORCING"},
            "warnings": ["Look here."],
        }

    def test_of_an_interruption(self, capsys: pytest.CaptureFixture[str]) -> None:
        answer.run("enforce", JSON, failing(KeyboardInterrupt()))

        assert document(capsys)["error"]["code"] == "interrupted"

    def test_of_wrong_usage(self, capsys: pytest.CaptureFixture[str]) -> None:
        answer.usage_error_as_json("status", "No such option: --colour")

        assert document(capsys) == {
            "ok": False,
            "command": "status",
            "error": {
                "code": "usage",
                "message": "No such option: --colour",
                "hint": "See kc2fa status --help.",
            },
        }

    def test_of_wrong_usage_before_any_command(self, capsys: pytest.CaptureFixture[str]) -> None:
        answer.usage_error_as_json("", "Missing command.")

        assert document(capsys)["error"]["hint"] == "See kc2fa --help."

    def test_is_one_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        answer.run("status", JSON, lambda: Answer(lambda: {"name": "two\nlines"}, lambda _console: None))

        assert capsys.readouterr().out.count("\n") == 1

    def test_keeps_every_script_readable(self, capsys: pytest.CaptureFixture[str]) -> None:
        answer.run("status", JSON, lambda: DONE)

        assert "γιώργος" in capsys.readouterr().out


class TestText:
    def test_of_a_success_stands_on_stdout_and_its_notes_on_stderr(self, capsys: pytest.CaptureFixture[str]) -> None:
        answer.run("status", TEXT, lambda: DONE)

        assert capsys.readouterr() == ("All is well.\n", "Note: Look here.\n")

    def test_of_a_failure_stands_on_stderr(self, capsys: pytest.CaptureFixture[str]) -> None:
        answer.run("enforce", TEXT, failing(NoConsentError("No consent.", "Say so.")))

        assert capsys.readouterr() == ("", "Error: No consent.\nHint: Say so.\n")

    def test_of_what_was_done_in_part_gives_the_result_and_the_error(self, capsys: pytest.CaptureFixture[str]) -> None:
        answer.run("enforce", TEXT, lambda: PARTLY)

        assert capsys.readouterr() == (
            "Most is well.\n",
            "Note: Look here.\nError: 2 people could not be marked.\nHint: Mend them.\n",
        )

    def test_of_an_interruption_says_that_nothing_is_lost(self, capsys: pytest.CaptureFixture[str]) -> None:
        answer.run("enforce", TEXT, failing(KeyboardInterrupt()))

        assert "nothing is lost" in capsys.readouterr().err


@pytest.mark.parametrize("flags", [JSON, TEXT], ids=["JSON", "text"])
@pytest.mark.parametrize(
    ("function", "code"),
    [
        pytest.param(lambda: DONE, 0, id="done"),
        pytest.param(lambda: PARTLY, 5, id="done in part"),
        pytest.param(failing(NoConsentError("x", "y")), 6, id="refused"),
        pytest.param(failing(RoleMissingError("x", "y")), 3, id="no role"),
        pytest.param(failing(KeyboardInterrupt()), 130, id="interrupted"),
    ],
)
def test_the_exit_code(flags: Flags, function: Callable[[], Answer], code: int) -> None:
    assert answer.run("status", flags, function) == code


def test_a_bug_is_told_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer.run("status", TEXT, failing(ZeroDivisionError())) == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_bug_is_one_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    answer.run("status", JSON, failing(ZeroDivisionError()))
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "bug"


class TestWhereStdoutTakesNoMore:
    """The command as a process of its own: a shell does this to it."""

    @staticmethod
    def run(command: str) -> subprocess.CompletedProcess[str]:
        kc2fa = f"{shlex.quote(sys.executable)} -m keycloak_2fa_cli"
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", command.replace("kc2fa", kc2fa)],
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )

    @pytest.mark.parametrize("arguments", ["--version", "status --json"])
    def test_a_full_disk_is_said(self, arguments: str) -> None:
        done = self.run(f"kc2fa {arguments} > /dev/full")
        assert (done.returncode, "Traceback" in done.stderr) == (2, False)
        assert "cannot be written to stdout: No space left on device" in done.stderr

    def test_a_reader_who_has_seen_enough_does_not_change_the_exit_code(self) -> None:
        done = self.run("kc2fa status --json | true")
        assert (done.returncode, done.stderr) == (2, "")

    @pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-"])
    def test_what_is_closed_from_the_start_is_no_bug(self, closed: str) -> None:
        done = self.run(f"kc2fa status --json {closed}")
        assert (done.returncode, "Traceback" in done.stdout + done.stderr) == (2, False)
