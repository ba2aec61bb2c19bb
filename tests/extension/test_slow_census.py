"""A server that takes long to count everybody is waited for, and is not asked twice for the same."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.integration.command import Kc2fa
from tests.integration.faults import Answer, Proxy, proxy
from tests.integration.realms import ENFORCER, ENFORCER_SECRET, MakeRealm, Realm, person

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.api import admin, endpoints, two_factor
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.enforcement import engine
from keycloak_2fa.errors import ServerFailingError
from keycloak_2fa.settings import ConnectionSettings, ServiceAccount

SECONDS = 2.5


@pytest.fixture
def realm(make_realm: MakeRealm) -> Realm:
    return make_realm(person("alice"))


@pytest.fixture
def slow(keycloak: EmbeddedKeycloak) -> Iterator[Proxy]:
    """The server, as it is where the extension has very many people to read."""
    with proxy(keycloak.url) as it:
        it.before = lambda request: time.sleep(SECONDS if "/two-factor" in request.path else 0)
        yield it


def caller(slow: Proxy, realm: Realm) -> AdminApi:
    who = ServiceAccount(ENFORCER, ENFORCER_SECRET)
    return AdminApi(ConnectionSettings(slow.url, realm.name, realm.name, who))


@pytest.mark.slow
def test_status_and_preview_have_longer_than_other_requests(
    realm: Realm, slow: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given that an ordinary request may take a second
    monkeypatch.setattr(admin, "_TIMEOUT_SECONDS", 1)
    # When
    by = engine.choose_engine(caller(slow, realm))
    ahead = by.look_ahead((), (), None, lambda _seen, _total: None)
    # Then
    assert (by.name, ahead.to_mark) == ("extension", 1)


@pytest.mark.slow
def test_who_waited_in_vain_does_not_ask_again(realm: Realm, slow: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_factor, "_TIMEOUT_SECONDS", (10, 1))
    with pytest.raises(ServerFailingError, match="in time"):
        engine.choose_engine(caller(slow, realm))
    assert slow.requests.count(("GET", f"/{endpoints.two_factor_extension(realm.name)}")) == 1


def test_figures_that_the_server_had_already_keep_their_time(
    realm: Realm, keycloak: EmbeddedKeycloak, kc2fa: Kc2fa
) -> None:
    # Given figures that were counted for another request
    earlier = "2026-01-02T03:04:05Z"

    def fault(request: Any, answer: Answer) -> Answer:
        if not request.path.endswith("/two-factor"):
            return answer
        told = json.loads(answer.body)
        told["users"]["counted_at"] = earlier
        return Answer(answer.status, json.dumps(told).encode(), answer.headers)

    with proxy(keycloak.url) as between:
        between.fault = fault
        # When, then
        run = kc2fa("status", "--json", realm=realm, KC2FA_SERVER_URL=between.url)
    assert run.data["users"]["counted_at"] == earlier
