"""More people than one page holds, at every border of a page, and while rows shift between pages."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.faults import Answer, Proxy, proxy
from tests.integration.realms import ENFORCER, ENFORCER_SECRET, MakeRealm, Realm, otp_credential, people, person
from tests.server import Keycloak

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.enforcement import preflight
from keycloak_2fa.enforcement.enforce import Outcome, enforce
from keycloak_2fa.enforcement.preview import plan_enforcement
from keycloak_2fa.enforcement.sweep import _READ_BACK
from keycloak_2fa.errors import ServerFailingError
from keycloak_2fa.people import bulk
from keycloak_2fa.settings import ConnectionSettings, ServiceAccount

pytestmark = pytest.mark.core


@pytest.fixture(params=["a small realm", "a large realm"])
def pages_of_ten(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of ten rows instead of thousands, one after the other, in either of the two ways of reading."""
    monkeypatch.setattr(bulk, "_READ_AHEAD", 0)
    monkeypatch.setattr(bulk, "_PAGE", 10)
    monkeypatch.setattr(bulk, "_ROWS", 10)
    monkeypatch.setattr(bulk, "_FEW", 10_000 if request.param == "a small realm" else 0)


@pytest.fixture
def between(keycloak: Keycloak) -> Iterator[Proxy]:
    """A proxy between the library and the server."""
    with proxy(keycloak.url) as it:
        yield it


def connect(url: str, realm: Realm) -> AdminApi:
    return AdminApi(ConnectionSettings(url, realm.name, realm.name, ServiceAccount(ENFORCER, ENFORCER_SECRET)))


def enforced(url: str, realm: Realm) -> Outcome:
    return enforce(connect(url, realm), consent=preflight.CONSENT)


def after_the_first_page(happens: Any) -> Any:
    """A fault of the proxy that is none: something happens on the server once the first page of rows was read."""
    left = [happens]

    def fault(request: Any, answer: Answer) -> Answer:
        if left and request.path.endswith("/users") and request.query.get("first") == "0":
            left.pop()()
        return answer

    return fault


@pytest.mark.slow
def test_more_than_keycloaks_own_page(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given more people than the 100 that Keycloak gives without being asked
    realm = make_realm(*people(250))
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    assert (run.exit, run.data["users"]["marked"], len(realm.marked())) == (0, 250, 250)


@pytest.mark.slow
@pytest.mark.usefixtures("pages_of_ten")
@pytest.mark.parametrize("count", [9, 10, 11, 20, 25])
def test_at_a_border_nobody_is_missed_and_nobody_counted_twice(
    make_realm: MakeRealm, keycloak: Keycloak, count: int
) -> None:
    realm = make_realm(*people(count))
    done = enforced(keycloak.url, realm)
    assert (done.sweep.marked, done.sweep.population.total, len(realm.marked())) == (count, count, count)


@pytest.mark.usefixtures("pages_of_ten")
def test_nobody_is_missed_while_rows_shift(make_realm: MakeRealm, between: Proxy) -> None:
    # Given 35 people, of whom the first four are removed once the first page was read, so that rows move up by four
    realm = make_realm(*people(35))
    first = [each["id"] for _, each in sorted(realm.users().items())][:4]
    between.fault = after_the_first_page(lambda: [realm.delete(f"users/{each}") for each in first])
    # When
    done = enforced(between.url, realm)
    # Then
    assert (len(realm.marked()), done.sweep.population.total, done.sweep.passes) == (31, 31, 2)


@pytest.mark.slow
@pytest.mark.usefixtures("pages_of_ten")
def test_who_is_seen_twice_while_rows_shift_is_counted_once(make_realm: MakeRealm, between: Proxy) -> None:
    # Given 35 people, before whom three more are imported when the first page was read
    realm = make_realm(*people(35, prefix="m"))
    more = {"ifResourceExists": "FAIL", "users": people(3, prefix="a")}
    between.fault = after_the_first_page(lambda: realm.post("partialImport", more))
    # When
    done = enforced(between.url, realm)
    # Then
    assert (len(realm.marked()), done.sweep.marked, done.sweep.population.total) == (38, 38, 38)


class Counted:
    """How many users the server shows whole and in brief, in lists."""

    def __init__(self, between: Proxy) -> None:
        self.whole = self.brief = 0
        between.fault = self._count

    def _count(self, request: Any, answer: Answer) -> Answer:
        if request.method == "GET" and request.path.endswith("/users"):
            shown = len(json.loads(answer.body))
            if request.query["briefRepresentation"] == "true":
                self.brief += shown
            else:
                self.whole += shown
        return answer


SHARED = 4
"""Users whom two pages of a hundred, and the end after them, show twice."""


@pytest.mark.slow
def test_where_nobody_came_or_went_people_are_read_once(make_realm: MakeRealm, between: Proxy) -> None:
    realm = make_realm(*people(150))
    counted = Counted(between)
    # When
    done = enforced(between.url, realm)
    # Then everybody is read once, and those who were marked first once more
    assert (done.sweep.passes, len(realm.marked())) == (2, 150)
    assert counted.whole <= 150 + SHARED + _READ_BACK


@pytest.mark.slow
def test_what_was_read_before_consent_is_not_read_again(make_realm: MakeRealm, between: Proxy) -> None:
    # Given a realm where half of the people are enrolled
    enrolled = [each | {"credentials": [otp_credential()]} for each in people(100, prefix="enrolled")]
    realm = make_realm(*people(100), *enrolled)
    api = connect(between.url, realm)
    counted = Counted(between)
    # When a preview is shown, and then carried out
    found = plan_enforcement(api)
    read_for_the_preview, counted.whole = counted.whole, 0
    done = enforce(api, consent=preflight.CONSENT, plan=found)
    # Then only those who are written are read again
    assert read_for_the_preview <= 200 + 2 * SHARED
    assert (done.sweep.marked, counted.whole) == (100, 100 + _READ_BACK)


@pytest.mark.slow
def test_who_comes_after_the_preview_is_asked_too(make_realm: MakeRealm, between: Proxy) -> None:
    # Given a preview, after which somebody is imported and somebody removed
    realm = make_realm(*people(20))
    api = connect(between.url, realm)
    found = plan_enforcement(api)
    realm.import_users([person("late")])
    realm.delete(f"users/{realm.user('person-00003')['id']}")
    # When it is carried out
    done = enforce(api, consent=preflight.CONSENT, plan=found)
    # Then
    assert (done.sweep.marked, done.sweep.population.total) == (20, 20)
    assert realm.marked() == set(realm.users())


@pytest.mark.since("26.7")
def test_who_shows_at_the_end_of_a_long_import_is_not_missed(make_realm: MakeRealm, between: Proxy) -> None:
    # Given an import that took four minutes, and ends after the last listing: until then it showed nobody
    realm = make_realm(*people(3))
    late = person("late", createdTimestamp=int((time.time() - 240) * 1_000))
    left = [lambda: realm.import_users([late])]

    def before(request: Any) -> None:
        if left and request.path.endswith("/users") and "createdAfter" in request.query:
            left.pop()()

    between.before = before
    # When
    enforced(between.url, realm)
    # Then
    assert (left, realm.marked()) == ([], set(realm.users()))


def test_something_that_removes_the_action_again_is_named(make_realm: MakeRealm, between: Proxy) -> None:
    # Given a tool that empties the required actions of whoever is written
    realm = make_realm(*people(5))
    ids = {each["id"] for each in realm.users().values()}

    def tool(request: Any, answer: Answer) -> Answer:
        user_id = request.path.rsplit("/", 1)[-1]
        if request.method == "PUT" and user_id in ids:
            realm.put(f"users/{user_id}", {"requiredActions": []})
        return answer

    between.fault = tool
    # When, then
    with pytest.raises(ServerFailingError, match="CONFIGURE_TOTP"):
        enforced(between.url, realm)


def test_somebody_who_lost_the_action_once_is_asked_again(make_realm: MakeRealm, between: Proxy) -> None:
    realm = make_realm(*people(5))
    ids = [each["id"] for each in realm.users().values()]
    left = [ids[2]]

    def once(request: Any, answer: Answer) -> Answer:
        if request.method == "PUT" and left and request.path.endswith(left[0]):
            realm.put(f"users/{left.pop()}", {"requiredActions": []})
        return answer

    between.fault = once
    enforced(between.url, realm)
    assert len(realm.marked()) == 5
