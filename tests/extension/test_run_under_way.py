"""A run that is under way on the server is shown, and waited for as long as it goes on."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.extension.calls import Call, call
from tests.integration.command import CONFIRM, Kc2fa, environment_for
from tests.integration.faults import Answer, Proxy, once_per_path, proxy
from tests.integration.realms import MakeRealm, Realm, people, service_account
from tests.integration.terminal import Terminal

from embedded_keycloak import EmbeddedKeycloak

__all__ = ["call"]

SHORT = {"KC2FA_RETRY_TIMEOUT": "2"}
TOTAL = 1_000


@pytest.fixture
def realm(make_realm: MakeRealm) -> Realm:
    return make_realm(*people(3))


@pytest.fixture
def between(keycloak: EmbeddedKeycloak) -> Iterator[Proxy]:
    """A proxy between the command and the server."""
    with proxy(keycloak.url) as it:
        yield it


def under_way(between: Proxy, times: int, done: Iterator[int]) -> None:
    """Let a run of somebody else be under way on the server for some requests, and so far at each look."""
    left = [None] * times

    def fault(request: Any, answer: Answer) -> Answer:
        if request.path.endswith("/two-factor/progress"):
            return Answer(200, json.dumps({"done": next(done), "total": TOTAL}).encode(), answer.headers)
        if request.path.endswith("/two-factor/enforce") and left:
            left.pop()
            return Answer(409, b'{"error": "enforcing-already"}', answer.headers)
        return answer

    between.fault = fault


@pytest.mark.slow
def test_one_that_goes_on_is_waited_for(realm: Realm, kc2fa: Kc2fa, between: Proxy) -> None:
    # Given a run that takes longer than a request is tried for, and moves
    under_way(between, 6, itertools.count())
    # When, then
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_SERVER_URL=between.url, **SHORT)
    assert (run.exit, run.data["state"]) == (0, "ON"), run


@pytest.mark.slow
def test_one_that_stands_still_is_not(realm: Realm, kc2fa: Kc2fa, between: Proxy) -> None:
    under_way(between, 1_000, itertools.repeat(7))
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_SERVER_URL=between.url, **SHORT)
    assert (run.exit, run.error["code"]) == (4, "server-failing")
    assert "is already enforcing 2FA" in run.error["message"]


@pytest.mark.slow
def test_the_bar_shows_how_far_it_is(realm: Realm, keycloak: EmbeddedKeycloak, between: Proxy) -> None:
    under_way(between, 4, itertools.count(300, 100))
    terminal = Terminal(["enforce", *CONFIRM], environment_for(keycloak, realm, KC2FA_SERVER_URL=between.url))
    assert terminal.end() == 0, terminal.shown
    assert "300/1000" in terminal.shown


def test_a_proxy_that_gives_up_is_no_end(realm: Realm, kc2fa: Kc2fa, between: Proxy) -> None:
    between.fault = once_per_path("POST", "/two-factor/enforce", lambda _: Answer(504, b""))
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_SERVER_URL=between.url)
    assert (run.exit, run.data["state"], len(realm.marked())) == (0, "ON", 3), run


@pytest.mark.slow
@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_status_that_passes(realm: Realm, kc2fa: Kc2fa, between: Proxy, status: int) -> None:
    between.fault = once_per_path("POST", "/two-factor/enforce", lambda _: Answer(status, b"", {"Retry-After": "1"}))
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_SERVER_URL=between.url)
    assert (run.exit, len(realm.marked())) == (0, 3), run


@pytest.mark.slow
def test_an_answer_that_is_cut(realm: Realm, kc2fa: Kc2fa, between: Proxy) -> None:
    between.fault = once_per_path(
        "POST", "/two-factor/enforce", lambda answer: Answer(200, answer.body[:40], answer.headers)
    )
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_SERVER_URL=between.url)
    assert (run.exit, run.data["state"], len(realm.marked())) == (0, "ON", 3), run


@pytest.mark.slow
def test_a_token_that_lives_for_seconds(make_realm: MakeRealm, kc2fa: Kc2fa, between: Proxy) -> None:
    # Given tokens of five seconds, and a run of somebody else that takes longer
    hasty = service_account("hasty", "manage-realm", "manage-users", attributes={"access.token.lifespan": "5"})
    realm = make_realm(*people(3), clients=(hasty,))
    under_way(between, 8, itertools.count())
    # When, then
    run = kc2fa(
        "enforce", "--json", *CONFIRM,
        realm=realm, KC2FA_SERVER_URL=between.url, KC2FA_CLIENT_ID="hasty", KC2FA_CLIENT_SECRET="hasty-secret",
    )  # fmt: skip
    assert (run.exit, run.data["state"]) == (0, "ON"), run
    assert sum(path.endswith("/token") for _, path in between.requests) > 1


@pytest.mark.slow
def test_a_client_that_is_switched_off_meanwhile(make_realm: MakeRealm, kc2fa: Kc2fa, between: Proxy) -> None:
    # Given a run of somebody else, during which our client is switched off
    hasty = service_account("hasty", "manage-realm", "manage-users", attributes={"access.token.lifespan": "2"})
    realm = make_realm(*people(3), clients=(hasty,))
    under_way(between, 1_000, itertools.count())
    left = [client["id"] for client in realm.get("clients", clientId="hasty")]

    def before(request: Any) -> None:
        if left and request.path.endswith("/two-factor/progress"):
            realm.put(f"clients/{left.pop()}", {"enabled": False})

    between.before = before
    # When
    run = kc2fa(
        "enforce", "--json", *CONFIRM,
        realm=realm, KC2FA_SERVER_URL=between.url, KC2FA_CLIENT_ID="hasty", KC2FA_CLIENT_SECRET="hasty-secret",
    )  # fmt: skip
    # Then
    assert (run.exit, run.error["code"]) == (3, "login-refused"), run


def test_without_a_run_there_is_no_progress(realm: Realm, call: Call) -> None:
    answer = call(realm, "/progress")
    assert (answer.status_code, answer.json()) == (200, None)
