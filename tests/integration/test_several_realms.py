"""One command on several realms: by name, and on all that the caller may see."""

from pathlib import Path

import pytest
from tests.integration.command import CONFIRM, Kc2fa, environment_for
from tests.integration.realms import MakeRealm, Realm, people
from tests.integration.terminal import Terminal
from tests.server import Keycloak

pytestmark = [pytest.mark.core, pytest.mark.slow]


@pytest.fixture
def two(make_realm: MakeRealm) -> tuple[Realm, Realm]:
    """Two realms with two people and three."""
    return make_realm(*people(2)), make_realm(*people(3))


def named(*realms: Realm) -> list[str]:
    return [argument for realm in realms for argument in ("--realm", realm.name)]


@pytest.mark.parametrize("command", ["status", "preview", "report"])
def test_each_realm_is_answered_for(
    two: tuple[Realm, Realm], kc2fa: Kc2fa, master: dict[str, str], command: str
) -> None:
    run = kc2fa(command, *named(*two), "--json", **master)
    assert run.exit == 0
    assert [(each["realm"], each["ok"], each["data"]["users"]["total"]) for each in run.data["realms"]] == [
        (two[0].name, True, 2),
        (two[1].name, True, 3),
    ]


def test_realms_may_stand_before_the_command(two: tuple[Realm, Realm], kc2fa: Kc2fa, master: dict[str, str]) -> None:
    run = kc2fa(*named(*two), "status", "--json", **master)
    assert [each["realm"] for each in run.data["realms"]] == [each.name for each in two]


def test_verify_ends_with_7_where_one_realm_does_not_hold(
    two: tuple[Realm, Realm], kc2fa: Kc2fa, master: dict[str, str]
) -> None:
    run = kc2fa("verify", *named(*two), "--json", **master)
    assert (run.exit, run.error["code"]) == (7, "does-not-hold")
    assert [each["data"]["holds"] for each in run.data["realms"]] == [False, False]


def test_a_service_account_logs_in_to_each_realm(two: tuple[Realm, Realm], kc2fa: Kc2fa) -> None:
    run = kc2fa("status", *named(*two), "--json", realm=two[0])
    assert (run.exit, [each["ok"] for each in run.data["realms"]]) == (0, [True, True])


def test_a_realms_own_caller_sees_its_own(two: tuple[Realm, Realm], kc2fa: Kc2fa) -> None:
    run = kc2fa("status", "--all-realms", "--auth-realm", two[0].name, "--json", realm=two[0])
    assert [each["realm"] for each in run.data["realms"]] == [two[0].name]


def test_a_realm_that_is_not_there_does_not_hide_the_others(
    two: tuple[Realm, Realm], kc2fa: Kc2fa, master: dict[str, str]
) -> None:
    run = kc2fa("status", "--realm", "no-such-realm", *named(*two), "--json", **master)
    assert (run.exit, run.error["code"]) == (2, "unknown-realm")
    assert [each["ok"] for each in run.data["realms"]] == [False, True, True]


def test_status_is_one_table_with_a_line_for_each_realm(
    two: tuple[Realm, Realm], kc2fa: Kc2fa, master: dict[str, str]
) -> None:
    run = kc2fa("status", *named(*two), **master)
    heading, _, *lines = run.stdout.splitlines()
    assert heading.split() == ["Realm", "2FA", "Users", "Enrolled", "Pending", "Uncovered", "Exempt", "Since"]
    assert [line.split()[:3] for line in lines] == [[two[0].name, "OFF", "2"], [two[1].name, "OFF", "3"]]


def test_what_goes_wrong_in_one_realm_stands_below_the_table(
    two: tuple[Realm, Realm], kc2fa: Kc2fa, master: dict[str, str]
) -> None:
    run = kc2fa("status", "--realm", "no-such-realm", *named(*two), **master)
    assert (run.exit, len(run.stdout.splitlines())) == (2, 4)
    assert "Error: no-such-realm: " in run.stderr


def test_text_names_each_realm(two: tuple[Realm, Realm], kc2fa: Kc2fa, master: dict[str, str]) -> None:
    run = kc2fa("preview", *named(*two), **master)
    assert run.stdout.count("2FA is currently set to: OFF") == 2
    assert all(f"Realm '{each.name}'" in run.stdout for each in two)


def test_each_realm_gets_its_own_file(
    two: tuple[Realm, Realm], kc2fa: Kc2fa, master: dict[str, str], tmp_path: Path
) -> None:
    run = kc2fa("report", *named(*two), "--output", str(tmp_path / "{realm}.csv"), "--json", **master)
    assert run.exit == 0
    assert {each.name for each in tmp_path.iterdir()} == {f"{each.name}.csv" for each in two}


def test_one_realm_gets_a_file_of_its_name_too(
    two: tuple[Realm, Realm], kc2fa: Kc2fa, master: dict[str, str], tmp_path: Path
) -> None:
    run = kc2fa("report", *named(two[0]), "--output", str(tmp_path / "a {realm}.html"), "--json", **master)
    assert (run.exit, [each.name for each in tmp_path.iterdir()]) == (0, [f"a {two[0].name}.html"])


@pytest.mark.parametrize("file", ["all.csv", "{realm}.txt"])
def test_a_wrong_file_is_said_once(
    two: tuple[Realm, Realm], kc2fa: Kc2fa, master: dict[str, str], tmp_path: Path, file: str
) -> None:
    run = kc2fa("preview", *named(*two), "--output", str(tmp_path / file), **master)
    assert (run.exit, run.stderr.count("Error: "), run.stdout) == (2, 1, "")


def test_one_file_for_several_realms_is_refused(
    two: tuple[Realm, Realm], kc2fa: Kc2fa, master: dict[str, str], tmp_path: Path
) -> None:
    run = kc2fa("report", *named(*two), "--output", str(tmp_path / "all.csv"), "--json", **master)
    assert (run.exit, run.error["code"]) == (2, "usage")
    assert list(tmp_path.iterdir()) == []


def test_all_realms_and_one_by_name_are_refused(kc2fa: Kc2fa, master: dict[str, str]) -> None:
    run = kc2fa("status", "--all-realms", "--realm", "x", "--json", **master)
    assert (run.exit, run.error["code"]) == (2, "usage")


@pytest.mark.parametrize("command", [("reset", "jane"), ("prove",), ("realm", "diff"), ("exempt", "list")])
def test_other_commands_take_one(kc2fa: Kc2fa, master: dict[str, str], command: tuple[str, ...]) -> None:
    run = kc2fa(*command, "--realm", "a", "--realm", "b", "--json", **master)
    assert (run.exit, run.error["code"]) == (2, "usage")


def test_a_server_that_is_away_is_said_once(kc2fa: Kc2fa, master: dict[str, str]) -> None:
    run = kc2fa("status", "--realm", "a", "--realm", "b", "--json", **master, KC2FA_SERVER_URL="http://127.0.0.1:9")
    assert (run.exit, run.error["code"], "data" in run.document) == (4, "unreachable", False)


def test_enforce_in_a_script_takes_the_words_and_each_name(
    two: tuple[Realm, Realm], kc2fa: Kc2fa, master: dict[str, str]
) -> None:
    run = kc2fa("enforce", *named(*two), "--json", *CONFIRM, **master)
    assert (run.exit, [len(each.marked()) for each in two]) == (0, [2, 3])


def test_enforce_has_no_all_realms(kc2fa: Kc2fa, master: dict[str, str]) -> None:
    assert kc2fa("enforce", "--all-realms", "--json", *CONFIRM, **master).exit == 2


def test_enforce_without_the_words_begins_no_realm(
    two: tuple[Realm, Realm], kc2fa: Kc2fa, master: dict[str, str]
) -> None:
    run = kc2fa("enforce", *named(*two), "--json", **master)
    assert (run.exit, run.error["code"]) == (6, "no-consent")
    assert not any(each.has_mark() for each in two)


def test_on_a_terminal_enforce_asks_for_each_ones_name(
    two: tuple[Realm, Realm], keycloak: Keycloak, master: dict[str, str]
) -> None:
    # Given the first realm's dialog, answered in full
    terminal = Terminal(["enforce", *named(*two)], environment_for(keycloak, None, **master))
    terminal.read_until("Type the realm's name")
    terminal.type(f"{two[0].name}\n")
    terminal.read_until("to go on")
    terminal.type("Enforce 2FA\n")
    # When the second realm's name is mistyped, time and again
    for _ in range(3):
        terminal.read_until("Type the realm's name: ")
        terminal.type(f"{two[0].name}\n")
    # Then the first is done and the second was not begun
    assert terminal.end() == 6
    assert (len(two[0].marked()), two[1].has_mark()) == (2, False)
