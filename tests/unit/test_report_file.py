"""The report's file: whatever people are called, it stays one page, one table, one row for each."""

import csv
import json
from pathlib import Path

import pytest

from keycloak_2fa.login.html import Document
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.standing import Standing
from keycloak_2fa_cli.commands.report import file as report_file

HEADER = {
    "realm": "<b>&realm",
    "message": "2FA is currently set to: ON",
    "reconciliation": {"rows": 1, "enrolled": 0, "asked": 0, "exempt": 0, "uncovered": 1},
    "exemptions": [{"username": "glass", "reason": "two\nlines\r\n# and a comment"}],
    "apps": ["FreeOTP", "Other"],
}
NAMES = ["<script>alert(1)</script>", '"quoted", &amp; more', "=1+1", "γιώργος", "$title", "two\nlines", "# comment"]


def person(name: str) -> Person:
    return Person("id-1", name, None, True, False, (), None, frozenset())  # noqa: FBT003


def written(path: Path, *names: str) -> str:
    with report_file.writer(path) as file:
        for name in names:
            file.write(person(name), Standing.UNCOVERED)
        file.conclude(HEADER)
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_on_the_page_is_text(tmp_path: Path, name: str) -> None:
    page = Document(written(tmp_path / "r.html", name))
    assert list(page.all("script")) == []
    assert " ".join(name.split()) in [cell.text() for cell in page.all("td")]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_json_is_read_back_as_it_was(tmp_path: Path, name: str) -> None:
    assert json.loads(written(tmp_path / "r.json", name))["people"][0]["username"] == name


def test_a_line_break_in_the_header_ends_no_line_of_it(tmp_path: Path) -> None:
    lines = written(tmp_path / "r.csv").splitlines()
    assert "# exemptions.1.reason: two lines # and a comment" in lines
    assert [line for line in lines if not line.startswith("# ")] == [",".join(report_file.COLUMNS)]


def test_a_formula_is_no_formula_in_csv(tmp_path: Path) -> None:
    *_, row = csv.reader(written(tmp_path / "r.csv", "=1+1").splitlines())
    assert row[1] == "'=1+1"


def test_nobody_is_a_report_too(tmp_path: Path) -> None:
    assert json.loads(written(tmp_path / "r.json"))["people"] == []


def test_the_page_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    page = written(tmp_path / "r.html", "jane")
    assert "default-src 'none'" in page
    assert "://" not in page


def test_what_is_not_concluded_is_not_written(tmp_path: Path) -> None:
    with report_file.writer(tmp_path / "r.csv") as file:
        file.write(person("jane"), Standing.UNCOVERED)
    assert list(tmp_path.iterdir()) == []
