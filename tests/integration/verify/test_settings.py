"""Settings of the realm and its required actions."""

import base64
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from tests.integration import windows
from tests.integration.realms import MakeRealm, Realm, otp_credential
from tests.integration.verify.audit import VerifyRealm, findings, where
from tests.integration.windows import Windows

from embedded_keycloak.server import EmbeddedKeycloak


def test_the_default_action_is_off(enforced: Realm, verify: VerifyRealm) -> None:
    assert where(verify(enforced), "default-action-off") == []
    action = enforced.required_action()
    enforced.put("authentication/required-actions/CONFIGURE_TOTP", action | {"defaultAction": False})
    assert where(verify(enforced), "default-action-off") == ["CONFIGURE_TOTP.defaultAction"]


def test_the_action_is_off(enforced: Realm, verify: VerifyRealm) -> None:
    assert where(verify(enforced), "totp-action-off") == []
    action = enforced.required_action()
    enforced.put("authentication/required-actions/CONFIGURE_TOTP", action | {"enabled": False})
    assert where(verify(enforced), "totp-action-off") == ["CONFIGURE_TOTP.enabled"]


def test_the_action_is_not_registered(enforced: Realm, verify: VerifyRealm) -> None:
    enforced.delete("authentication/required-actions/CONFIGURE_TOTP")
    run = verify(enforced)
    assert where(run, "totp-action-off") == ["CONFIGURE_TOTP"]
    assert where(run, "default-action-off") == ["CONFIGURE_TOTP.defaultAction"]


def test_the_policy_has_drifted(enforced: Realm, verify: VerifyRealm) -> None:
    assert where(verify(enforced), "otp-policy-drift") == []
    policy = {name: value for name, value in enforced.representation().items() if name.startswith("otpPolicy")}
    enforced.put("", policy | {"otpPolicyDigits": 8})
    assert where(verify(enforced), "otp-policy-drift") == ["otpPolicyDigits"]


def test_users_may_remove_their_otp(enforced: Realm, verify: VerifyRealm) -> None:
    assert where(verify(enforced), "otp-self-removal") == ["delete_credential"]
    action = enforced.get_one("authentication/required-actions/delete_credential")
    enforced.put("authentication/required-actions/delete_credential", action | {"enabled": False})
    assert where(verify(enforced), "otp-self-removal") == []


def test_brute_force_protection_is_off(enforced: Realm, verify: VerifyRealm) -> None:
    assert where(verify(enforced), "brute-force-off") == ["bruteForceProtected"]
    enforced.put("", {"bruteForceProtected": True})
    assert where(verify(enforced), "brute-force-off") == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "weak", "strong"),
    [("otpPolicyLookAheadWindow", 2000, 1), ("otpPolicyCodeReusable", True, False)],
)
def test_a_code_that_is_good_for_too_long(
    enforced: Realm, verify: VerifyRealm, setting: str, weak: object, strong: object
) -> None:
    policy = {name: value for name, value in enforced.representation().items() if name.startswith("otpPolicy")}
    for value, expected in ((weak, [setting]), (strong, [])):
        enforced.put("", policy | {setting: value})
        assert where(verify(enforced), "otp-policy-weak") == expected


def test_an_old_code_is_really_taken_where_the_window_is_large(
    make_audited: MakeRealm, verify: VerifyRealm, keycloak: EmbeddedKeycloak
) -> None:
    key = windows.key()
    olga = windows.user("olga", credentials=[*windows.user("olga")["credentials"], otp_credential(secret=key)])
    realm = make_audited(olga)
    policy = {name: value for name, value in realm.representation().items() if name.startswith("otpPolicy")}
    realm.put("", policy | {"otpPolicyLookAheadWindow": 2000})
    code = pyotp.TOTP(base64.b32encode(key.encode()).decode()).at(datetime.now(UTC) - timedelta(hours=10))
    assert Windows(keycloak, realm).grant("olga", totp=code).status_code == 200
    [found] = findings(verify(realm), "otp-policy-weak")
    assert "60000 s" in found["title"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("weak", "named"),
    [
        ({"failureFactor": 10_000_000}, "failureFactor"),
        ({"waitIncrementSeconds": 0}, "waitIncrementSeconds"),
        ({"maxFailureWaitSeconds": 0}, "maxFailureWaitSeconds"),
    ],
)
def test_brute_force_protection_in_name_only(
    enforced: Realm, verify: VerifyRealm, weak: dict[str, int], named: str
) -> None:
    was = {name: enforced.representation()[name] for name in weak}
    enforced.put("", weak)
    # Where it is off, that is said, and no more.
    assert where(verify(enforced), "brute-force-weak") == []
    enforced.put("", {"bruteForceProtected": True})
    assert where(verify(enforced), "brute-force-weak") == [named]
    enforced.put("", was)
    assert where(verify(enforced), "brute-force-weak") == []


@pytest.mark.since("26.6")
def test_a_limit_of_wrong_codes_is_enough(enforced: Realm, verify: VerifyRealm) -> None:
    enforced.put("", {"bruteForceProtected": True, "waitIncrementSeconds": 0, "maxSecondaryAuthFailures": 100})
    assert where(verify(enforced), "brute-force-weak") == []


def test_the_alias_of_the_action_is_held_by_another_provider(make_audited: MakeRealm, verify: VerifyRealm) -> None:
    other = {"alias": "CONFIGURE_TOTP", "name": "Configure OTP", "enabled": True, "defaultAction": True}
    realm = make_audited(requiredActions=[other | {"providerId": "TERMS_AND_CONDITIONS"}])
    [found] = findings(verify(realm), "totp-action-off")
    assert found["where"] == "CONFIGURE_TOTP.providerId"
    assert "TERMS_AND_CONDITIONS" in found["title"]
