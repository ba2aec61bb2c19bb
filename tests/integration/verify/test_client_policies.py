"""Client policies that replace the login flow."""

import pytest
from tests.integration import windows
from tests.integration.realms import MakeRealm, Realm, otp_credential
from tests.integration.verify.audit import TIGHT, VerifyRealm, findings, where
from tests.integration.windows import Windows

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.pages import Done, OtpForm

PASSWORD_ONLY = {
    "alias": "password only",
    "providerId": "basic-flow",
    "topLevel": True,
    "builtIn": False,
    "authenticationExecutions": [
        {"authenticator": "auth-username-password-form", "requirement": "REQUIRED", "priority": 10}
    ],
}
ANY_CLIENT = {"condition": "any-client", "configuration": {}}


def set_policy(realm: Realm, flow: str, *, enabled: bool = True, conditions: bool = True) -> None:
    executor = {"executor": "auth-flow-enforcer", "configuration": {"auth-flow-alias": flow}}
    realm.put("client-policies/profiles", {"profiles": [{"name": "weaker", "executors": [executor]}]})
    policy = {
        "name": "special clients",
        "enabled": enabled,
        "conditions": [ANY_CLIENT] if conditions else [],
        "profiles": ["weaker"],
    }
    realm.put("client-policies/policies", {"policies": [policy]})


@pytest.fixture
def realm(make_audited: MakeRealm) -> Realm:
    """A realm whose browser flow demands a code."""
    olga = windows.user("olga", credentials=[*windows.user("olga")["credentials"], otp_credential()])
    return make_audited(olga, authenticationFlows=[*TIGHT, PASSWORD_ONLY], browserFlow="browser with 2FA")


def test_a_flow_without_a_second_factor_lets_in_and_is_named(
    realm: Realm, verify: VerifyRealm, keycloak: EmbeddedKeycloak
) -> None:
    # Given
    assert isinstance(Windows(keycloak, realm).log_in("olga")[1], OtpForm)
    set_policy(realm, "password only")
    assert isinstance(Windows(keycloak, realm).log_in("olga")[1], Done)
    # When, then
    [found] = findings(verify(realm), "client-policy-flow")
    assert (found["where"], found["severity"]) == ("special clients", "high")
    assert "password only" in found["title"]
    # When the policy is disabled, then
    set_policy(realm, "password only", enabled=False)
    assert isinstance(Windows(keycloak, realm).log_in("olga")[1], OtpForm)
    assert where(verify(realm), "client-policy-flow") == []


def test_a_flow_that_demands_a_code_is_silent(realm: Realm, verify: VerifyRealm) -> None:
    set_policy(realm, "browser with 2FA")
    assert where(verify(realm), "client-policy-flow") == []


def test_a_policy_without_conditions_applies_to_nobody(
    realm: Realm, verify: VerifyRealm, keycloak: EmbeddedKeycloak
) -> None:
    set_policy(realm, "password only", conditions=False)
    assert isinstance(Windows(keycloak, realm).log_in("olga")[1], OtpForm)
    assert where(verify(realm), "client-policy-flow") == []


def test_a_flow_that_is_gone_lets_nobody_in(realm: Realm, verify: VerifyRealm) -> None:
    set_policy(realm, "no such flow")
    run = verify(realm)
    assert (run.exit, where(run, "client-policy-flow")) == (7, [])
