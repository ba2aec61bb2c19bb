"""The file that names people: readable by every program, by one person only, and whole or not there."""

import csv
import json
import stat
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from keycloak_2fa.errors import UnwritableOutputError, UsageError
from keycloak_2fa.people import export
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.standing import Standing

JANE = Person(
    id="id-1",
    username="jane",
    email="jane@example.org",
    enabled=True,
    has_otp=False,
    required_actions=("VERIFY_EMAIL", "UPDATE_PASSWORD"),
    federation="ldap-1",
    attributes={},
)
HEADER = ["user_id", "username", "email", "enabled", "standing", "required_actions", "federation"]
NAMES = [
    pytest.param("γιώργος", id="Greek"),
    pytest.param("王小明", id="Chinese"),
    pytest.param("محمد", id="Arabic"),
    pytest.param("Zoe\u0308 \N{ZERO WIDTH JOINER}", id="combining"),
    pytest.param("\N{GRINNING FACE}", id="emoji"),
    pytest.param('O"Brien, "Jane"', id="quotes and commas"),
    pytest.param("two\nlines", id="a newline"),
    pytest.param("two\r\nlines", id="a newline of Windows"),
    pytest.param("back\\slash;tab\there", id="other separators"),
    pytest.param("a\u2028b\x1fc", id="separators of Unicode"),
]
ENDINGS = pytest.mark.parametrize("ending", [".csv", ".json"])


def written(path: Path, people: Iterable[Person], standing: Standing = Standing.UNCOVERED) -> Path:
    with export.writer(path) as write:
        for person in people:
            write(person, standing)
    return path


def rows_of_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def rows(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".json":
        return json.loads(path.read_text(encoding="utf-8"))
    header, *lines = rows_of_csv(path)
    return [dict(zip(header, line, strict=True)) for line in lines]


@ENDINGS
@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_read_back_as_it_was(tmp_path: Path, ending: str, name: str) -> None:
    path = written(tmp_path / f"people{ending}", [replace(JANE, username=name)])

    assert [row["username"] for row in rows(path)] == [name]


@ENDINGS
def test_people_stand_in_the_order_they_were_given_in(tmp_path: Path, ending: str) -> None:
    people = [replace(JANE, id=str(number)) for number in (3, 1, 2)]

    assert [row["user_id"] for row in rows(written(tmp_path / f"people{ending}", people))] == ["3", "1", "2"]


@ENDINGS
@pytest.mark.parametrize("standing", Standing)
def test_where_a_person_stands_is_written(tmp_path: Path, ending: str, standing: Standing) -> None:
    path = written(tmp_path / f"people{ending}", [JANE], standing)

    assert [row["standing"] for row in rows(path)] == [standing.value]


def test_a_row_of_json_holds_values_of_their_kind(tmp_path: Path) -> None:
    [row] = rows(written(tmp_path / "people.json", [replace(JANE, email=None, federation=None)]))

    assert row == {
        "user_id": "id-1",
        "username": "jane",
        "email": None,
        "enabled": True,
        "standing": "uncovered",
        "required_actions": ["UPDATE_PASSWORD", "VERIFY_EMAIL"],
        "federation": None,
    }


def test_a_row_of_csv_holds_texts(tmp_path: Path) -> None:
    path = written(tmp_path / "people.csv", [replace(JANE, email=None, enabled=False)])

    assert rows_of_csv(path)[1] == [
        "id-1",
        "jane",
        "",
        "False",
        "uncovered",
        "UPDATE_PASSWORD VERIFY_EMAIL",
        "ldap-1",
    ]


def test_an_empty_realm_gives_an_empty_list(tmp_path: Path) -> None:
    assert rows(written(tmp_path / "people.json", [])) == []


def test_an_empty_realm_gives_a_header(tmp_path: Path) -> None:
    assert rows_of_csv(written(tmp_path / "people.csv", [])) == [HEADER]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")'])
def test_a_name_that_looks_like_a_formula_is_defused_for_spreadsheets(tmp_path: Path, name: str) -> None:
    [row] = rows(written(tmp_path / "people.csv", [replace(JANE, username=name)]))

    assert row["username"] == f"'{name}"


@pytest.mark.parametrize("field", ["id", "email", "federation"])
def test_every_cell_is_defused(tmp_path: Path, field: str) -> None:
    path = written(tmp_path / "people.csv", [replace(JANE, **{field: "=1+1"})])

    assert "=1+1" not in rows_of_csv(path)[1]


def test_json_needs_no_defusing(tmp_path: Path) -> None:
    [row] = rows(written(tmp_path / "people.json", [replace(JANE, username="=1+1")]))

    assert row["username"] == "=1+1"


@ENDINGS
def test_it_is_readable_by_its_owner_alone(tmp_path: Path, ending: str) -> None:
    path = written(tmp_path / f"people{ending}", [JANE])

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_readable_by_its_owner_alone_while_it_is_written(tmp_path: Path) -> None:
    with export.writer(tmp_path / "people.csv"):
        [part] = tmp_path.iterdir()

        assert stat.S_IMODE(part.stat().st_mode) == 0o600


def test_a_file_that_others_could_read_is_private_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("old")
    path.chmod(0o644)

    written(path, [JANE])

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@ENDINGS
@pytest.mark.parametrize("trouble", [ValueError, KeyboardInterrupt])
def test_nothing_is_left_where_it_was_not_finished(tmp_path: Path, ending: str, trouble: type[BaseException]) -> None:
    def people() -> Iterator[Person]:
        yield JANE
        raise trouble

    with pytest.raises(trouble):
        written(tmp_path / f"people{ending}", people())

    assert list(tmp_path.iterdir()) == []


def test_an_earlier_file_stays_where_the_new_one_was_not_finished(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("old")

    with pytest.raises(ValueError, match="x"), export.writer(path):
        raise ValueError("x")

    assert path.read_text() == "old"


@ENDINGS
def test_of_two_runs_that_write_the_same_file_each_writes_a_whole_one(tmp_path: Path, ending: str) -> None:
    # Given one that is about to finish, and another that has only begun
    path = tmp_path / f"people{ending}"
    first, second = export.writer(path), export.writer(path)
    write_first, write_second = first.__enter__(), second.__enter__()
    write_first(JANE, Standing.UNCOVERED)
    write_second(replace(JANE, username="john"), Standing.UNCOVERED)
    # When the one finishes, then its own is there, whole
    first.__exit__(None, None, None)
    assert [row["username"] for row in rows(path)] == ["jane"]
    # And when the other does, then the other's
    second.__exit__(None, None, None)
    assert [row["username"] for row in rows(path)] == ["john"]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["people", "people.txt", "people.csv.gz", "people.", ".csv", "-"])
def test_an_ending_that_says_no_format_is_wrong_usage(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="ending"), export.writer(tmp_path / name):
        pass


def test_an_ending_in_capitals_says_the_same(tmp_path: Path) -> None:
    assert rows_of_csv(written(tmp_path / "PEOPLE.CSV", [])) == [HEADER]


def test_without_a_path_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with export.writer(None) as write:
        write(JANE, Standing.UNCOVERED)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none" / "people.csv"

    with pytest.raises(UnwritableOutputError, match=r"none/people\.csv"):
        written(path, [])


def test_a_folder_in_place_of_the_file_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "people.csv").mkdir()

    with pytest.raises(UnwritableOutputError):
        written(tmp_path / "people.csv", [])


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("file/people.csv", id="below a file"),
        pytest.param("x" * 300 + ".csv", id="a name too long"),
    ],
)
def test_a_path_that_cannot_be_is_an_error_of_ours(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(UnwritableOutputError):
        written(tmp_path / name, [])


def test_trouble_of_the_network_is_not_told_as_trouble_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(ConnectionResetError), export.writer(tmp_path / "people.csv"):
        raise ConnectionResetError
