"""What reaches a terminal."""

import pytest

from keycloak_2fa.api.retry import Waiting
from keycloak_2fa.errors import UsageError
from keycloak_2fa_cli import terminal

GONE = "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jane",
        "Jane Doe-O'Brien (2)",
        "γιώργος",
        "王小明",
        "محمد",
        "ñandú",
        "[bold]not markup[/bold]",
        ":smile:",
    ],
)
def test_a_name_is_shown_as_it_is(text: str) -> None:
    assert terminal.plain(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a\x1b[31mb", f"a{GONE}[31mb", id="a colour"),
        pytest.param("a\x1b]0;title\x07b", f"a{GONE}]0;title{GONE}b", id="a window title"),
        pytest.param("a\x9bmb", f"a{GONE}mb", id="a control sequence in one byte"),
        pytest.param("a\nb", f"a{GONE}b", id="a newline"),
        pytest.param("a\rb", f"a{GONE}b", id="a carriage return"),
        pytest.param("a\tb", f"a{GONE}b", id="a tab"),
        pytest.param("a\x08b", f"a{GONE}b", id="a backspace"),
        pytest.param("a\x00b", f"a{GONE}b", id="a null"),
        pytest.param("a\x7fb", f"a{GONE}b", id="delete"),
        pytest.param("a\u202eb", f"a{GONE}b", id="text turned round"),
        pytest.param("a\u2066b", f"a{GONE}b", id="text isolated"),
        pytest.param("a\ufeffb", f"a{GONE}b", id="a byte order mark"),
        pytest.param("a\ud800b", f"a{GONE}b", id="half a character"),
    ],
)
def test_what_a_terminal_would_act_on_is_replaced(text: str, shown: str) -> None:
    assert terminal.plain(text) == shown


@pytest.mark.parametrize("text", ["山田\u3000太郎", "نمی\u200cبینم"], ids=["Japanese", "Persian"])
def test_what_a_script_needs_is_shown_as_it_is(text: str) -> None:
    assert terminal.plain(text) == text


class TestAnError:
    @pytest.fixture
    def said(self, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
        terminal.error(UsageError("Realm \x1b[2J is [red]odd[/red].", "Choose another."))
        out, err = capsys.readouterr()
        return out, err

    def test_leaves_stdout_to_results(self, said: tuple[str, str]) -> None:
        assert said[0] == ""

    def test_says_what_happened_and_what_to_do(self, said: tuple[str, str]) -> None:
        assert said[1] == f"Error: Realm {GONE}[2J is [red]odd[/red].\nHint: Choose another.\n"


def test_a_long_error_stays_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.error(UsageError("word " * 200, "x"))

    assert len(capsys.readouterr().err.splitlines()) == 2


def test_notes_go_to_stderr_one_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.notes(["First.", "Second."])

    assert capsys.readouterr() == ("", "Note: First.\nNote: Second.\n")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "about 1 s"),
        (2.2, "about 2 s"),
        (88, "about 88 s"),
        (120, "about 2 minutes"),
        (600, "about 10 minutes"),
        (10_000, "about 3 hours"),
    ],
)
def test_how_long_something_takes(seconds: float, said: str) -> None:
    assert terminal.duration(seconds) == said


def test_many_users_are_announced_before_they_are_read(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.tell_of_reading(2_500, 5)
    assert capsys.readouterr().err == ""
    terminal.tell_of_reading(300_000, 600)
    assert capsys.readouterr().err == "Note: Reading 300,000 users takes about 10 minutes.\n"


def test_a_request_that_is_sent_again_is_told_once_in_a_while(capsys: pytest.CaptureFixture[str]) -> None:
    tell = terminal.Waits().tell
    for seconds in (0.5, 2.9):
        tell(Waiting("does not answer", seconds, 120.0))
    assert capsys.readouterr().err == ""
    for seconds in (3.1, 3.2, 5.0):
        tell(Waiting("does not answer", seconds, 120.0))
    assert capsys.readouterr().err == "Note: The server does not answer. Trying again for up to 120 s.\n"
