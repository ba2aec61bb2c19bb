"""The proof: a throwaway user on the real pages, who finds what is open and leaves nothing behind."""

import signal
import subprocess
import time
from typing import Any

import pytest
from aiohttp import web
from tests.integration.command import COMMAND, CONFIRM, Kc2fa, Run, environment_for
from tests.integration.faults import Answer, proxy
from tests.integration.realms import MakeRealm, Realm, person, service_account, user_profile
from tests.server import Keycloak

pytestmark = pytest.mark.core


ALL = [
    "new-user-asked",
    "direct-grant-before-set-up",
    "set-up-asked",
    "set-up-skipped",
    "apps",
    "set-up-wrong-code",
    "set-up-accepted",
    "direct-grant-alone",
    "password-alone",
    "wrong-code",
    "code-accepted",
    "used-code",
]
OPEN = ["set-up-skipped"]
"""What is open on every server without the extension; tests/extension/test_prove.py sees it closed."""
SHOE_SIZE = {"name": "shoe", "required": {}, "permissions": {"view": ["admin"], "edit": ["admin"]}}


def enforced(make_realm: MakeRealm, kc2fa: Kc2fa, **settings: Any) -> Realm:
    realm = make_realm(person("jane"), **settings)
    run = kc2fa("enforce", "--json", *CONFIRM, "--accept", "unwritable-users", realm=realm)
    assert run.exit == 0, run.stdout
    return realm


def throwaways(realm: Realm) -> list[str]:
    return [name for name in realm.users() if name.startswith("kc2fa-prove-")]


def checks(data: dict[str, Any]) -> dict[str, bool | None]:
    return {each["id"]: each["passed"] for each in data["checks"]}


def failed(run: Run) -> list[str]:
    return [each for each, passed in checks(run.data).items() if passed is False]


def not_tried(run: Run) -> list[str]:
    return [each for each, passed in checks(run.data).items() if passed is None]


def test_where_2fa_is_on_all_is_asked_and_nobody_is_left(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = enforced(make_realm, kc2fa, bruteForceProtected=True, failureFactor=2)
    run = kc2fa("prove", "--json", realm=realm)
    assert (list(checks(run.data)), failed(run), not_tried(run)) == (ALL, OPEN, [])
    assert throwaways(realm) == []


def test_without_the_extension_the_set_up_page_can_be_skipped(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    run = kc2fa("prove", "--json", realm=enforced(make_realm, kc2fa))
    assert (run.exit, run.error["code"], run.data["holds"]) == (7, "does-not-hold", False)
    assert "extension" in run.error["hint"]


@pytest.mark.slow
def test_where_2fa_is_off_it_says_what_is_open(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(person("jane"))
    run = kc2fa("prove", "--json", realm=realm)
    assert (run.exit, run.error["code"]) == (7, "does-not-hold")
    assert checks(run.data) == {
        "new-user-asked": False,
        "direct-grant-before-set-up": False,
        "set-up-asked": False,
    }
    assert throwaways(realm) == []


DIRECT_GRANTS = ("direct-grant-before-set-up", "direct-grant-alone")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "passed", "said"),
    [
        pytest.param("directAccessGrantsEnabled", True, "not allowed for direct access", id="may log nobody in"),
        pytest.param("enabled", None, "admin-cli got 401", id="is off, so nobody's password was looked at"),
    ],
)
def test_a_direct_grant_client_that(
    make_realm: MakeRealm, kc2fa: Kc2fa, setting: str, passed: bool | None, said: str
) -> None:
    realm = enforced(make_realm, kc2fa)
    [client] = realm.get("clients", clientId="admin-cli")
    realm.put(f"clients/{client['id']}", client | {setting: False})
    # When
    run = kc2fa("prove", "--json", realm=realm)
    # Then
    of_grants = [each for each in run.data["checks"] if each["id"] in DIRECT_GRANTS]
    assert [each["passed"] for each in of_grants] == [passed, passed]
    assert all(said in each["detail"] for each in of_grants)


def test_the_first_page_that_is_not_a_login_form_makes_nobody(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = enforced(make_realm, kc2fa)
    [client] = realm.get("clients", clientId="account-console")
    realm.put(f"clients/{client['id']}", client | {"enabled": False})
    # When
    run = kc2fa("prove", "--json", realm=realm)
    # Then nothing is said of 2FA
    assert (run.exit, run.error["code"]) == (6, "could-not-try")
    assert "account-console" in run.error["hint"]
    created = realm.get("admin-events", operationTypes="CREATE", resourceTypes="USER", max=100)
    assert created == []


def test_a_page_that_has_nothing_to_do_with_2fa_proves_nothing(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given an attribute that users must give at their login, and that no administrator can
    everybody = {"view": ["admin", "user"], "edit": ["user"]}
    theirs = {"name": "motto", "required": {"roles": ["user"]}, "permissions": everybody}
    realm = enforced(make_realm, kc2fa, components=user_profile(theirs))
    # When
    run = kc2fa("prove", "--json", realm=realm)
    # Then
    assert (failed(run), not_tried(run)) == (OPEN, ["set-up-accepted"])
    assert throwaways(realm) == []


def test_what_users_must_give_at_their_login_is_filled_in(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    everybody = {"view": ["admin", "user"], "edit": ["admin", "user"]}
    theirs = {"name": "motto", "required": {"roles": ["user"]}, "permissions": everybody}
    run = kc2fa("prove", "--json", realm=enforced(make_realm, kc2fa, components=user_profile(theirs)))
    assert (failed(run), not_tried(run)) == (OPEN, [])


@pytest.mark.slow
@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_server_that_fails_refuses_nobody(
    make_realm: MakeRealm, kc2fa: Kc2fa, keycloak: Keycloak, status: int
) -> None:
    # Given a proxy that fails where Keycloak refuses a direct access grant
    realm = enforced(make_realm, kc2fa)

    def fails(request: web.Request, answer: Answer) -> Answer:
        # The caller's own login is accepted.
        refused = request.path.endswith("/token") and answer.status == 400
        return Answer(status, b"") if refused else answer

    with proxy(keycloak.url) as between:
        between.fault = fails
        # When
        run = kc2fa("prove", "--json", realm=realm, KC2FA_SERVER_URL=between.url)
    # Then
    assert (run.exit, run.error["code"]) == (4, "server-failing")
    assert throwaways(realm) == []


@pytest.mark.slow
def test_where_emails_are_usernames(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = enforced(make_realm, kc2fa, registrationEmailAsUsername=True)
    assert failed(kc2fa("prove", "--json", realm=realm)) == OPEN
    assert throwaways(realm) == []


def test_with_another_policy_its_codes_are_used(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given a realm that drifted to eight digits, SHA256 and a minute
    realm = enforced(make_realm, kc2fa)
    policy = {"otpPolicyType": "totp", "otpPolicyAlgorithm": "HmacSHA256", "otpPolicyDigits": 8, "otpPolicyPeriod": 60}
    realm.put("", policy | {"otpPolicyLookAheadWindow": 1, "otpPolicyInitialCounter": 0})
    # When
    run = kc2fa("prove", "--json", realm=realm)
    # Then only the apps fail: FreeOTP is the one that is left
    assert (run.exit, failed(run)) == (7, [*OPEN, "apps"])


def test_counted_codes_are_refused(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(otpPolicyType="hotp")
    run = kc2fa("prove", "--json", realm=realm)
    assert (run.exit, run.error["code"]) == (6, "hotp")


@pytest.mark.slow
def test_required_attributes_are_filled_in(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = enforced(make_realm, kc2fa, components=user_profile(SHOE_SIZE))
    assert failed(kc2fa("prove", "--json", realm=realm)) == OPEN


@pytest.mark.slow
def test_one_that_cannot_be_guessed_is_asked_for(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given an attribute that must be a number
    number = SHOE_SIZE | {"validations": {"integer": {"min": "36", "max": "50"}}}
    realm = enforced(make_realm, kc2fa, components=user_profile(number))
    refused = kc2fa("prove", "--json", realm=realm)
    assert (refused.exit, refused.error["code"]) == (6, "throwaway-refused")
    assert "--attribute" in refused.error["hint"]
    assert failed(kc2fa("prove", "--json", "--attribute", "shoe=42", realm=realm)) == OPEN


def test_a_pair_that_is_none(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    run = kc2fa("prove", "--json", "--attribute", "shoe", realm=make_realm())
    assert (run.exit, run.error["code"]) == (2, "usage")


@pytest.mark.slow
@pytest.mark.parametrize("ended_by", [signal.SIGINT, signal.SIGKILL])
def test_what_an_interrupted_run_left_is_removed_by_the_next(
    make_realm: MakeRealm, kc2fa: Kc2fa, keycloak: Keycloak, ended_by: signal.Signals
) -> None:
    # Given a run that ended while its user was there
    realm = enforced(make_realm, kc2fa)
    run = subprocess.Popen([*COMMAND, "prove", "--json"], env=environment_for(keycloak, realm), stdout=subprocess.PIPE)
    until = time.monotonic() + 60
    while not throwaways(realm) and time.monotonic() < until:
        time.sleep(0.02)
    run.send_signal(ended_by)
    run.communicate(timeout=60)
    assert run.returncode in {130, -9}
    # When
    again = kc2fa("prove", "--json", realm=realm)
    # Then
    assert (failed(again), throwaways(realm)) == (OPEN, [])


def test_somebody_whose_name_only_begins_alike_stays(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(person("kc2fa-prove-me-wrong"))
    kc2fa("prove", "--json", realm=realm)
    assert throwaways(realm) == ["kc2fa-prove-me-wrong"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("roles", "missing"),
    [
        (["view-realm", "view-users"], "manage-users is missing"),
        (["manage-users"], "view-realm is missing"),
        (["view-clients"], "view-realm and manage-users are missing"),
    ],
)
def test_a_missing_role_is_named(make_realm: MakeRealm, kc2fa: Kc2fa, roles: list[str], missing: str) -> None:
    realm = make_realm(clients=(service_account("auditor", *roles),))
    run = kc2fa("prove", "--json", realm=realm, KC2FA_CLIENT_ID="auditor", KC2FA_CLIENT_SECRET="auditor-secret")
    assert (run.exit, run.error["code"]) == (3, "role-missing")
    assert missing in run.error["message"]


def test_text_names_each_check(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = enforced(make_realm, kc2fa)
    titles = [each["title"] for each in kc2fa("prove", "--json", realm=realm).data["checks"]]
    run = kc2fa("prove", realm=realm)
    assert (run.stdout.count("ok  "), run.stdout.count("FAILED")) == (len(ALL) - 1, 1)
    assert [title for title, line in zip(titles, run.stdout.splitlines(), strict=True) if title not in line] == []
