"""A realm that never stands still: 2FA becomes ON, and nobody who was there is missed."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from tests.integration.churn import churn
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.faults import Answer, Proxy, proxy
from tests.integration.realms import MakeRealm, Realm, people, service_account
from tests.server import Keycloak

pytestmark = pytest.mark.slow

MANY = 2_000


@pytest.fixture(scope="module")
def between(keycloak: Keycloak) -> Iterator[Proxy]:
    """A proxy between the command and the server."""
    with proxy(keycloak.url) as it:
        yield it


@dataclass(frozen=True)
class Runs:
    """What two runs came to, and whom the first one left uncovered."""

    realm: Realm
    first: Run
    second: Run
    missed: set[str]
    read: int
    people: int


def uncovered(realm: Realm) -> set[str]:
    """Ids of those without CONFIGURE_TOTP; nobody has OTP here."""
    return {each["id"] for each in realm.users().values() if "CONFIGURE_TOTP" not in each["requiredActions"]}


def token(keycloak: Keycloak, realm: Realm, client_id: str) -> str:
    answer = requests.post(
        f"{keycloak.url}/realms/{realm.name}/protocol/openid-connect/token",
        data={"grant_type": "client_credentials", "client_id": client_id, "client_secret": f"{client_id}-secret"},
        timeout=30,
    )
    return str(answer.json()["access_token"])


@pytest.fixture(scope="module")
def runs(make_realm: MakeRealm, kc2fa: Kc2fa, keycloak: Keycloak, between: Proxy) -> Runs:
    """A realm that was enforced, and once more when it was ON, while people came, went and were renamed."""
    busy = service_account("busy", "manage-realm", "manage-users", attributes={"access.token.lifespan": "3600"})
    realm = make_realm(*people(MANY), clients=(busy,), editUsernameAllowed=True, adminEventsEnabled=False)
    looks, whole = [0.0], [0]

    def count(request: Any, answer: Answer) -> Answer:
        if request.method == "GET" and request.query.get("briefRepresentation") == "false":
            whole[0] += len(json.loads(answer.body))
        return answer

    def look(request: Any) -> None:
        if request.query.get("first") == "0" and request.query.get("briefRepresentation") == "true":
            looks.append(time.time())

    between.fault, between.before = count, look
    with churn(keycloak, realm, token(keycloak, realm, "busy")) as it:
        first = kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_SERVER_URL=between.url)
        last_look, read = looks[-1], whole[0]
        left = uncovered(realm)
        second = kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_SERVER_URL=between.url)
    # Who is removed while they are listed is shown without the action.
    left &= {each["id"] for each in realm.users().values()}
    missed = {user_id for user_id in left if it.imported.get(user_id, 0.0) < last_look}
    return Runs(realm, first, second, missed, read, MANY + it.created + len(it.imported))


def test_it_becomes_on(runs: Runs) -> None:
    assert (runs.first.exit, runs.first.data["state"]) == (0, "ON"), runs.first


def test_nobody_who_was_there_is_missed(runs: Runs) -> None:
    assert runs.missed == set()


def test_the_figures_add_up(runs: Runs) -> None:
    users = runs.first.data["users"]
    assert users["total"] == users["marked"] + users["already_marked"]


def test_hardly_anybody_is_read_twice(runs: Runs) -> None:
    assert runs.read < 1.2 * runs.people


def test_run_again_where_imports_trickle_in_it_is_still_on(runs: Runs) -> None:
    assert (runs.second.exit, runs.second.data["state"]) == (0, "ON"), runs.second


def test_who_is_imported_later_is_found_by_the_next_run(runs: Runs, kc2fa: Kc2fa) -> None:
    assert kc2fa("enforce", "--json", *CONFIRM, realm=runs.realm).exit == 0
    assert uncovered(runs.realm) == set()
