"""The proof: a throwaway user on the real pages, who finds what is open and leaves nothing behind."""

import signal
import subprocess
import time
from typing import Any

import pytest
from aiohttp import web
from tests.integration.command import COMMAND, CONFIRM, Kc2fa, environment_for
from tests.integration.faults import Answer, proxy
from tests.integration.realms import MakeRealm, Realm, person, service_account, user_profile
from tests.server import Keycloak

pytestmark = pytest.mark.core


ALL = [
    "new-user-asked",
    "direct-grant-before-set-up",
    "set-up-asked",
    "apps",
    "set-up-wrong-code",
    "set-up-accepted",
    "direct-grant-alone",
    "password-alone",
    "wrong-code",
    "code-accepted",
    "used-code",
]
SHOE_SIZE = {"name": "shoe", "required": {}, "permissions": {"view": ["admin"], "edit": ["admin"]}}


def enforced(make_realm: MakeRealm, kc2fa: Kc2fa, **settings: Any) -> Realm:
    realm = make_realm(person("jane"), **settings)
    run = kc2fa("enforce", "--json", *CONFIRM, "--accept", "unwritable-users", realm=realm)
    assert run.exit == 0, run.stdout
    return realm


def throwaways(realm: Realm) -> list[str]:
    return [name for name in realm.users() if name.startswith("kc2fa-prove-")]


def checks(data: dict[str, Any]) -> dict[str, bool]:
    return {each["id"]: each["passed"] for each in data["checks"]}


def test_where_2fa_is_on_everything_holds_and_nobody_is_left(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = enforced(make_realm, kc2fa, bruteForceProtected=True, failureFactor=2)
    run = kc2fa("prove", "--json", realm=realm)
    assert (run.exit, run.data["holds"], checks(run.data)) == (0, True, dict.fromkeys(ALL, True))
    assert throwaways(realm) == []


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


@pytest.mark.parametrize(
    ("setting", "passed", "said"),
    [
        pytest.param("directAccessGrantsEnabled", True, "not allowed for direct access", id="may log nobody in"),
        pytest.param("enabled", False, "not tried", id="is off, so nobody's password was looked at"),
    ],
)
def test_a_direct_grant_client_that(make_realm: MakeRealm, kc2fa: Kc2fa, setting: str, passed: bool, said: str) -> None:
    realm = enforced(make_realm, kc2fa)
    [client] = realm.get("clients", clientId="admin-cli")
    realm.put(f"clients/{client['id']}", client | {setting: False})
    # When
    run = kc2fa("prove", "--json", realm=realm)
    # Then
    of_grants = [each for each in run.data["checks"] if each["id"] in DIRECT_GRANTS]
    assert [each["passed"] for each in of_grants] == [passed, passed]
    assert all(said in each["detail"] for each in of_grants)
    assert (run.exit, run.data["holds"]) == ((0, True) if passed else (7, False))


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


def test_where_emails_are_usernames(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = enforced(make_realm, kc2fa, registrationEmailAsUsername=True)
    assert kc2fa("prove", "--json", realm=realm).exit == 0
    assert throwaways(realm) == []


def test_with_another_policy_its_codes_are_used(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given a realm that drifted to eight digits, SHA256 and a minute
    realm = enforced(make_realm, kc2fa)
    policy = {"otpPolicyType": "totp", "otpPolicyAlgorithm": "HmacSHA256", "otpPolicyDigits": 8, "otpPolicyPeriod": 60}
    realm.put("", policy | {"otpPolicyLookAheadWindow": 1, "otpPolicyInitialCounter": 0})
    # When
    run = kc2fa("prove", "--json", realm=realm)
    # Then only the apps fail: FreeOTP is the one that is left
    assert (run.exit, [each for each, passed in checks(run.data).items() if not passed]) == (7, ["apps"])


def test_counted_codes_are_refused(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(otpPolicyType="hotp")
    run = kc2fa("prove", "--json", realm=realm)
    assert (run.exit, run.error["code"]) == (6, "hotp")


def test_required_attributes_are_filled_in(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = enforced(make_realm, kc2fa, components=user_profile(SHOE_SIZE))
    assert kc2fa("prove", "--json", realm=realm).exit == 0


def test_one_that_cannot_be_guessed_is_asked_for(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given an attribute that must be a number
    number = SHOE_SIZE | {"validations": {"integer": {"min": "36", "max": "50"}}}
    realm = enforced(make_realm, kc2fa, components=user_profile(number))
    refused = kc2fa("prove", "--json", realm=realm)
    assert (refused.exit, refused.error["code"]) == (6, "throwaway-refused")
    assert "--attribute" in refused.error["hint"]
    assert kc2fa("prove", "--json", "--attribute", "shoe=42", realm=realm).exit == 0


def test_a_pair_that_is_none(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    run = kc2fa("prove", "--json", "--attribute", "shoe", realm=make_realm())
    assert (run.exit, run.error["code"]) == (2, "usage")


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
    assert (again.exit, throwaways(realm)) == (0, [])


def test_somebody_whose_name_only_begins_alike_stays(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(person("kc2fa-prove-me-wrong"))
    kc2fa("prove", "--json", realm=realm)
    assert throwaways(realm) == ["kc2fa-prove-me-wrong"]


def test_without_manage_users_the_role_is_named(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(clients=(service_account("auditor", "view-realm", "view-users"),))
    run = kc2fa("prove", "--json", realm=realm, KC2FA_CLIENT_ID="auditor", KC2FA_CLIENT_SECRET="auditor-secret")
    assert (run.exit, run.error["code"]) == (3, "role-missing")


def test_text_names_each_check(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    run = kc2fa("prove", realm=enforced(make_realm, kc2fa))
    assert run.stdout.count("ok    ") == len(ALL)
    assert "A code that was used is refused." in run.stdout
