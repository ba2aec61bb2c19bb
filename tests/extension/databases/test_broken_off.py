"""What breaks off in the middle, with either engine: a node, the database. It goes on, and nobody is missed."""

import json
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from keycloak import KeycloakAdmin, KeycloakOpenIDConnection
from tests.extension.databases.crowd import uncovered
from tests.extension.databases.database import Database
from tests.extension.databases.server import Server
from tests.extension.logins import ENGINES
from tests.integration.command import COMMAND, CONFIRM, Kc2fa, environment_for
from tests.integration.realms import MakeRealm, Realm

pytestmark = pytest.mark.slow

SIZES = {"admin-api": 600, "extension": 25_000}
"""Enough for the middle to last."""

OF_REALM = "join REALM r on r.id = u.realm_id where r.name = '{realm}'"
MARKED = f"select count(*) from USER_REQUIRED_ACTION a join USER_ENTITY u on u.id = a.user_id {OF_REALM}"
EVERYTHING_ELSE = (
    "select u.id, u.username, u.email, u.first_name, u.enabled, u.email_verified, u.created_timestamp, u.not_before"
    f" from USER_ENTITY u {OF_REALM} and u.service_account_client_link is null order by u.id"
)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def realm(engine: str, make_realm: MakeRealm, database: Database) -> Realm:
    realm = make_realm()
    database.seed(realm.name, SIZES[engine])
    return realm


@contextmanager
def somebody_in_the_way(database: Database, realm: Realm, engine: str) -> Iterator[Future[str]]:
    """A transaction that holds a user for some seconds: who marks everybody waits there, in the middle."""
    name = f"person-{SIZES[engine] * 2 // 3:07d}"
    user = f"select u.id from USER_ENTITY u {OF_REALM.format(realm=realm.name)} and u.username = '{name}'"
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(database.run, f"begin; {user} for update; {database.pause(8)} rollback;")


def enforcing(keycloak: Server, realm: Realm, engine: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, "enforce", "--json", "--engine", engine, *CONFIRM],
        env=environment_for(keycloak, realm, **environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until_some_are_marked(database: Database, realm: Realm) -> None:
    end = time.monotonic() + 60
    while not int(database.run(MARKED.format(realm=realm.name))):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_node_that_is_killed_is_waited_for(realm: Realm, engine: str, database: Database, keycloak: Server) -> None:
    # Given a run under way
    before = database.run(EVERYTHING_ELSE.format(realm=realm.name))
    with somebody_in_the_way(database, realm, engine):
        run = enforcing(keycloak, realm, engine)
        wait_until_some_are_marked(database, realm)
        # When its node is killed, and started again
        keycloak.kill()
    keycloak.start()
    # Then the run goes on, and ends; nothing else has changed
    output, errors = run.communicate(timeout=200)
    assert run.returncode == 0, output + errors
    assert (json.loads(output)["data"]["state"], uncovered(database, realm)) == ("ON", set())
    assert database.run(EVERYTHING_ELSE.format(realm=realm.name)) == before


def test_a_database_that_restarts_is_waited_for(
    realm: Realm, engine: str, database: Database, keycloak: Server
) -> None:
    # Given a run under way
    before = database.run(EVERYTHING_ELSE.format(realm=realm.name))
    run = enforcing(keycloak, realm, engine)
    wait_until_some_are_marked(database, realm)
    # When the database restarts under it
    database.stop()
    database.start()
    # Then
    output, errors = run.communicate(timeout=200)
    assert run.returncode == 0, output + errors
    assert (json.loads(output)["data"]["state"], uncovered(database, realm)) == ("ON", set())
    assert database.run(EVERYTHING_ELSE.format(realm=realm.name)) == before


@pytest.fixture(scope="module")
def other(keycloak: Server) -> Iterator[Server]:
    """Another node of the cluster."""
    with keycloak.beside() as node:
        yield node


class TestTwoNodes:
    def test_where_one_is_killed_the_other_finishes(
        self, realm: Realm, engine: str, database: Database, other: Server, kc2fa: Kc2fa
    ) -> None:
        # Given a run on one node
        before = database.run(EVERYTHING_ELSE.format(realm=realm.name))
        with somebody_in_the_way(database, realm, engine):
            run = enforcing(other, realm, engine, KC2FA_RETRY_TIMEOUT="1")
            wait_until_some_are_marked(database, realm)
            # When that node is killed
            other.kill()
        output, _ = run.communicate(timeout=60)
        assert (run.returncode, json.loads(output)["error"]["code"]) == (4, "server-failing")
        # Then the other one finishes what it began
        again = kc2fa("enforce", "--json", "--engine", engine, *CONFIRM, realm=realm)
        assert (again.exit, again.data["state"], again.data["failures"]) == (0, "ON", []), again
        assert uncovered(database, realm) == set()
        assert database.run(EVERYTHING_ELSE.format(realm=realm.name)) == before
        other.start()

    def test_two_runs_on_two_nodes_both_end_well(
        self, realm: Realm, engine: str, database: Database, keycloak: Server, other: Server
    ) -> None:
        runs = [enforcing(node, realm, engine) for node in (keycloak, other)]
        outputs = [run.communicate(timeout=200)[0] for run in runs]
        assert [run.returncode for run in runs] == [0, 0], outputs
        assert {json.loads(each)["data"]["state"] for each in outputs} == {"ON"}
        assert uncovered(database, realm) == set()

    def test_what_one_marks_the_other_knows(self, realm: Realm, engine: str, other: Server, kc2fa: Kc2fa) -> None:
        # Given a user whom the other node has in its cache
        user = realm.user("person-0000007")["id"]
        there = Realm(realm.name, admin_of(other))
        assert there.get_one(f"users/{user}")["requiredActions"] == []
        # When the realm is enforced on the first node
        assert kc2fa("enforce", "--engine", engine, *CONFIRM, realm=realm).exit == 0
        # Then the other one has forgotten it
        assert there.get_one(f"users/{user}")["requiredActions"] == ["CONFIGURE_TOTP"]


def admin_of(node: Server) -> KeycloakAdmin:
    login = {"username": node.username, "password": node.password, "realm_name": "master"}
    return KeycloakAdmin(connection=KeycloakOpenIDConnection(server_url=node.url + "/", **login))
