"""Settings of the realm that have drifted."""

import pytest
from tests.integration import windows
from tests.integration.command import Kc2fa
from tests.integration.harden.conftest import AS_KEEPER, Harden, new_user
from tests.integration.realms import MakeRealm, person
from tests.integration.windows import Windows

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.pages import Done, SetUpTotp, expect


@pytest.mark.slow
def test_new_users(make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak) -> None:
    realm = make_open()
    people = Windows(keycloak, realm)
    realm.post("users", new_user("before"))
    assert isinstance(people.log_in("before")[1], Done)
    harden(realm, "default-action-off")
    realm.post("users", new_user("after"))
    assert isinstance(people.log_in("after")[1], SetUpTotp)


@pytest.mark.slow
def test_the_action_itself(make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak) -> None:
    # Given somebody who must set up OTP, and an action that is off
    realm = make_open(windows.user("alice", requiredActions=["CONFIGURE_TOTP"]))
    realm.put("authentication/required-actions/CONFIGURE_TOTP", realm.required_action() | {"enabled": False})
    people = Windows(keycloak, realm)
    assert isinstance(people.log_in("alice")[1], Done)
    harden(realm, "totp-action-off")
    assert isinstance(people.log_in("alice")[1], SetUpTotp)


def test_the_otp_policy(make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak) -> None:
    policy = {"otpPolicyType": "totp", "otpPolicyAlgorithm": "HmacSHA1", "otpPolicyDigits": 8}
    policy |= {"otpPolicyPeriod": 30, "otpPolicyLookAheadWindow": 3, "otpPolicyInitialCounter": 0}
    realm = make_open(windows.user("alice", requiredActions=["CONFIGURE_TOTP"]), **policy)
    people = Windows(keycloak, realm)
    assert "Microsoft Authenticator" not in expect(people.log_in("alice")[1], SetUpTotp).apps
    harden(realm, "otp-policy-drift")
    assert "Microsoft Authenticator" in expect(people.log_in("alice")[1], SetUpTotp).apps
    assert realm.representation()["otpPolicyLookAheadWindow"] == 3
    assert realm.required_action()["defaultAction"] is False


@pytest.mark.slow
def test_nothing_else_is_changed(make_open: MakeRealm, harden: Harden) -> None:
    realm = make_open(person("alice"), attributes={"ours": "kept"}, failureFactor=7, resetPasswordAllowed=True)
    was, people = realm.representation(), realm.users()
    done = harden(realm)
    now = realm.representation()
    assert {key for key in now | was if now.get(key) != was.get(key)} == {
        "browserFlow",
        "directGrantFlow",
        "resetCredentialsFlow",
        "bruteForceProtected",
    }
    assert realm.users() == people
    assert {each["setting"] for each in done.data["changes"]} == {
        "browserFlow",
        "directGrantFlow",
        "resetCredentialsFlow",
        "bruteForceProtected",
        "CONFIGURE_TOTP.defaultAction",
        "delete_credential.enabled",
    }


def test_only_what_was_picked_is_changed(make_open: MakeRealm, harden: Harden) -> None:
    realm = make_open()
    was = realm.representation()
    harden(realm, "brute-force-off")
    assert realm.representation() == was | {"bruteForceProtected": True}


@pytest.mark.slow
def test_a_second_time_there_is_nothing_to_do(make_open: MakeRealm, harden: Harden, kc2fa: Kc2fa) -> None:
    realm = make_open(resetPasswordAllowed=True)
    harden(realm)
    was = realm.get("admin-events", max=1000)
    again = kc2fa("harden", "--all", "--json", realm=realm, **AS_KEEPER)
    assert (again.exit, again.data["changes"], again.data["left"]) == (0, [], [])
    assert realm.get("admin-events", max=1000) == was
