"""Users whom the plain update is refused for: reached another way, or named with reason and fix (rule 3)."""

import pytest
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.realms import (
    PHONE_REQUIRED,
    MakeRealm,
    Realm,
    person,
    service_account,
    user_profile,
)

from keycloak_2fa.realm.versions import WORKFLOWS_SINCE

pytestmark = pytest.mark.core

PHONE = {"attributes": {"phone": ["+49 30 1234"]}}


def make(make_realm: MakeRealm) -> Realm:
    """A realm that requires a phone number, and two people who have none."""
    return make_realm(
        person("reachable", **PHONE),
        person("nophone-1"),
        person("nophone-2", requiredActions=["VERIFY_EMAIL"]),
        clients=(service_account("chief", "realm-admin"),),
        components=user_profile(PHONE_REQUIRED),
    )


@pytest.fixture(scope="module")
def realm(make_realm: MakeRealm) -> Realm:
    return make(make_realm)


@pytest.fixture(scope="module")
def run(realm: Realm, kc2fa: Kc2fa) -> Run:
    """A run by a caller with manage-realm and manage-users only, for whom there is no other way."""
    return kc2fa("enforce", "--json", *CONFIRM, realm=realm)


def test_it_says_done_in_part(run: Run) -> None:
    assert (run.exit, run.error["code"]) == (5, "users-not-written")


def test_the_rest_is_done(realm: Realm, run: Run) -> None:
    assert realm.marked() == {"reachable"}


def test_each_is_named_with_reason_and_fix(run: Run) -> None:
    failures = {each["username"]: each for each in run.data["failures"]}
    assert set(failures) == {"nophone-1", "nophone-2"}
    assert "phone" in failures["nophone-1"]["reason"]
    assert all(each["fix"] and each["user_id"] for each in failures.values())


def test_the_figures_add_up(run: Run) -> None:
    users = run.data["users"]
    assert users == {"total": 3, "enrolled": 0, "marked": 1, "already_marked": 0, "exempt": 0, "failed": 2}


def test_the_state_stays_enforcing(realm: Realm, run: Run, kc2fa: Kc2fa) -> None:
    assert run.data["state"] == "ENFORCING"
    assert kc2fa("status", "--json", realm=realm).data["state"] == "ENFORCING"


def test_the_text_names_them_too(realm: Realm, run: Run, kc2fa: Kc2fa) -> None:
    again = kc2fa("enforce", *CONFIRM, realm=realm)
    assert again.exit == 5
    assert "nophone-1" in again.stdout
    assert "2FA is currently set to: ENFORCING" in again.stdout


def test_a_preview_foresees_them(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    data = kc2fa("preview", "--json", realm=make(make_realm)).data
    assert {each["username"] for each in data["failures"]} == {"nophone-1", "nophone-2"}
    assert data["users"] == {
        "total": 3,
        "enrolled": 0,
        "to_mark": 1,
        "already_marked": 0,
        "exempt": 0,
        "failed": 2,
    }


@pytest.mark.slow
def test_a_person_can_accept_them(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make(make_realm)
    run = kc2fa("enforce", "--json", *CONFIRM, "--accept", "unwritable-users", realm=realm)
    assert (run.exit, run.data["state"], len(run.data["failures"])) == (0, "ON", 2)
    assert kc2fa("status", "--json", realm=realm).data["accepted"] == ["unwritable-users"]


@pytest.mark.slow
def test_once_mended_the_next_run_finishes(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given a run that could not write two people
    realm = make(make_realm)
    kc2fa("enforce", *CONFIRM, realm=realm)
    # When they are given what was missing, and it is run again
    for name in ("nophone-1", "nophone-2"):
        realm.put(f"users/{realm.user(name)['id']}", PHONE)
    again = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    # Then it is ON
    assert (again.exit, again.data["state"], again.data["users"]["marked"]) == (0, "ON", 2)


@pytest.mark.slow
def test_a_realm_that_is_on_is_enforcing_again_until_a_new_one_is_mended(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given a realm that is ON, into which somebody without the phone that its profile wants is imported
    realm = make_realm(person("reachable", **PHONE), components=user_profile(PHONE_REQUIRED))
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).data["state"] == "ON"
    realm.import_users([person("nophone")])
    # When it is enforced again
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    # Then it is no longer said to be ON
    assert (run.exit, run.data["state"]) == (5, "ENFORCING")
    status = kc2fa("status", "--json", realm=realm).data
    assert (status["state"], status["enforced_at"]) == ("ENFORCING", None)
    # And when that person is mended, it is
    realm.put(f"users/{realm.user('nophone')['id']}", PHONE)
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).data["state"] == "ON"


@pytest.mark.slow
@pytest.mark.since(WORKFLOWS_SINCE)
@pytest.mark.parametrize("origin", ["realm", "master"])
def test_a_realm_admin_reaches_them_another_way(
    make_realm: MakeRealm, kc2fa: Kc2fa, master: dict[str, str], origin: str
) -> None:
    # Given a caller with realm-admin
    realm = make(make_realm)
    caller = {"KC2FA_CLIENT_ID": "chief", "KC2FA_CLIENT_SECRET": "chief-secret"} if origin == "realm" else master
    # When
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, **caller)
    # Then everybody is marked, what else was due stays due, and no workflow is left behind
    assert (run.exit, run.data["state"], run.data["users"]["marked"]) == (0, "ON", 3), run
    assert realm.marked() == {"reachable", "nophone-1", "nophone-2"}
    assert set(realm.user("nophone-2")["requiredActions"]) == {"VERIFY_EMAIL", "CONFIGURE_TOTP"}
    assert realm.workflows() == []


@pytest.mark.before(WORKFLOWS_SINCE)
def test_without_workflows_a_realm_admin_has_them_named_too(
    make_realm: MakeRealm, kc2fa: Kc2fa, master: dict[str, str]
) -> None:
    run = kc2fa("enforce", "--json", *CONFIRM, realm=make(make_realm), **master)
    assert (run.exit, run.data["state"]) == (5, "ENFORCING")
    assert {each["username"] for each in run.data["failures"]} == {"nophone-1", "nophone-2"}
    assert all(WORKFLOWS_SINCE in each["fix"] for each in run.data["failures"])
