"""What goes wrong on the way: retried, nobody skipped, nobody written twice (rule 4)."""

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest
from aiohttp import web
from tests.integration.command import COMMAND, CONFIRM, Kc2fa, environment_for
from tests.integration.faults import Answer, Proxy, once_per_path, proxy
from tests.integration.realms import ENFORCER, ENFORCER_SECRET, MakeRealm, Realm, people, service_account

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.errors import ServerFailingError
from keycloak_2fa.settings import ConnectionSettings, ServiceAccount


@pytest.fixture
def between(keycloak: EmbeddedKeycloak) -> Iterator[Proxy]:
    """A proxy between the command and the server."""
    with proxy(keycloak.url) as it:
        yield it


def everybody_once(realm: Realm, count: int) -> None:
    assert len(realm.marked()) == count
    writes = realm.user_writes()
    assert (len(writes), set(writes.values())) == (count, {1})


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_status_that_passes(make_realm: MakeRealm, kc2fa: Kc2fa, between: Proxy, status: int) -> None:
    # Given a proxy that lets every write through and loses the answer, once each
    realm = make_realm(*people(40))
    between.fault = once_per_path("PUT", "/users/", lambda _: Answer(status, b"", {"Retry-After": "0"}))
    # When
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_SERVER_URL=between.url)
    # Then
    assert (run.exit, run.data["users"]["failed"]) == (0, 0), run
    everybody_once(realm, 40)


@pytest.mark.slow
def test_cut_connections(make_realm: MakeRealm, kc2fa: Kc2fa, between: Proxy) -> None:
    realm = make_realm(*people(40))
    between.fault = once_per_path("PUT", "/users/", lambda _: None)
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_SERVER_URL=between.url).exit == 0
    everybody_once(realm, 40)


@pytest.mark.slow
@pytest.mark.parametrize(
    "cut",
    [
        lambda answer: Answer(200, answer.body[: len(answer.body) // 2], answer.headers),
        lambda answer: Answer(200, answer.body[: len(answer.body) // 2], answer.headers, promised=len(answer.body)),
    ],
    ids=["ends early with a 200", "is cut off"],
)
def test_a_body_that(make_realm: MakeRealm, kc2fa: Kc2fa, between: Proxy, cut: Callable[[Answer], Answer]) -> None:
    realm = make_realm(*people(200))
    between.fault = once_per_path("GET", "/users", cut)
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_SERVER_URL=between.url).exit == 0
    everybody_once(realm, 200)


@pytest.mark.slow
def test_the_realms_own_requests_are_tried_again_too(make_realm: MakeRealm, kc2fa: Kc2fa, between: Proxy) -> None:
    # Given a proxy that fails everything but people once, the claim of the mark included
    realm = make_realm(*people(3))
    met: set[str] = set()

    def fault(request: web.Request, answer: Answer) -> Answer:
        key = f"{request.method} {request.path_qs}"
        if "/users/" in request.path or key in met:
            return answer
        met.add(key)
        return Answer(503, b"")

    between.fault = fault
    # When
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_SERVER_URL=between.url)
    # Then the mark is ours
    assert (run.exit, run.data["state"]) == (0, "ON"), run
    everybody_once(realm, 3)


@pytest.mark.slow
def test_a_server_that_keeps_failing(make_realm: MakeRealm, kc2fa: Kc2fa, between: Proxy) -> None:
    # Given a server that fails every write
    realm = make_realm(*people(3))
    between.fault = lambda request, answer: Answer(503, b"") if request.method == "PUT" else answer
    # When the retry timeout is short
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_SERVER_URL=between.url, KC2FA_RETRY_TIMEOUT="2")
    # Then it says so, and the next run finishes
    assert (run.exit, run.error["code"]) == (4, "server-failing")
    assert kc2fa("status", "--json", realm=realm).data["state"] == "ENFORCING"
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).data["state"] == "ON"


def test_one_user_at_whom_the_server_fails(make_realm: MakeRealm, kc2fa: Kc2fa, between: Proxy) -> None:
    # Given an internal error at one user
    realm = make_realm(*people(5))
    unlucky = realm.user("person-00002")["id"]
    between.fault = lambda request, answer: (
        Answer(500, b"") if request.method == "PUT" and unlucky in request.path else answer
    )
    # When
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_SERVER_URL=between.url)
    # Then the others are marked; this one is as well, as the write itself had gone through
    assert (run.exit, len(realm.marked())) == (0, 5), run


@pytest.mark.slow
def test_a_database_that_is_away_is_no_users_fault(make_realm: MakeRealm, kc2fa: Kc2fa, between: Proxy) -> None:
    # Given a server that answers 500 to everything for some seconds, from the first write on
    realm = make_realm(*people(40))
    away: list[float] = []

    def fault(request: web.Request, answer: Answer) -> Answer:
        if request.method == "PUT" and "/users/" in request.path and not away:
            away.append(time.monotonic() + 8)
        return Answer(500, b"") if away and time.monotonic() < away[0] else answer

    between.fault = fault
    # When
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_SERVER_URL=between.url)
    # Then it was waited for, and nobody is named
    assert (run.exit, run.data["failures"]) == (0, []), run
    everybody_once(realm, 40)


@pytest.mark.slow
def test_a_token_that_lives_for_seconds(make_realm: MakeRealm, kc2fa: Kc2fa, between: Proxy) -> None:
    # Given tokens of two seconds, and a run that takes longer
    hasty = service_account("hasty", "manage-realm", "manage-users", attributes={"access.token.lifespan": "2"})
    realm = make_realm(*people(60), clients=(hasty,))
    between.delay = 0.08
    # When
    run = kc2fa(
        "enforce", "--json", "--concurrency", "1", *CONFIRM,
        realm=realm, KC2FA_SERVER_URL=between.url, KC2FA_CLIENT_ID="hasty", KC2FA_CLIENT_SECRET="hasty-secret",
    )  # fmt: skip
    # Then it logged in again and again, and got through
    logins = sum(1 for method, path in between.requests if path.endswith("/token"))
    assert (run.exit, logins > 2) == (0, True), run
    everybody_once(realm, 60)


@pytest.mark.slow
def test_a_client_that_is_switched_off_in_the_middle(
    make_realm: MakeRealm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak, between: Proxy
) -> None:
    # Given tokens of two seconds, and a run under way
    hasty = service_account("hasty", "manage-realm", "manage-users", attributes={"access.token.lifespan": "2"})
    realm = make_realm(*people(150), clients=(hasty,))
    caller = {"KC2FA_CLIENT_ID": "hasty", "KC2FA_CLIENT_SECRET": "hasty-secret"}
    between.delay = 0.05
    run = start(keycloak, realm, between.url, "--concurrency", "1", **caller)
    wait_for_writes(between, 10)
    # When the client is switched off
    [client] = realm.get("clients", clientId="hasty")
    realm.put(f"clients/{client['id']}", {"enabled": False})
    # Then the run says that its login is over
    output, errors = run.communicate(timeout=60)
    assert (run.returncode, json.loads(output)["error"]["code"]) == (3, "login-refused"), output + errors
    assert kc2fa("status", "--json", realm=realm).data["state"] == "ENFORCING"
    # And once it is back, the next run goes on
    realm.put(f"clients/{client['id']}", {"enabled": True})
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm, **caller).data["state"] == "ON"
    everybody_once(realm, 150)


def test_the_mark_is_deleted_in_the_middle(make_realm: MakeRealm, kc2fa: Kc2fa, between: Proxy) -> None:
    # Given somebody who deletes the mark while users are written
    realm = make_realm(*people(5))
    left = ["roles/two-factor-enforcement"]

    def delete(request: web.Request) -> None:
        if request.method == "PUT" and "/users/" in request.path and left:
            realm.delete(left.pop())

    between.before = delete
    # When
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_SERVER_URL=between.url)
    # Then it is there again, under the name of this run
    assert (run.exit, run.data["state"]) == (0, "ON"), run
    status = kc2fa("status", "--json", realm=realm).data
    assert (status["state"], status["run_id"]) == ("ON", run.data["run_id"])
    assert status["enforced_by"] == "service-account-enforcer"


@pytest.fixture
def api(make_realm: MakeRealm, between: Proxy) -> Iterator[AdminApi]:
    """A connection with a short retry timeout."""
    realm = make_realm()
    who = ServiceAccount(ENFORCER, ENFORCER_SECRET)
    it = AdminApi(ConnectionSettings(between.url, realm.name, realm.name, who, retry_timeout=1.0))
    yield it
    for each in (it._connection, it._connection.keycloak_openid.connection):
        each._s.close()


def test_a_bug_of_ours_is_not_taken_for_a_fault_of_the_server(api: AdminApi) -> None:
    with pytest.raises(TypeError):
        api.call(len, None)


def test_the_server_says_when_to_come_back(api: AdminApi, between: Proxy) -> None:
    # Given a proxy that turns each request for the realm's roles away, for longer than the retry timeout
    waits: list[str] = []
    api.on_wait = lambda waiting: waits.append(waiting.what)
    between.fault = lambda request, answer: (
        Answer(429, b"", {"Retry-After": "3600"}) if request.path.endswith("/roles") else answer
    )
    # When
    with pytest.raises(ServerFailingError):
        api.call(api.keycloak.get_realm_roles)
    # Then it is not asked every moment: the one wait lasts until the retry timeout
    assert waits == ["answers 429"]


def test_a_token_that_the_server_forgets(make_realm: MakeRealm, kc2fa: Kc2fa, between: Proxy) -> None:
    realm = make_realm(*people(20))
    between.fault = once_per_path("PUT", "/users/", lambda _: Answer(401, b""))
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_SERVER_URL=between.url).exit == 0
    assert len(realm.marked()) == 20


def start(keycloak: EmbeddedKeycloak, realm: Realm, url: str, *more: str, **environment: str) -> subprocess.Popen[str]:
    """A run of enforce, under way."""
    return subprocess.Popen(
        [*COMMAND, "enforce", "--json", *CONFIRM, *more],
        env=environment_for(keycloak, realm, KC2FA_SERVER_URL=url, **environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_writes(between: Proxy, count: int) -> None:
    until = time.monotonic() + 60
    while sum(1 for method, _ in between.requests if method == "PUT") < count:
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("how", "exit_code"),
    [(signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 130)],
    ids=str,
)
def test_a_run_that_ends_in_the_middle_is_finished_by_the_next(
    make_realm: MakeRealm,
    kc2fa: Kc2fa,
    keycloak: EmbeddedKeycloak,
    between: Proxy,
    how: signal.Signals,
    exit_code: int,
) -> None:
    # Given a run that is ended after some 30 of 150 people
    realm = make_realm(*people(150))
    between.delay = 0.02
    run = start(keycloak, realm, between.url, "--concurrency", "2")
    wait_for_writes(between, 30)
    run.send_signal(how)
    _, errors = run.communicate(timeout=30)
    # Then it ended as it should, without a traceback, and the realm says ENFORCING
    assert (run.returncode, "Traceback" in errors) == (exit_code, False), errors
    status = kc2fa("status", "--json", realm=realm).data
    assert (status["state"], status["enforced_at"]) == ("ENFORCING", None)
    done_before = status["users"]["pending"]
    assert 0 < done_before < 150
    # And when it is run again, elsewhere, it goes on and finishes under the same name
    again = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    assert (again.exit, again.data["state"], again.data["run_id"]) == (0, "ON", status["run_id"])
    assert again.data["users"]["already_marked"] >= done_before
    everybody_once(realm, 150)


@pytest.mark.slow
def test_two_runs_at_once(make_realm: MakeRealm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak, between: Proxy) -> None:
    realm = make_realm(*people(120))
    between.delay = 0.01
    runs = [start(keycloak, realm, between.url) for _ in range(2)]
    outputs = [run.communicate(timeout=120)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], outputs
    assert len(realm.marked()) == 120
    assert kc2fa("status", "--json", realm=realm).data["state"] == "ON"


@pytest.mark.slow
def test_people_who_come_while_it_runs_are_not_missed(
    make_realm: MakeRealm, keycloak: EmbeddedKeycloak, between: Proxy
) -> None:
    # Given a run under way
    realm = make_realm(*people(150, prefix="m"))
    between.delay = 0.02
    run = start(keycloak, realm, between.url, "--concurrency", "2")
    wait_for_writes(between, 20)
    # When somebody is imported who stands before those already read
    realm.import_users(people(3, prefix="a"))
    # Then a later pass finds them
    assert run.wait(60) == 0
    run.communicate()
    assert len(realm.marked()) == 153


@pytest.mark.slow
def test_a_server_that_restarts_in_the_middle(
    make_realm: MakeRealm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak, between: Proxy
) -> None:
    # Given a run under way
    realm = make_realm(*people(150))
    between.delay = 0.02
    run = start(keycloak, realm, between.url, "--concurrency", "2")
    wait_for_writes(between, 30)
    # When the server stops and comes back
    keycloak.stop_server()
    keycloak.start_server()
    # Then the run had waited for it, and said so
    output, errors = run.communicate(timeout=150)
    assert run.returncode == 0, output + errors
    assert len(realm.marked()) == 150
    assert "120 s" in errors
