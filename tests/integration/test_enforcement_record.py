"""`enforce --record`: what a run changed, on disk; whole or not at all, and refused before anything is changed."""

import json
import resource
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.integration.command import COMMAND, CONFIRM, Kc2fa, environment_for
from tests.integration.realms import PHONE_REQUIRED, MakeRealm, Realm, people, person, user_profile
from tests.schemas import check_file
from tests.server import Keycloak

pytestmark = pytest.mark.core


def read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="ascii"))
    check_file("enforce-record", document)
    return document


def test_only_its_owner_reads_it(make_realm: MakeRealm, kc2fa: Kc2fa, tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    file.touch(0o666)
    assert kc2fa("enforce", *CONFIRM, "--record", str(file), realm=make_realm()).exit == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_second_run_records_that_it_changed_nothing(make_realm: MakeRealm, kc2fa: Kc2fa, tmp_path: Path) -> None:
    realm, file = make_realm(*people(2)), tmp_path / "record.json"
    kc2fa("enforce", *CONFIRM, realm=realm)
    assert kc2fa("enforce", "--json", "--record", str(file), realm=realm).exit == 0
    record = read(file)
    assert (record["result"]["changes"], record["before"]) == ([], record["after"])


def test_a_run_that_is_done_in_part_is_recorded_with_its_error(
    make_realm: MakeRealm, kc2fa: Kc2fa, tmp_path: Path
) -> None:
    realm, file = make_realm(person("jane"), components=user_profile(PHONE_REQUIRED)), tmp_path / "record.json"
    run = kc2fa("enforce", "--json", *CONFIRM, "--record", str(file), realm=realm)
    assert run.exit == 5, run
    record = read(file)
    assert record["error"] == run.error
    assert [each["username"] for each in record["result"]["failures"]] == ["jane"]


@pytest.mark.slow
@pytest.mark.parametrize("place", ["no-folder/record.json", "folder.json", "record.txt"])
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_changed(
    make_realm: MakeRealm, kc2fa: Kc2fa, tmp_path: Path, place: str
) -> None:
    realm = make_realm(*people(1))
    (tmp_path / "folder.json").mkdir()
    run = kc2fa("enforce", "--json", *CONFIRM, "--record", str(tmp_path / place), realm=realm)
    assert run.exit == 2, run
    assert (realm.marked(), realm.required_action()["defaultAction"]) == (set(), False)


def test_a_run_that_is_refused_leaves_the_file_that_was_there(
    make_realm: MakeRealm, kc2fa: Kc2fa, tmp_path: Path
) -> None:
    file = tmp_path / "record.json"
    file.write_text("yesterday")
    assert kc2fa("enforce", "--json", "--record", str(file), realm=make_realm(*people(1))).exit == 6
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("record.json", "yesterday")]


@pytest.mark.slow
def test_a_disk_that_fills_up_meanwhile_is_told_with_what_was_done(
    make_realm: MakeRealm, keycloak: Keycloak, tmp_path: Path
) -> None:
    # Given a disk that takes a new file and none of its content
    realm, file = make_realm(*people(1)), tmp_path / "record.json"

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))

    # When
    done = subprocess.run(
        [*COMMAND, "enforce", "--json", *CONFIRM, "--record", str(file)],
        env=environment_for(keycloak, realm),
        preexec_fn=no_room,
        capture_output=True,
        text=True,
        check=False,
    )
    # Then the realm is ON, both is said, and no half of a file is there
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["error"]["code"], answer["data"]["state"]) == (2, "unwritable-output", "ON"), done
    assert str(file) in answer["error"]["message"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_each_realm_has_a_file_of_its_own(
    make_realm: MakeRealm, kc2fa: Kc2fa, master: dict[str, str], tmp_path: Path
) -> None:
    two = make_realm(*people(1)), make_realm(*people(2))
    named = [argument for realm in two for argument in ("--realm", realm.name)]
    # Given a name that does not tell them apart: nothing is done
    run = kc2fa("enforce", *named, "--json", *CONFIRM, "--record", str(tmp_path / "record.json"), **master)
    assert (run.exit, run.error["code"], two[0].marked()) == (2, "usage", set())
    assert "--record" in run.error["message"]
    # When it does
    run = kc2fa("enforce", *named, "--json", *CONFIRM, "--record", str(tmp_path / "{realm}.json"), **master)
    # Then
    assert run.exit == 0, run
    totals = [read(tmp_path / f"{realm.name}.json")["result"]["users"]["total"] for realm in two]
    assert totals == [1, 2]


def test_a_one_time_code_is_not_in_it(
    make_realm: MakeRealm, kc2fa: Kc2fa, master: dict[str, str], tmp_path: Path
) -> None:
    realm: Realm = make_realm()
    file = tmp_path / "record.json"
    run = kc2fa(
        "enforce", "--realm", realm.name, "--otp", "135790", "--json", *CONFIRM, "--record", str(file), **master
    )
    assert run.exit == 0, run
    assert "135790" not in file.read_text()
