"""The report's file: whatever users are called, it stays one page, one table, one row for each."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from keycloak_2fa.errors import UsageError
from keycloak_2fa.login.html import Document
from keycloak_2fa.people.methods import Kind, Method
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.standing import Standing
from keycloak_2fa.reporting.row import Facts, row
from keycloak_2fa.reporting.summary import Summary
from keycloak_2fa_cli.command_line import command_line
from keycloak_2fa_cli.commands.report import evidence, file
from keycloak_2fa_cli.commands.report.cells import CSV_COLUMNS
from keycloak_2fa_cli.commands.report.rows import rows

HEADER: dict[str, Any] = {
    "realm": "<b>&realm",
    "message": "2FA is currently set to: ON",
    "enforced_at": "2026-11-01T00:00:00Z",
    "enforced_by": "admin",
    "reconciliation": {"rows": 1, "counted_by_keycloak": 1},
    "provenance": {"server_url": "http://127.0.0.1", "began_at": "", "ended_at": "", "caller": "admin"},
    "exemptions": [
        {
            "username": "glass",
            "user_id": "id-2",
            "reason": "two\nlines\r\n# and a comment",
            "approver": "Jane",
            "expires": "2027-01-01",
            "expired": False,
            "accounted": True,
            "created_at": "2026-11-01T00:00:00Z",
            "created_by": "admin",
        }
    ],
    "resets": [
        {
            "at": "2026-11-02T00:00:00Z",
            "user_id": "id-3",
            "username": None,
            "by": "desk",
            "reason": "<i>lost</i>",
            "ticket": "HD-1",
        }
    ],
    "verification": {"findings": []},
    "proof": None,
    "changes": None,
    "service_account_list": [],
    "notes": [],
    "apps": ["FreeOTP", "Other"],
}
NAMES = ["<script>alert(1)</script>", '"quoted", &amp; more', "=1+1", "γιώργος", "$title", "two\nlines", "# comment"]
NOBODY_KNOWN = Facts(enforced_at=None, admins=None, exemptions={}, last_logins=None)


def person(name: str, *methods: Method) -> Person:
    return Person("id-1", name, None, True, bool(methods), (), None, {}, methods=methods)  # noqa: FBT003


def written(path: Path, *people: Person, admins: frozenset[str] | None = None) -> str:
    summary = Summary()
    facts = Facts(enforced_at=None, admins=admins, exemptions={}, last_logins=None)
    with rows(path, table=path.suffix == ".csv") as found:
        for each in people:
            made = row(each, Standing.UNCOVERED, facts)
            summary.add(made)
            found.write(made)
        header = HEADER | {"summary": summary.document() | {"by_group": None}, "sha256": found.sha256()}
        file.write_file(path, header, found)
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_on_the_page_is_text(tmp_path: Path, name: str) -> None:
    page = Document(written(tmp_path / "r.html", person(name)))
    assert len(list(page.all("script"))) == 1
    assert " ".join(name.split()) in [cell.text() for cell in page.all("th")]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_json_is_read_back_as_it_was(tmp_path: Path, name: str) -> None:
    assert json.loads(written(tmp_path / "r.json", person(name)))["people"][0]["username"] == name


def test_half_a_character_is_replaced(tmp_path: Path) -> None:
    assert json.loads(written(tmp_path / "r.json", person("a\ud800b")))["people"][0]["username"] == "a?b"


def test_a_line_break_in_the_header_ends_no_line_of_it(tmp_path: Path) -> None:
    lines = written(tmp_path / "r.csv").splitlines()
    assert "# exemptions.1.reason: two lines # and a comment" in lines
    assert [line for line in lines if not line.startswith("# ")] == [",".join(CSV_COLUMNS)]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_formula_is_no_formula_in_csv(tmp_path: Path, name: str) -> None:
    *_, found = csv.reader(written(tmp_path / "r.csv", person(name)).splitlines())
    assert not found[1].startswith(("=", "+", "-", "@", "\t"))


def test_the_label_of_a_device_is_no_formula_in_csv(tmp_path: Path) -> None:
    phone = Method(Kind.OTP, "=1+1", "2026-11-01T00:00:00Z")
    *_, found = csv.reader(written(tmp_path / "r.csv", person("jane", phone)).splitlines())
    assert found[CSV_COLUMNS.index("methods")] == "otp (=1+1)"


@pytest.mark.parametrize("ending", [".csv", ".json", ".html"])
def test_a_realm_without_users_has_a_report_too(tmp_path: Path, ending: str) -> None:
    assert written(tmp_path / f"r{ending}")


def test_nobody_is_an_empty_list_in_json(tmp_path: Path) -> None:
    assert json.loads(written(tmp_path / "r.json"))["people"] == []


def test_administrators_come_first(tmp_path: Path) -> None:
    users = [Person(f"id-{name}", name, None, True, False, (), None, {}) for name in ("anna", "root", "zoe")]  # noqa: FBT003
    document = json.loads(written(tmp_path / "r.json", *users, admins=frozenset({"id-root"})))
    assert [each["username"] for each in document["people"]] == ["root", "anna", "zoe"]


def test_the_page_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    page = written(tmp_path / "r.html", person("jane"))
    assert "default-src 'none'" in page
    assert re.findall(r"\b(?:src|href|action)\s*=|@import|url\(", page) == []


def test_what_is_not_written_leaves_nothing(tmp_path: Path) -> None:
    with rows(tmp_path / "r.csv", table=True) as found:
        found.write(row(person("jane"), Standing.UNCOVERED, NOBODY_KNOWN))
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_an_unknown_format_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        file.check_file(tmp_path / "r.xlsx")


def test_evidence_is_not_written_over_other_files(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("mine")
    with pytest.raises(UsageError, match=re.escape(str(tmp_path))):
        evidence.begin_evidence(tmp_path)


def test_a_one_time_code_is_not_told_in_the_command_line() -> None:
    typed = ["/usr/bin/kc2fa", "--otp", "123456", "report", "--otp=654321", "--output", "a b.csv"]
    assert command_line(typed) == "kc2fa --otp '***' report '--otp=***' --output 'a b.csv'"


def test_months_without_an_enrolment_are_shown_too() -> None:
    summary = Summary()
    for month in ("2025-11", "2026-02"):
        summary.add(row(person("x", Method(Kind.OTP, None, f"{month}-03T00:00:00Z")), Standing.ENROLLED, NOBODY_KNOWN))
    assert summary.document()["enrolled_by_month"] == {"2025-11": 1, "2025-12": 0, "2026-01": 0, "2026-02": 1}
