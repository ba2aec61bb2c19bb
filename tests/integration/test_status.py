"""`status` is quick at any size: figures where they are cheap, else as they were last counted."""

from typing import Any

import pytest
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.faults import Proxy, proxy
from tests.integration.realms import MakeRealm, Realm, people, person, service_account
from tests.server import Keycloak

from keycloak_2fa.enforcement.status import FEW
from keycloak_2fa.warning_codes import WarningCode

MANY = FEW + 1
VIEWER = {"KC2FA_CLIENT_ID": "viewer", "KC2FA_CLIENT_SECRET": "viewer-secret"}
UNKNOWN = {"enrolled": None, "pending": None, "uncovered": None, "exempt": None, "counted_at": None}


@pytest.fixture(scope="module")
def realm(make_realm: MakeRealm) -> Realm:
    """More users than are counted without being asked to."""
    return make_realm(*people(MANY), clients=(service_account("viewer", "view-realm", "view-users"),))


@pytest.fixture(scope="module")
def before(realm: Realm, kc2fa: Kc2fa) -> Run:
    """Before anybody counted."""
    return kc2fa("status", "--json", realm=realm)


@pytest.fixture(scope="module")
def enforced(realm: Realm, kc2fa: Kc2fa, before: Run) -> Run:
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    assert run.exit == 0, run
    return run


def test_who_was_never_counted_is_not_guessed(before: Run) -> None:
    assert (before.exit, before.data["users"]) == (0, {"total": MANY} | UNKNOWN)
    # And it is said how many there are to count, and how long that takes
    said = before.warned[WarningCode.USERS_NOT_COUNTED_NOW]
    assert ("1,001" in said, "2 s" in said, "--count" in said) == (True, True, True), said


def test_the_text_says_so(realm: Realm, before: Run, kc2fa: Kc2fa) -> None:
    assert "1,001, not counted" in kc2fa("status", realm=realm).stdout


def test_enforce_leaves_what_it_counted(realm: Realm, enforced: Run, kc2fa: Kc2fa, keycloak: Keycloak) -> None:
    with proxy(keycloak.url) as between:
        run = kc2fa("status", "--json", realm=realm, KC2FA_SERVER_URL=between.url)
        assert not lists_users(between)
    assert_counted(run.data["users"], total=MANY, pending=MANY, uncovered=0)
    assert run.data["users"]["counted_at"] in run.warned[WarningCode.USERS_NOT_COUNTED_NOW]


def test_a_viewer_sees_it_too(realm: Realm, enforced: Run, kc2fa: Kc2fa) -> None:
    run = kc2fa("status", "--json", realm=realm, **VIEWER)
    assert_counted(run.data["users"], total=MANY, pending=MANY, uncovered=0)


@pytest.mark.slow
def test_counting_again_is_kept_where_the_caller_may(realm: Realm, enforced: Run, kc2fa: Kc2fa) -> None:
    # Given somebody who was imported since
    realm.import_users([person("late")])
    # When a viewer counts, it is told and not kept
    viewed = kc2fa("status", "--count", "--json", realm=realm, **VIEWER)
    assert viewed.exit == 0
    assert_counted(viewed.data["users"], total=MANY + 1, pending=MANY, uncovered=1)
    assert kc2fa("status", "--json", realm=realm).data["users"]["uncovered"] == 0
    # And when one counts who may write, it is kept, and nothing else has changed
    mark = realm.get_one("roles/two-factor-enforcement")
    assert kc2fa("status", "--count", "--json", realm=realm).data["users"]["uncovered"] == 1
    assert_counted(kc2fa("status", "--json", realm=realm).data["users"], total=MANY + 1, pending=MANY, uncovered=1)
    assert without_counts(realm.get_one("roles/two-factor-enforcement")) == without_counts(mark)


def test_few_users_are_counted_now(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    run = kc2fa("status", "--json", realm=make_realm(*people(3)))
    assert_counted(run.data["users"], total=3, pending=0, uncovered=3)
    assert run.document["warnings"] == []


def test_without_the_extension_it_is_null(before: Run) -> None:
    assert before.data["extension"] is None


def assert_counted(users: dict[str, Any], **expected: int) -> None:
    assert {name: users[name] for name in expected} == expected
    assert users["counted_at"].endswith("Z")


def lists_users(between: Proxy) -> bool:
    return any(path.endswith("/users") for _, path in between.requests)


def without_counts(role: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in role["attributes"].items() if not name.startswith("counted")}
    return role | {"attributes": kept}
