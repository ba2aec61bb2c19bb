"""The report: one row for each person, and a header that reconciles them."""

import csv
import io
import json
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import MakeRealm, Realm, otp_credential, person

from keycloak_2fa import timestamps

pytestmark = pytest.mark.core

ENDINGS = pytest.mark.parametrize("ending", [".csv", ".json", ".html"])


@pytest.fixture(scope="module")
def realm(make_realm: MakeRealm, kc2fa: Kc2fa) -> Realm:
    """An enforced realm with somebody of each standing; one of them was imported afterwards."""
    realm = make_realm(
        person("anna", credentials=[otp_credential()], email="anna@example.org"),
        person("bert", enabled=False),
        person("glass"),
    )
    until = (timestamps.today() + timedelta(days=3)).isoformat()
    why = ("--reason", "fire door", "--approver", "Jane", "--expires", until)
    assert kc2fa("exempt", "add", "glass", *why, realm=realm).exit == 0
    assert kc2fa("enforce", *CONFIRM, "--json", realm=realm).exit == 0
    realm.post("partialImport", {"ifResourceExists": "FAIL", "users": [person("late", email="late@example.org")]})
    return realm


@pytest.fixture
def report(realm: Realm, kc2fa: Kc2fa, tmp_path: Path) -> Any:
    """Makes the report in a format and gives its path."""

    def make(ending: str) -> Path:
        path = tmp_path / f"report{ending}"
        run = kc2fa("report", "--output", str(path), realm=realm)
        assert run.exit == 0, run.stderr
        return path

    return make


STANDINGS = {"anna": "enrolled", "bert": "asked", "glass": "exempt", "late": "uncovered"}


def test_json_has_a_row_for_each_person(report: Any) -> None:
    document = json.loads(report(".json").read_text(encoding="utf-8"))
    assert {each["username"]: each["standing"] for each in document["people"]} == STANDINGS


def test_csv_has_a_row_for_each_person_under_its_header(report: Any) -> None:
    lines = report(".csv").read_text(encoding="utf-8").splitlines(keepends=True)
    rows = csv.DictReader(io.StringIO("".join(line for line in lines if not line.startswith("# "))))
    assert {each["username"]: each["standing"] for each in rows} == STANDINGS
    assert "# reconciliation.rows: 4\n" in [line.replace("\r", "") for line in lines]


def test_the_header_reconciles_the_population(report: Any) -> None:
    document = json.loads(report(".json").read_text(encoding="utf-8"))
    assert document["reconciliation"] == {
        "counted_by_keycloak": 4,
        "rows": 4,
        "enrolled": 1,
        "asked": 1,
        "exempt": 1,
        "uncovered": 1,
        "difference": 0,
    }


def test_the_header_says_what_2fa_is_set_to_and_who_is_exempt(report: Any) -> None:
    document = json.loads(report(".json").read_text(encoding="utf-8"))
    assert document["message"] == "2FA is currently set to: ON"
    assert [each["reason"] for each in document["exemptions"]] == ["fire door"]


@ENDINGS
def test_the_file_is_its_owners_alone(report: Any, ending: str) -> None:
    assert stat.S_IMODE(report(ending).stat().st_mode) == 0o600


@ENDINGS
def test_nothing_else_is_left_in_the_folder(report: Any, ending: str) -> None:
    path = report(ending)
    assert list(path.parent.iterdir()) == [path]


def test_without_a_file_the_document_names_everybody(realm: Realm, kc2fa: Kc2fa) -> None:
    data = kc2fa("report", "--json", realm=realm).data
    assert {each["username"]: each["standing"] for each in data["people"]} == STANDINGS


def test_with_a_file_the_document_does_not(realm: Realm, kc2fa: Kc2fa, tmp_path: Path) -> None:
    data = kc2fa("report", "--json", "--output", str(tmp_path / "r.csv"), realm=realm).data
    assert ("people" in data, data["users"]["total"]) == (False, 4)


@pytest.mark.parametrize(
    ("name", "code"), [("report.pdf", "usage"), ("report", "usage"), ("no/such/folder/r.csv", "unwritable-output")]
)
def test_a_bad_output_is_refused(realm: Realm, kc2fa: Kc2fa, tmp_path: Path, name: str, code: str) -> None:
    run = kc2fa("report", "--json", "--output", str(tmp_path / name), realm=realm)
    assert (run.exit, run.error["code"]) == (2, code)
    assert list(tmp_path.iterdir()) == []
