"""The main job on a realm with people of every kind: who is asked, who and what is left alone."""

from typing import Any

import pytest
import requests
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import MakeRealm, Realm, flow, otp_credential, password, person, user_profile
from tests.server import Keycloak

from keycloak_2fa.warning_codes import WarningCode

pytestmark = pytest.mark.core

WAITING = ["VERIFY_EMAIL", "UPDATE_PASSWORD"]
POLICY_KEYS = {"otpPolicyType", "otpPolicyAlgorithm", "otpPolicyDigits", "otpPolicyPeriod"}


@pytest.fixture(scope="module")
def before() -> dict[str, Any]:
    """What the realm looked like before; filled when it is enforced."""
    return {}


@pytest.fixture(scope="module")
def realm(make_realm: MakeRealm, kc2fa: Kc2fa, before: dict[str, Any]) -> Realm:
    """A realm with another OTP policy, enforced once."""
    realm = make_realm(
        person(
            "alice",
            email="alice@example.org",
            firstName="Alice",
            lastName="Ω",
            credentials=password("alice-pw"),
        ),
        person("disabled", enabled=False),
        person("enrolled", credentials=[*password("enrolled-pw"), otp_credential()]),
        person("waiting", requiredActions=WAITING),
        person("with-attributes", attributes={"team": ["red", "blue"], "locale": ["de"]}),
        person("marked-already", requiredActions=["CONFIGURE_TOTP"]),
        *(person(name) for name in ("ünïcødé", "ανδρέας", "дмитрий", "محمد", "王小明", "さくら")),
        attributes={"ours": "kept", "frontendUrl": ""},
        components=user_profile(unmanaged=True),
        otpPolicyType="hotp",
        otpPolicyAlgorithm="HmacSHA256",
        otpPolicyDigits=8,
        otpPolicyPeriod=60,
        otpPolicyLookAheadWindow=2,
        otpPolicyInitialCounter=0,
        otpPolicyCodeReusable=False,
        smtpServer={"host": "localhost", "from": "a@example.org"},
    )
    before["realm"], before["users"] = realm.representation(), realm.users()
    before["action"] = realm.required_action()
    before["run"] = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    return realm


@pytest.fixture(scope="module")
def data(realm: Realm, before: dict[str, Any]) -> dict[str, Any]:
    """What the run said."""
    assert before["run"].exit == 0, before["run"]
    return dict(before["run"].data)


def test_everybody_without_otp_is_asked(realm: Realm) -> None:
    assert realm.marked() == set(realm.users()) - {"enrolled"}


def test_who_is_enrolled_is_left_alone(realm: Realm) -> None:
    assert realm.user("enrolled")["requiredActions"] == []


def test_disabled_people_are_asked_too(realm: Realm) -> None:
    assert "CONFIGURE_TOTP" in realm.user("disabled")["requiredActions"]


def test_service_accounts_are_left_alone(realm: Realm) -> None:
    assert realm.user("service-account-enforcer")["requiredActions"] == []


def test_other_required_actions_stay(realm: Realm) -> None:
    assert set(realm.user("waiting")["requiredActions"]) == {*WAITING, "CONFIGURE_TOTP"}


def test_nothing_else_of_a_user_changes(realm: Realm, before: dict[str, Any]) -> None:
    def without_actions(users: dict[str, Any]) -> dict[str, Any]:
        return {name: {**user, "requiredActions": None} for name, user in users.items()}

    assert without_actions(realm.users()) == without_actions(before["users"])


def test_nothing_else_of_the_realm_changes(realm: Realm, before: dict[str, Any]) -> None:
    now, was = realm.representation(), before["realm"]
    assert {key for key in now | was if now.get(key) != was.get(key)} == POLICY_KEYS | {"otpSupportedApplications"}


def test_the_policy_suits_all_three_apps(realm: Realm) -> None:
    now = realm.representation()
    assert [now[key] for key in sorted(POLICY_KEYS)] == ["HmacSHA1", 6, 30, "totp"]
    assert len(now["otpSupportedApplications"]) == 3


def test_new_users_are_asked(realm: Realm) -> None:
    realm.post("users", {"username": "newcomer", "enabled": True})
    assert realm.user("newcomer")["requiredActions"] == ["CONFIGURE_TOTP"]


def test_nothing_else_of_the_required_action_changes(realm: Realm, before: dict[str, Any]) -> None:
    assert realm.required_action() == before["action"] | {"enabled": True, "defaultAction": True}


def test_the_answer_says_on(data: dict[str, Any]) -> None:
    assert (data["state"], data["message"]) == ("ON", "2FA is currently set to: ON")


def test_the_figures_add_up(data: dict[str, Any], before: dict[str, Any]) -> None:
    assert data["users"] == {
        "total": len(before["users"]),
        "enrolled": 1,
        "marked": len(before["users"]) - 2,
        "already_marked": 1,
        "exempt": 0,
        "failed": 0,
    }


def test_service_accounts_are_counted_apart(data: dict[str, Any]) -> None:
    assert data["service_accounts"] == 1


def test_the_changes_are_told(data: dict[str, Any]) -> None:
    assert {"setting": "otpPolicyDigits", "before": 8, "after": 6} in data["changes"]
    assert {"setting": "CONFIGURE_TOTP.defaultAction", "before": False, "after": True} in data["changes"]


def test_nobody_is_written_twice(realm: Realm, data: dict[str, Any]) -> None:
    assert set(realm.user_writes().values()) == {1}


def test_a_password_alone_no_longer_logs_in(realm: Realm, data: dict[str, Any], keycloak: Keycloak) -> None:
    answer = requests.post(
        f"{keycloak.url}/realms/{realm.name}/protocol/openid-connect/token",
        data={
            "grant_type": "password",
            "client_id": "admin-cli",
            "username": "alice",
            "password": "alice-pw",
        },
        timeout=30,
    )
    assert (answer.status_code, answer.json()["error_description"]) == (400, "Account is not fully set up")


def test_status_agrees(realm: Realm, data: dict[str, Any], kc2fa: Kc2fa) -> None:
    status = kc2fa("status", "--json", realm=realm).data
    assert (status["state"], status["run_id"], status["engine"]) == ("ON", data["run_id"], "admin-api")
    assert status["enforced_by"] == "service-account-enforcer"
    assert status["users"]["uncovered"] == 0
    assert status["users"]["total"] == status["users"]["enrolled"] + status["users"]["pending"]
    assert status["apps"] == ["Microsoft Authenticator", "FreeOTP", "Google Authenticator"]
    assert status["new_users_covered"] is True


def test_status_says_it_in_words(realm: Realm, data: dict[str, Any], kc2fa: Kc2fa) -> None:
    assert "2FA is currently set to: ON" in kc2fa("status", realm=realm).stdout


def test_a_second_run_changes_nothing(realm: Realm, data: dict[str, Any], kc2fa: Kc2fa) -> None:
    def everything() -> list[Any]:
        status = kc2fa("status", "--json", realm=realm).data
        del status["users"]["counted_at"]
        return [realm.representation(), realm.users(), status]

    was = everything()
    again = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    assert (again.exit, again.data["users"]["marked"], again.data["changes"]) == (0, 0, [])
    assert everything() == was


def test_once_on_it_needs_no_consent_to_say_so(realm: Realm, data: dict[str, Any], kc2fa: Kc2fa) -> None:
    again = kc2fa("enforce", "--json", realm=realm)
    assert (again.exit, again.data["state"], again.data["run_id"]) == (0, "ON", data["run_id"])


def test_what_drifted_is_brought_back(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given a realm that is ON, where the default action was switched off and somebody was imported since
    realm = make_realm(person("early"))
    first = kc2fa("enforce", "--json", *CONFIRM, realm=realm).data
    realm.put("authentication/required-actions/CONFIGURE_TOTP", realm.required_action() | {"defaultAction": False})
    realm.import_users([person("imported")])
    assert realm.marked() == {"early"}
    # When it is enforced again
    again = kc2fa("enforce", "--json", *CONFIRM, realm=realm).data
    # Then both are mended, and it is still the same enforcement
    assert realm.marked() == {"early", "imported"}
    assert realm.required_action()["defaultAction"] is True
    assert again["run_id"] == first["run_id"]


def test_drift_needs_consent_like_the_first_time(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm()
    kc2fa("enforce", *CONFIRM, realm=realm)
    realm.import_users([person("imported")])
    assert kc2fa("enforce", "--json", realm=realm).exit == 6
    assert realm.marked() == set()


def test_status_names_drift(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm()
    kc2fa("enforce", *CONFIRM, realm=realm)
    realm.put("authentication/required-actions/CONFIGURE_TOTP", realm.required_action() | {"defaultAction": False})
    status = kc2fa("status", "--json", realm=realm)
    assert status.data["drift"] == [{"setting": "CONFIGURE_TOTP.defaultAction", "before": False, "after": True}]
    assert status.data["new_users_covered"] is False


def test_sign_out_ends_open_sessions(make_realm: MakeRealm, kc2fa: Kc2fa, keycloak: Keycloak) -> None:
    # Given an open session
    realm = make_realm(
        person("alice", credentials=password("alice-pw"), email="a@example.org", firstName="A", lastName="A")
    )
    url = f"{keycloak.url}/realms/{realm.name}/protocol/openid-connect/token"
    login = {"grant_type": "password", "client_id": "admin-cli", "username": "alice", "password": "alice-pw"}
    token = requests.post(url, data=login, timeout=30).json()["refresh_token"]
    refresh = {"grant_type": "refresh_token", "client_id": "admin-cli", "refresh_token": token}
    assert requests.post(url, data=refresh, timeout=30).status_code == 200
    # When enforcing signs everybody out
    done = kc2fa("enforce", "--sign-out", "--json", *CONFIRM, realm=realm)
    assert done.exit == 0
    assert WarningCode.SESSIONS_OPEN not in done.warned
    # Then the session is over
    assert requests.post(url, data=refresh, timeout=30).status_code == 400


@pytest.mark.slow
def test_sign_out_where_2fa_is_on_already_is_no_nothing(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm()
    assert kc2fa("enforce", *CONFIRM, realm=realm).exit == 0
    assert kc2fa("enforce", "--sign-out", "--json", realm=realm).error["code"] == "no-consent"
    done = kc2fa("enforce", "--sign-out", "--json", *CONFIRM, realm=realm)
    assert WarningCode.SESSIONS_ENDED in done.warned


def test_a_realm_without_people_can_be_enforced(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    done = kc2fa("enforce", "--json", *CONFIRM, realm=make_realm())
    assert (done.exit, done.data["users"]["total"], done.data["state"]) == (0, 0, "ON")


def test_an_odd_realm_name_works(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(person("alice"), name="100% añ b.c")
    done = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    assert (done.exit, realm.marked()) == (0, {"alice"})


def test_a_realm_whose_policy_has_no_algorithm(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given a realm that was created with the policy's type alone, for which Keycloak empties the rest
    realm = make_realm(person("alice"), otpPolicyType="hotp")
    assert kc2fa("preview", "--json", realm=realm).exit == 0
    done = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    assert (done.exit, realm.representation()["otpPolicyAlgorithm"]) == (0, "HmacSHA1")


def test_an_action_that_the_realm_had_not_registered_is_registered(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given a realm whose CONFIGURE_TOTP somebody removed
    realm = make_realm(person("alice"))
    realm.delete("authentication/required-actions/CONFIGURE_TOTP")
    # When it is enforced
    done = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    # Then it is there, and new users get it
    assert done.exit == 0, done
    assert realm.required_action()["defaultAction"] is True
    assert realm.marked() == {"alice"}


def test_it_names_the_flows_that_rely_on_the_required_action(
    make_realm: MakeRealm, kc2fa: Kc2fa, master: dict[str, str]
) -> None:
    # Given a realm as Keycloak makes it, and a client with a flow of its own
    bare = flow("bare", ["auth-username-password-form"])
    realm = make_realm(authenticationFlows=[bare])
    [own] = [each["id"] for each in realm.get("authentication/flows") if each["alias"] == "bare"]
    realm.post("clients", {"clientId": "lax", "authenticationFlowBindingOverrides": {"browser": own}})
    # When
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, **master)
    # Then
    assert "'bare', 'browser', 'direct grant'" in run.warned[WarningCode.FLOWS_UNDEMANDING]
