"""The command as a script and a person meet it: output, errors, exit codes, secrets."""

import csv
import http.server
import json
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import (
    MakeRealm,
    Realm,
    otp_credential,
    password,
    person,
    service_account,
)
from tests.server import Keycloak

from keycloak_2fa.warning_codes import WarningCode


@pytest.fixture(scope="module")
def realm(make_realm: MakeRealm) -> Realm:
    """A realm that is only looked at."""
    return make_realm(
        person("alice", email="alice@example.org"),
        person("=2+5"),
        person("[bold]bob[/bold]"),
        person("王小明", enabled=False),
        person("enrolled", credentials=[otp_credential()]),
        person("waiting", requiredActions=["UPDATE_PASSWORD"]),
        clients=(service_account("users-only", "view-users"),),
    )


@pytest.mark.core
class TestJson:
    @pytest.mark.parametrize("arguments", [("status", "--json"), ("--json", "status"), ("preview", "--json")])
    def test_is_one_document_and_nothing_else(self, realm: Realm, kc2fa: Kc2fa, arguments: tuple[str, ...]) -> None:
        run = kc2fa(*arguments, realm=realm)
        assert (run.exit, run.document["ok"], run.stderr) == (0, True, "")
        assert set(run.document) == {"ok", "command", "data", "warnings"}

    def test_of_a_group_names_the_whole_command(self, realm: Realm, kc2fa: Kc2fa) -> None:
        assert kc2fa("realm", "--json", "diff", realm=realm).document["command"] == "realm diff"

    def test_of_an_error_has_code_message_and_hint(self, kc2fa: Kc2fa) -> None:
        run = kc2fa("status", "--json")
        assert (run.exit, run.document["ok"], set(run.error)) == (2, False, {"code", "message", "hint"})

    def test_of_a_wrong_flag_is_a_document_too(self, kc2fa: Kc2fa) -> None:
        run = kc2fa("status", "--json", "--frobnicate")
        assert (run.exit, run.error["code"], run.document["command"]) == (2, "usage", "status")

    def test_of_an_unknown_command_is_a_document_too(self, kc2fa: Kc2fa) -> None:
        assert kc2fa("--json", "disable").exit == 2


@pytest.mark.core
class TestStatus:
    def test_before_enforcement(self, realm: Realm, kc2fa: Kc2fa) -> None:
        data = kc2fa("status", "--json", realm=realm).data
        assert (data["state"], data["enforced_at"], data["enforced_by"], data["run_id"]) == (
            "OFF",
            None,
            None,
            None,
        )
        counted_at = data["users"].pop("counted_at")
        assert data["users"] == {"total": 6, "enrolled": 1, "pending": 0, "uncovered": 5, "exempt": 0}
        assert counted_at.endswith("Z")
        assert data["new_users_covered"] is False

    def test_in_words(self, realm: Realm, kc2fa: Kc2fa) -> None:
        assert "2FA is currently set to: OFF" in kc2fa("status", realm=realm).stdout

    def test_without_view_realm_names_the_role(self, realm: Realm, kc2fa: Kc2fa) -> None:
        client = {"KC2FA_CLIENT_ID": "users-only", "KC2FA_CLIENT_SECRET": "users-only-secret"}
        run = kc2fa("status", "--json", realm=realm, **client)
        assert (run.exit, run.error["code"], run.roles_named) == (3, "role-missing", {"view-realm"})


@pytest.mark.core
class TestPreview:
    def test_counts(self, realm: Realm, kc2fa: Kc2fa) -> None:
        users = kc2fa("preview", "--json", realm=realm).data["users"]
        assert users == {
            "total": 6,
            "enrolled": 1,
            "to_mark": 5,
            "already_marked": 0,
            "exempt": 0,
            "failed": 0,
        }

    def test_names_people(self, realm: Realm, kc2fa: Kc2fa) -> None:
        data = kc2fa("preview", "--json", realm=realm).data
        assert {each["username"] for each in data["people"]} == {
            "alice",
            "=2+5",
            "[bold]bob[/bold]",
            "王小明",
            "waiting",
        }

    def test_groups_people(self, realm: Realm, kc2fa: Kc2fa) -> None:
        groups = kc2fa("preview", "--json", realm=realm).data["groups"]
        assert (groups["enabled"], groups["disabled"], groups["with other required actions"]) == (4, 1, 1)

    def test_says_what_would_be_changed_on_the_realm(self, realm: Realm, kc2fa: Kc2fa) -> None:
        changes = kc2fa("preview", "--json", realm=realm).data["changes"]
        assert changes == [{"setting": "CONFIGURE_TOTP.defaultAction", "before": False, "after": True}]

    def test_says_which_role_it_lacks_to_see_what_breaks(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("preview", "--json", realm=realm)
        assert "view-clients" in run.warned[WarningCode.DIRECT_GRANTS_NOT_CHECKED]

    def test_names_clients_that_will_break(self, realm: Realm, kc2fa: Kc2fa, master: dict[str, str]) -> None:
        run = kc2fa("preview", "--json", realm=realm, **master)
        assert "admin-cli" in run.warned[WarningCode.DIRECT_GRANTS]

    def test_writes_nothing(self, realm: Realm, kc2fa: Kc2fa) -> None:
        was = realm.representation(), realm.users(), realm.required_action()
        kc2fa("preview", realm=realm)
        assert (realm.representation(), realm.users(), realm.required_action(), realm.has_mark()) == (
            *was,
            False,
        )

    def test_to_a_csv_file_for_its_owner_alone(self, realm: Realm, kc2fa: Kc2fa, tmp_path: Path) -> None:
        file = tmp_path / "people.csv"
        assert kc2fa("preview", "--output", str(file), realm=realm).exit == 0
        rows = {row["username"]: row for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())}
        assert {name: row["standing"] for name, row in rows.items()} == {
            "alice": "uncovered",
            "'=2+5": "uncovered",
            "[bold]bob[/bold]": "uncovered",
            "王小明": "uncovered",
            "enrolled": "enrolled",
            "waiting": "uncovered",
        }
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def test_to_a_json_file(self, realm: Realm, kc2fa: Kc2fa, tmp_path: Path) -> None:
        file = tmp_path / "people.json"
        kc2fa("preview", "--output", str(file), realm=realm)
        assert len(json.loads(file.read_text(encoding="utf-8"))) == 6

    @pytest.mark.parametrize("name", ["no/such/folder/people.csv", "people.txt", "people"])
    def test_to_a_file_that_cannot_be(self, realm: Realm, kc2fa: Kc2fa, tmp_path: Path, name: str) -> None:
        run = kc2fa("preview", "--json", "--output", str(tmp_path / name), realm=realm)
        assert (run.exit, run.document["ok"]) == (2, False)
        assert list(tmp_path.iterdir()) == []


class TestTrouble:
    def test_an_unknown_realm(self, kc2fa: Kc2fa, master: dict[str, str]) -> None:
        run = kc2fa("status", "--json", "--realm", "no such realm/../x", **master)
        assert (run.exit, run.error["code"]) == (2, "unknown-realm")

    def test_an_unknown_realm_of_a_service_account(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("status", "--json", "--realm", "nowhere", realm=realm)
        assert (run.exit, run.error["code"]) == (2, "unknown-realm")

    def test_nobody_there(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("status", "--json", "--server-url", "http://127.0.0.1:9", realm=realm)
        assert (run.exit, run.error["code"]) == (4, "unreachable")

    def test_a_path_prefix_that_is_wrong(self, realm: Realm, kc2fa: Kc2fa, keycloak: Keycloak) -> None:
        run = kc2fa("status", "--json", "--server-url", f"{keycloak.url}/auth", realm=realm)
        assert (run.exit, run.error["code"]) == (4, "not-keycloak")

    @pytest.mark.parametrize("status", [200, 404, 405])
    def test_a_server_that_is_not_keycloak(self, realm: Realm, kc2fa: Kc2fa, website: str, status: int) -> None:
        run = kc2fa("status", "--json", "--server-url", f"{website}/{status}", realm=realm)
        assert (run.exit, run.error["code"]) == (4, "not-keycloak")

    def test_plain_http_over_the_network(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("status", "--json", "--server-url", "http://keycloak.example", realm=realm)
        assert (run.exit, run.error["code"]) == (2, "insecure-url")

    def test_https_where_http_is_spoken(self, realm: Realm, kc2fa: Kc2fa, keycloak: Keycloak) -> None:
        run = kc2fa("status", "--json", "--server-url", keycloak.url.replace("http:", "https:"), realm=realm)
        assert (run.exit, run.error["code"]) == (4, "unreachable")

    def test_a_ca_file_that_is_none(self, realm: Realm, kc2fa: Kc2fa, tmp_path: Path) -> None:
        file = tmp_path / "ca.pem"
        file.write_text("not a certificate")
        url = "https://127.0.0.1:9"
        run = kc2fa("status", "--json", "--ca-file", str(file), "--server-url", url, realm=realm)
        assert (run.exit, run.error["code"]) == (2, "bad-file")

    def test_is_one_line_and_a_hint_in_text(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("status", realm=realm, KC2FA_CLIENT_SECRET="wrong")
        assert (run.exit, run.stdout) == (3, "")
        assert [line.split(":")[0] for line in run.stderr.splitlines()] == ["Error", "Hint"]


@pytest.fixture(scope="module")
def website() -> Iterator[str]:
    """A web server that is not Keycloak: answers each path with the status that the path begins with."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"<html><title>Welcome</title></html>"
            self.send_response(int(self.path.split("/")[1]))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class TestSecrets:
    SECRET = "a-secret-that-nobody-may-see"

    @pytest.mark.parametrize(
        "arguments",
        [("status",), ("status", "--json"), ("enforce", "--help"), ("--help",), ("status", "--frob")],
    )
    def test_are_never_shown(self, realm: Realm, kc2fa: Kc2fa, arguments: tuple[str, ...]) -> None:
        run = kc2fa(*arguments, realm=realm, KC2FA_CLIENT_SECRET=self.SECRET, KC2FA_PASSWORD=self.SECRET)
        assert self.SECRET not in run.stdout + run.stderr

    @pytest.mark.parametrize("flag", ["--client-secret", "--password", "--secret"])
    def test_are_no_flags(self, realm: Realm, kc2fa: Kc2fa, flag: str) -> None:
        run = kc2fa("status", "--json", flag, self.SECRET, realm=realm)
        assert run.exit == 2
        assert self.SECRET not in run.stdout + run.stderr

    def test_come_from_a_file(self, realm: Realm, kc2fa: Kc2fa, tmp_path: Path) -> None:
        file = tmp_path / "secret"
        file.write_text("enforcer-secret\n")
        run = kc2fa("status", "--client-secret-file", str(file), realm=realm, KC2FA_CLIENT_SECRET="wrong")
        assert run.exit == 0

    def test_come_from_stdin(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa(
            "status",
            "--client-secret-file",
            "-",
            realm=realm,
            stdin="enforcer-secret\n",
            KC2FA_CLIENT_SECRET="",
        )
        assert run.exit == 0

    def test_are_asked_for_on_a_terminal_only(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("status", "--json", realm=realm, KC2FA_USERNAME="admin")
        assert (run.exit, run.error["code"], "--password-file" in run.error["hint"]) == (
            2,
            "missing-setting",
            True,
        )


def test_people_with_markup_in_their_name_are_shown_as_they_are(realm: Realm, kc2fa: Kc2fa) -> None:
    assert "[bold]bob[/bold]" in kc2fa("preview", realm=realm).stdout


def test_no_colour_and_no_box_in_a_pipe(realm: Realm, kc2fa: Kc2fa) -> None:
    assert "\x1b" not in kc2fa("preview", realm=realm).stdout


def test_flags_win_over_the_environment(realm: Realm, kc2fa: Kc2fa) -> None:
    assert kc2fa("--realm", realm.name, "status", realm=realm, KC2FA_REALM="another").exit == 0


def test_a_caller_may_be_a_user_with_an_odd_name(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    named = {"email": "x@example.org", "firstName": "X", "lastName": "Y"}
    boss = person(
        "böss+ü&x=1",
        credentials=password("pä ss&=%"),
        clientRoles={"realm-management": ["realm-admin"]},
        **named,
    )
    realm = make_realm(boss)
    login = {"KC2FA_USERNAME": "böss+ü&x=1", "KC2FA_PASSWORD": "pä ss&=%", "KC2FA_AUTH_REALM": realm.name}
    assert kc2fa("status", realm=realm, **login).exit == 0


def test_no_arguments_show_the_help_where_nothing_is_configured(kc2fa: Kc2fa) -> None:
    run = kc2fa(KC2FA_SERVER_URL="")
    assert (run.exit, "Usage: kc2fa" in run.stdout + run.stderr) == (2, True)


def test_the_version(kc2fa: Kc2fa) -> None:
    assert kc2fa("--version").stdout.startswith("kc2fa ")


def test_an_engine_that_the_server_does_not_have(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    run = kc2fa("status", "--json", "--engine", "extension", realm=make_realm())
    assert (run.exit, run.error["code"]) == (2, "extension-absent")
    assert "--engine" in run.error["hint"]


def test_a_login_theme_that_the_server_does_not_have(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm()
    run = kc2fa("enforce", "--json", "--login-theme", *CONFIRM, realm=realm)
    assert (run.exit, run.error["code"], realm.has_mark()) == (6, "login-theme-absent", False)
