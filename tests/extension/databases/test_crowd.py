"""A realm that never stands still becomes ON, at any size, and through the faults of a database."""

import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from tests.extension.calls import CONSENT, Call, call
from tests.extension.databases.crowd import Churn, uncovered
from tests.extension.databases.database import Database
from tests.extension.databases.server import Server
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import MakeRealm, Realm

pytestmark = pytest.mark.slow

__all__ = ["call"]

SIZE = 25_000
"""More than two ranges."""


@pytest.fixture
def realm(make_realm: MakeRealm, database: Database) -> Realm:
    """A realm with many users."""
    realm = make_realm()
    database.seed(realm.name, SIZE)
    return realm


def enforced(call: Call, realm: Realm) -> requests.Response:
    answer: requests.Response = call(realm, "/enforce", json=CONSENT)
    return answer


def test_a_realm_at_rest_is_marked_whole(realm: Realm, database: Database, call: Call) -> None:
    answer = enforced(call, realm).json()
    assert (answer["state"], answer["users"]["marked"], answer["failures"]) == ("ON", SIZE, [])
    assert uncovered(database, realm) == set()


def test_the_command_says_the_same(realm: Realm, kc2fa: Kc2fa) -> None:
    done = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    assert (done.exit, done.data["state"], done.data["users"]["marked"]) == (0, "ON", SIZE)


def test_users_who_come_and_go_do_not_keep_it_from_on(
    realm: Realm, database: Database, keycloak: Server, call: Call
) -> None:
    # Given others who create, import and delete users all the time
    with Churn(keycloak, realm).running() as churn:
        time.sleep(2)
        began = time.monotonic()
        # When the realm is enforced
        answer = enforced(call, realm)
        left = uncovered(database, realm)
    # Then it is ON, and nobody is uncovered but users who were imported since
    assert (answer.status_code, answer.json()["state"], answer.json()["failures"]) == (200, "ON", [])
    assert {name for name in left if churn.imported.get(name, 0) < began} == set()
    assert churn.created > 10
    assert churn.deleted > 0


def test_a_storm_of_deletions_is_no_failure(realm: Realm, database: Database, call: Call) -> None:
    # Given somebody who deletes thousands of users, hundreds at a time
    end = threading.Event()

    def storm() -> None:
        for first in range(0, SIZE, 250):
            if end.is_set():
                return
            names = f"u.username between 'person-{first:07d}' and 'person-{first + 200:07d}'"
            of_realm = f"from USER_ENTITY u join REALM r on r.id = u.realm_id where r.name = '{realm.name}' and {names}"
            for _ in range(20):
                try:
                    database.run(
                        f"begin; delete from USER_REQUIRED_ACTION where user_id in (select u.id {of_realm});"
                        f"delete from USER_ENTITY where id in (select u.id {of_realm}); commit;"
                    )
                    break
                except subprocess.CalledProcessError:  # it lost against the run, and tries again
                    continue

    with ThreadPoolExecutor(1) as pool:
        storming = pool.submit(storm)
        answer = enforced(call, realm)
        end.set()
        storming.result()
    assert (answer.status_code, answer.json()["state"], answer.json()["failures"]) == (200, "ON", [])
    assert uncovered(database, realm) == set()


def test_a_user_who_is_locked_and_then_deleted_is_no_failure(realm: Realm, database: Database, call: Call) -> None:
    # Given a transaction that has deleted a user, and takes its time
    user = f"(select u.id from USER_ENTITY u join REALM r on r.id = u.realm_id where r.name = '{realm.name}'"
    user += " and u.username = 'person-0012345')"
    slow = f"begin; delete from USER_ENTITY where id = {user}; {database.pause(3)} commit;"
    with ThreadPoolExecutor(1) as pool:
        deleting = pool.submit(database.run, slow)
        time.sleep(0.5)
        # When the realm is enforced: its range waits for that user, and then misses them
        answer = enforced(call, realm)
        deleting.result()
    assert (answer.json()["state"], answer.json()["users"]["marked"]) == ("ON", SIZE - 1)


def test_a_user_who_cannot_be_marked_is_named_and_all_others_are_marked(
    realm: Realm, database: Database, call: Call
) -> None:
    # Given a user whom the database refuses, again and again
    database.refuse(realm.user("person-0012345")["id"])
    try:
        # When
        answer = enforced(call, realm).json()
    finally:
        database.refuse_nobody()
    # Then the others are not held up
    assert (answer["state"], answer["users"]["marked"]) == ("ENFORCING", SIZE - 1)
    assert [each["username"] for each in answer["failures"]] == ["person-0012345"]
    # And once it is mended the next run finishes
    assert enforced(call, realm).json()["state"] == "ON"
    assert uncovered(database, realm) == set()


def test_a_deadlock_is_no_failure(realm: Realm, database: Database, call: Call) -> None:
    # Given transactions that take users' rows in the other order, again and again
    end = threading.Event()
    of_realm = f"u.realm_id = (select id from REALM where name = '{realm.name}')"

    def cross() -> None:
        while not end.is_set():
            try:
                database.run(
                    f"begin; update USER_ENTITY u set username = username where {of_realm} and username ="
                    f" 'person-0009000'; {database.pause(0.05)} select 1 from USER_ENTITY u where {of_realm} and"
                    " username = 'person-0000010' for update; commit;"
                )
            except subprocess.CalledProcessError:  # it was the one that the database chose
                continue

    with ThreadPoolExecutor(1) as pool:
        crossing = pool.submit(cross)
        answer = enforced(call, realm)
        end.set()
        crossing.result()
    assert (answer.status_code, answer.json()["state"]) == (200, "ON")
    assert uncovered(database, realm) == set()


def test_a_database_that_restarts_is_waited_for(realm: Realm, database: Database, call: Call) -> None:
    # Given a run that was begun
    begun = call(realm, "/enforce", json=CONSENT, prefer="respond-async")
    # When the database restarts under it
    database.stop()
    database.start()
    # Then it goes on, and ends
    assert begun.status_code == 202
    state = _wait_until_on(call, realm)
    assert (state, uncovered(database, realm)) == ("ON", set())


def test_a_node_that_is_killed_loses_nothing(realm: Realm, database: Database, keycloak: Server, call: Call) -> None:
    # Given a run that was begun
    assert call(realm, "/enforce", json=CONSENT, prefer="respond-async").status_code == 202
    # When its node is killed
    keycloak.kill()
    keycloak.start()
    # Then the next run finishes, and everybody is marked once
    answer = enforced(call, realm).json()
    assert (answer["state"], answer["users"]["total"], answer["users"]["failed"]) == ("ON", SIZE, 0)
    assert uncovered(database, realm) == set()


def test_progress_can_be_read_and_counts_nobody(realm: Realm, call: Call) -> None:
    # Given a run under way, of a realm that was counted before
    before = call(realm).json()["users"]["counted_at"]
    call(realm, "/enforce", json=CONSENT, prefer="respond-async")
    seen = []
    # When it is asked for until it ends
    while (said := call(realm).json())["state"] == "ENFORCING":
        seen.append((said["progress"]["done"], said["progress"]["total"], said["users"]["counted_at"]))
    # Then it grows up to the whole
    assert said["state"] == "ON"
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)
    assert all(done <= total and counted >= before for done, total, counted in seen)


def _wait_until_on(call: Call, realm: Realm) -> str:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            state: str = call(realm).json()["state"]
        except (requests.RequestException, KeyError):
            state = ""
        if state == "ON":
            return state
        time.sleep(0.5)
    return state
