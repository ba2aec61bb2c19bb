"""What users read on a narrow terminal: no word is cut that the terminal has room for."""

import io
import re
from collections.abc import Callable, Sequence

import pytest
from rich.console import Console

from keycloak_2fa.people.refusals import Refusal
from keycloak_2fa.realm.settings import Change
from keycloak_2fa_cli import tables, terminal
from keycloak_2fa_cli.commands.status import view

FIX = "Mend the user's profile as the reason says, then run again; a caller with realm-admin can mark them as they are."
REFUSED = [
    Refusal("1", "jane.doe", "the user profile requires phone and department, and there is no value", FIX),
    Refusal("2", "maximilian-alexander.von-und-zu-hohenstein", "error-invalid-email", FIX),
]
INVITED = (
    "jane.with.a.long.name@subsidiary.example.org",
    "acme",
    "PENDING",
    "2026-11-24T05:53:51Z",
    "f4045e1b-0a10-40ad",
)
HEADINGS = ("Invited", "Organization", "Status", "Sent", "Id")
REALM = {
    "realm": "a-realm-with-quite-a-long-name",
    "state": "ENFORCING",
    "enforced_at": None,
    "users": {"total": 1_234_567, "enrolled": 1, "pending": 1_234_566, "uncovered": 0, "exempt": None},
}


def shown(draw: Callable[[Console], None], width: int, *, is_terminal: bool = True) -> str:
    """What is drawn on a terminal of that width, or into a pipe."""
    file = io.StringIO()
    draw(terminal._Console(file=file, width=width, force_terminal=is_terminal, no_color=True, highlight=False))
    return re.sub(r"\x1b\[[0-9;]*m", "", file.getvalue())


def words(*texts: str) -> set[str]:
    return {word.rstrip(":") for text in texts for word in text.split()}


DRAWN: list[tuple[Callable[[Console], None], Sequence[str]]] = [
    (lambda console: tables.refusals(console, REFUSED), [f"{x.username}: {x.reason} {x.fix}" for x in REFUSED]),
    (lambda console: tables.rows(console, HEADINGS, [INVITED]), [*HEADINGS, *INVITED]),
    (lambda console: tables.changes(console, [Change("flow 'browser' / Conditional 2FA", "CONDITIONAL", "REQUIRED")]),
     ["Setting Before After flow 'browser' / Conditional 2FA CONDITIONAL REQUIRED"]),
    (lambda console: tables.changes(console, [Change("CONFIGURE_TOTP.defaultAction", "a grant", "a grant with 2FA")]),
     ["Setting Before After CONFIGURE_TOTP.defaultAction a grant with 2FA"]),
    (lambda console: view.realms(console, [REALM]), ["a-realm-with-quite-a-long-name ENFORCING 1,234,567 Uncovered"]),
    (lambda console: console.print(f"Fix: {FIX}", soft_wrap=True), [FIX]),
]  # fmt: skip


@pytest.mark.parametrize("width", [80, 60])
@pytest.mark.parametrize(
    ("draw", "texts"), DRAWN, ids=["refusals", "rows", "changes", "wide changes", "realms", "a sentence"]
)
def test_no_word_is_cut(draw: Callable[[Console], None], texts: Sequence[str], width: int) -> None:
    output = shown(draw, width)
    assert words(*texts) - words(output) == set()
    assert max(map(len, output.splitlines())) <= width


def test_users_who_cannot_be_marked_take_a_line_each_and_share_the_fix() -> None:
    lines = shown(lambda console: tables.refusals(console, REFUSED), 200).split("\n")
    assert lines == [
        "",
        "Cannot be marked:",
        f"  jane.doe: {REFUSED[0].reason}",
        f"  maximilian-alexander.von-und-zu-hohenstein: {REFUSED[1].reason}",
        f"Fix: {FIX}",
        "",
    ]


def test_a_pipe_is_given_whole_lines() -> None:
    assert f"Fix: {FIX}\n" in shown(lambda console: tables.refusals(console, REFUSED), 60, is_terminal=False)


def test_a_pipe_is_given_a_row_in_one_line() -> None:
    rows = [INVITED, ("x" * 200, *INVITED[1:])]
    lines = shown(lambda console: tables.rows(console, HEADINGS, rows), 60, is_terminal=False).splitlines()
    assert [line.split() for line in lines if "PENDING" in line] == [list(each) for each in rows]


def test_a_table_of_nothing_has_no_heading() -> None:
    assert shown(lambda console: view.realms(console, []), 80) == ""


def test_a_pipe_is_given_no_spaces_at_the_end_of_a_line() -> None:
    output = shown(
        lambda console: tables.facts(console, [("a", "b"), ("longer", "than before")]), 60, is_terminal=False
    )
    assert output == "a       b\nlonger  than before\n"


@pytest.mark.parametrize(("is_terminal", "count"), [(True, 50), (False, 1_000)])
def test_a_long_table_is_cut_on_a_terminal_only(is_terminal: bool, count: int) -> None:
    cells = [(f"user-{number}", "x") for number in range(1_000)]
    output = shown(lambda console: tables.rows(console, ("User", "Y"), cells, at_most=50), 80, is_terminal=is_terminal)
    assert output.count("user-") == count
    assert ("and 950 more" in output) is is_terminal
