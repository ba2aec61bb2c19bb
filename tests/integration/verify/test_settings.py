"""Settings of the realm and its required actions."""

from tests.integration.realms import Realm
from tests.integration.verify.audit import VerifyRealm, where


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
