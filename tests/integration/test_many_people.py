"""More people than one page holds, at every border of a page, and while rows shift between pages."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.faults import Answer, Proxy, proxy
from tests.integration.realms import ENFORCER, ENFORCER_SECRET, MakeRealm, Realm, people
from tests.server import Keycloak

from keycloak_2fa import bulk_api, enforcement, preflight
from keycloak_2fa.admin_api import AdminApi
from keycloak_2fa.enforcement import Enforcement
from keycloak_2fa.settings import ConnectionSettings, ServiceAccount

pytestmark = pytest.mark.core


@pytest.fixture(params=["a small realm", "a large realm"])
def pages_of_ten(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of ten rows instead of thousands, one after the other, in either of the two ways of reading."""
    monkeypatch.setattr(bulk_api, "_READ_AHEAD", 0)
    monkeypatch.setattr(bulk_api, "_PAGE", 10)
    monkeypatch.setattr(bulk_api, "_ROWS", 10)
    monkeypatch.setattr(bulk_api, "_FEW", 10_000 if request.param == "a small realm" else 0)


@pytest.fixture
def between(keycloak: Keycloak) -> Iterator[Proxy]:
    """A proxy between the library and the server."""
    with proxy(keycloak.url) as it:
        yield it


def enforce(url: str, realm: Realm) -> Enforcement:
    api = AdminApi(ConnectionSettings(url, realm.name, realm.name, ServiceAccount(ENFORCER, ENFORCER_SECRET)))
    return enforcement.enforce(api, consent=preflight.CONSENT)


def after_the_first_page(happens: Any) -> Any:
    """A fault of the proxy that is none: something happens on the server once the first page of rows was read."""
    left = [happens]

    def fault(request: Any, answer: Answer) -> Answer:
        if left and request.path.endswith("/users") and request.query.get("first") == "0":
            left.pop()()
        return answer

    return fault


def test_more_than_keycloaks_own_page(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given more people than the 100 that Keycloak gives without being asked
    realm = make_realm(*people(250))
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    assert (run.exit, run.data["users"]["marked"], len(realm.marked())) == (0, 250, 250)


@pytest.mark.usefixtures("pages_of_ten")
@pytest.mark.parametrize("count", [9, 10, 11, 20, 25])
def test_at_a_border_nobody_is_missed_and_nobody_counted_twice(
    make_realm: MakeRealm, keycloak: Keycloak, count: int
) -> None:
    realm = make_realm(*people(count))
    done = enforce(keycloak.url, realm)
    assert (done.sweep.marked, done.sweep.population.total, len(realm.marked())) == (count, count, count)


@pytest.mark.usefixtures("pages_of_ten")
def test_who_was_missed_while_rows_shifted_is_found_by_the_next_pass(make_realm: MakeRealm, between: Proxy) -> None:
    # Given 35 people, of whom the first four are removed once the first page was read, so that rows move up by four
    realm = make_realm(*people(35))
    first = [each["id"] for _, each in sorted(realm.users().items())][:4]
    between.fault = after_the_first_page(lambda: [realm.delete(f"users/{each}") for each in first])
    # When
    done = enforce(between.url, realm)
    # Then
    assert (len(realm.marked()), done.sweep.population.total, done.sweep.passes) == (31, 31, 3)


@pytest.mark.usefixtures("pages_of_ten")
def test_who_is_seen_twice_while_rows_shift_is_counted_once(make_realm: MakeRealm, between: Proxy) -> None:
    # Given 35 people, before whom three more are imported when the first page was read
    realm = make_realm(*people(35, prefix="m"))
    more = {"ifResourceExists": "FAIL", "users": people(3, prefix="a")}
    between.fault = after_the_first_page(lambda: realm.post("partialImport", more))
    # When
    done = enforce(between.url, realm)
    # Then
    assert (len(realm.marked()), done.sweep.marked, done.sweep.population.total) == (38, 38, 38)


def test_where_nobody_came_or_went_people_are_read_once(make_realm: MakeRealm, between: Proxy) -> None:
    # Given
    realm = make_realm(*people(150))
    queries: list[dict[str, str]] = []
    between.before = lambda request: queries.append(dict(request.query)) if request.path.endswith("/users") else None
    # When
    done = enforce(between.url, realm)
    # Then two pages of people, and one of their ids to see that nobody is missing
    kinds = [query["briefRepresentation"] for query in queries if "first" in query]
    assert (done.sweep.passes, kinds.count("true")) == (2, 1)
    assert {query["first"] for query in queries if query.get("briefRepresentation") == "false"} >= {"0", "100"}
