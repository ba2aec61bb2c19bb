"""The report: one row for each person, and a header that reconciles them."""

import csv
import hashlib
import io
import json
import stat
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from keycloak import KeycloakOpenID
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import ENFORCER, MakeRealm, Realm, otp_credential, password, person
from tests.server import Keycloak

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
    realm.import_users([person("late", email="late@example.org")])
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


def document(report: Any) -> dict[str, Any]:
    """The report as JSON."""
    found: dict[str, Any] = json.loads(report(".json").read_text(encoding="utf-8"))
    return found


def people(report: Any) -> dict[str, dict[str, Any]]:
    """The rows by username."""
    return {each["username"]: each for each in document(report)["people"]}


def test_an_enrolled_user_has_a_method_with_its_label_and_time(report: Any) -> None:
    anna = people(report)["anna"]
    assert [each["type"] for each in anna["methods"]] == ["otp"]
    assert (anna["enrolled_at"], anna["last_enrolled_at"]) == (anna["methods"][0]["created_at"],) * 2


def test_a_user_without_a_second_factor_has_no_method(report: Any) -> None:
    assert (people(report)["late"]["methods"], people(report)["late"]["enrolled_at"]) == ([], None)


def test_set_up_is_pending_since_enforcement(report: Any) -> None:
    assert people(report)["bert"]["pending_since"] == document(report)["enforced_at"]


def test_an_exemption_stands_in_the_users_row(report: Any) -> None:
    glass = people(report)["glass"]["exemption"]
    assert (glass["reason"], glass["approver"]) == ("fire door", "Jane")


def test_the_header_says_where_the_figures_come_from(report: Any, keycloak: Keycloak) -> None:
    provenance = document(report)["provenance"]
    assert (provenance["server_url"], provenance["caller"]) == (keycloak.url, f"service-account-{ENFORCER}")
    assert provenance["began_at"] <= provenance["ended_at"]


def test_the_checksum_is_of_the_rows_as_they_stand_in_the_file(report: Any) -> None:
    lines = report(".json").read_text(encoding="utf-8").splitlines()
    rows = [line.removesuffix(",") + "\n" for line in lines if line.startswith('{"user_id"')]
    assert hashlib.sha256("".join(rows).encode()).hexdigest() == document(report)["sha256"]


def test_the_configuration_names_the_policy_and_the_flows(report: Any) -> None:
    configuration = document(report)["configuration"]
    assert configuration["otp_policy"]["look_ahead_window"] == 1
    assert configuration["flow_bindings"]["browserFlow"] == "browser"


def test_an_uncovered_user_keeps_the_report_from_saying_that_2fa_holds(report: Any) -> None:
    verification = document(report)["verification"]
    assert (verification["holds"], verification["uncovered_users"]) == (False, 1)


def test_every_figure_adds_up(report: Any) -> None:
    found = document(report)
    for name in ("by_standing", "by_origin"):
        figures = found["summary"][name]
        each = figures.values() if name == "by_standing" else [sum(some.values()) for some in figures.values()]
        assert sum(each) == found["reconciliation"]["rows"]


@pytest.fixture(scope="module")
def admins(make_realm: MakeRealm, kc2fa: Kc2fa, master: dict[str, str]) -> set[str]:
    """Names of the administrators in a report of a realm with one of each kind."""
    realm = make_realm(
        person("direct", clientRoles={"realm-management": ["view-users"]}),
        person("composite", realmRoles=["help-desk"]),
        person("member", groups=["/staff/leads"]),
        person("nobody"),
        roles={
            "realm": [
                {"name": "help-desk", "composites": {"client": {"realm-management": ["manage-users"]}}},
                {"name": "deeper", "composites": {"realm": ["help-desk"]}},
            ]
        },
        groups=[{"name": "staff", "realmRoles": ["deeper"], "subGroups": [{"name": "leads"}]}],
    )
    data = kc2fa("report", "--json", realm=realm, **master).data
    return {each["username"] for each in data["people"] if each["is_admin"]}


class TestAdministrators:
    """However an admin role reaches a user, the report says so."""

    @pytest.mark.parametrize("name", ["direct", "composite", "member"])
    def test_an_administrator_is_found(self, admins: set[str], name: str) -> None:
        assert name in admins

    def test_others_are_not_taken_for_administrators(self, admins: set[str]) -> None:
        assert "nobody" not in admins


def test_service_accounts_stand_apart_with_what_they_may_do(
    make_realm: MakeRealm, kc2fa: Kc2fa, master: dict[str, str]
) -> None:
    realm = make_realm()
    [found] = [
        each
        for each in kc2fa("report", "--json", realm=realm, **master).data["service_account_list"]
        if each["client_id"] == ENFORCER
    ]
    assert "realm-management.manage-users" in found["roles"]


def test_the_last_login_comes_from_the_events(
    make_realm: MakeRealm, kc2fa: Kc2fa, keycloak: Keycloak, master: dict[str, str]
) -> None:
    # Given a realm that keeps events, and a user who has logged in
    anna = person("anna", credentials=password("anna"), email="anna@example.org", firstName="A", lastName="B")
    realm = make_realm(anna, person("bert"), eventsEnabled=True)
    KeycloakOpenID(keycloak.url, realm.name, "admin-cli").token("anna", "anna")
    # When
    data = kc2fa("report", "--json", realm=realm, **master).data
    # Then
    logins = {each["username"]: each["last_login"] for each in data["people"]}
    assert logins == {"anna": data["logins_since"], "bert": None}


def test_the_figures_of_a_group_are_of_its_members(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(
        person("anna", credentials=[otp_credential()], groups=["/staff"]),
        person("bert", groups=["/staff"]),
        person("carl"),
        groups=[{"name": "staff"}],
    )
    summary = kc2fa("report", "--json", realm=realm).data["summary"]
    assert summary["by_group"] == {"/staff": {"enrolled": 1, "asked": 0, "exempt": 0, "uncovered": 1}}


@pytest.fixture(scope="module")
def changes(make_realm: MakeRealm, kc2fa: Kc2fa, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Names by kind of change: somebody of each kind."""
    # Given a report
    enrolled = [otp_credential()]
    realm = make_realm(
        *(person(name, credentials=enrolled) for name in ("loser", "reset", "steady")),
        *(person(name) for name in ("leaver", "starter")),
    )
    before = tmp_path_factory.mktemp("since") / "before.json"
    assert kc2fa("report", "--output", str(before), realm=realm).exit == 0
    # When one loses OTP, one is reset, one leaves, one sets up OTP and one comes
    loser = realm.user("loser")["id"]
    [otp] = realm.get(f"users/{loser}/credentials")
    realm.delete(f"users/{loser}/credentials/{otp['id']}")
    assert kc2fa("reset", "reset", "--yes", realm=realm).exit == 0
    for name in ("leaver", "starter"):
        realm.delete(f"users/{realm.user(name)['id']}")
    users = [person("starter", credentials=enrolled), person("comer")]
    realm.import_users(users)
    data = kc2fa("report", "--json", "--since", str(before), realm=realm).data
    names: dict[str, list[str]] = data["changes"]["names"]
    return names


class TestSince:
    """What changed since an earlier report."""

    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("kind", "names"),
        [("lost", ["loser"]), ("reset", ["reset"]), ("gone", ["leaver", "starter"]), ("came", ["comer", "starter"])],
    )
    def test_a_change_is_named(self, changes: dict[str, list[str]], kind: str, names: list[str]) -> None:
        assert sorted(changes[kind]) == names

    def test_who_stayed_as_they_were_is_not_named(self, changes: dict[str, list[str]]) -> None:
        assert not any("steady" in names for names in changes.values())


@pytest.mark.parametrize("content", ["", "{}", '{"realm": "x", "people": [\n]}\n', "name,standing\n"])
def test_an_earlier_report_that_is_none_is_refused(realm: Realm, kc2fa: Kc2fa, tmp_path: Path, content: str) -> None:
    earlier = tmp_path / "before.json"
    earlier.write_text(content)
    run = kc2fa("report", "--json", "--since", str(earlier), realm=realm)
    assert (run.exit, run.error["code"]) == (2, "bad-file")


@pytest.fixture(scope="module")
def folder(make_realm: MakeRealm, kc2fa: Kc2fa, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The evidence of an enforced realm."""
    realm = make_realm(person("anna"))
    assert kc2fa("enforce", *CONFIRM, "--json", realm=realm).exit == 0
    folder = tmp_path_factory.mktemp("evidence") / "of-today"
    run = kc2fa("report", "--evidence", str(folder), realm=realm)
    assert run.exit == 0, run.stderr
    return folder


class TestEvidence:
    """The folder for an auditor."""

    def test_it_holds_what_an_auditor_asks_for(self, folder: Path) -> None:
        names = {each.name for each in folder.iterdir()}
        reports = {f"report{ending}" for ending in (".csv", ".json", ".html")}
        others = {"verify.json", "prove.json", "exemptions.json", "policy.json", "index.html", "SHA256SUMS"}
        assert names == reports | others

    def test_it_is_its_owners_alone(self, folder: Path) -> None:
        modes = {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}
        assert (stat.S_IMODE(folder.stat().st_mode), modes) == (0o700, {0o600})

    def test_its_checksums_are_those_of_sha256sum(self, folder: Path) -> None:
        done = subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=folder, check=False)
        assert done.returncode == 0

    def test_the_proof_in_it_was_made(self, folder: Path) -> None:
        assert json.loads((folder / "prove.json").read_text(encoding="utf-8"))["checks"]
