"""The OTP policy: read, compared, brought to what the three apps support."""

from dataclasses import replace
from typing import Any

import pytest

from keycloak_2fa.realm import otp_policy
from keycloak_2fa.realm.otp_policy import OtpPolicy

GOOD = OtpPolicy(
    type="totp",
    algorithm="HmacSHA1",
    digits=6,
    period=30,
    look_ahead_window=1,
    initial_counter=0,
    code_reusable=False,
)
REALM = {
    "realm": "example",
    "otpPolicyType": "hotp",
    "otpPolicyAlgorithm": "HmacSHA256",
    "otpPolicyDigits": 8,
    "otpPolicyPeriod": 60,
    "otpPolicyLookAheadWindow": 3,
    "otpPolicyInitialCounter": 7,
    "otpPolicyCodeReusable": True,
}


def test_a_policy_is_read_from_the_realm() -> None:
    assert otp_policy.from_realm(REALM) == OtpPolicy(
        type="hotp",
        algorithm="HmacSHA256",
        digits=8,
        period=60,
        look_ahead_window=3,
        initial_counter=7,
        code_reusable=True,
    )


def test_a_realm_shown_without_its_policy_has_none_to_read() -> None:
    assert otp_policy.from_realm({"realm": "example"}) is None


def test_a_policy_shown_in_part_is_not_guessed() -> None:
    shown = {key: value for key, value in REALM.items() if key != "otpPolicyPeriod"}

    with pytest.raises(KeyError):
        otp_policy.from_realm(shown)


def test_what_was_read_is_what_would_be_written() -> None:
    policy = otp_policy.from_realm(REALM)

    assert policy is not None
    assert {"realm": "example", **otp_policy.to_realm(policy)} == REALM


def test_a_write_carries_the_policy_and_nothing_else() -> None:
    assert set(otp_policy.to_realm(GOOD)) == {
        "otpPolicyType",
        "otpPolicyAlgorithm",
        "otpPolicyDigits",
        "otpPolicyPeriod",
        "otpPolicyLookAheadWindow",
        "otpPolicyInitialCounter",
        "otpPolicyCodeReusable",
    }


def test_enforcement_brings_any_policy_to_one_that_every_app_supports() -> None:
    current = OtpPolicy("hotp", "HmacSHA512", 8, 60, look_ahead_window=1, initial_counter=0, code_reusable=False)

    assert otp_policy.enforced(current).compatible


def test_enforcement_leaves_what_the_apps_do_not_care_about() -> None:
    current = OtpPolicy("hotp", "HmacSHA512", 8, 60, look_ahead_window=5, initial_counter=9, code_reusable=True)

    assert otp_policy.enforced(current) == replace(GOOD, look_ahead_window=5, initial_counter=9, code_reusable=True)


def test_the_policy_that_every_app_supports_is_compatible() -> None:
    assert GOOD.compatible


@pytest.mark.parametrize(
    "deviation",
    [
        {"type": "hotp"},
        {"algorithm": "HmacSHA256"},
        {"algorithm": "HmacSHA512"},
        {"digits": 8},
        {"period": 60},
        {"period": 29},
    ],
    ids=str,
)
def test_one_deviation_makes_a_policy_incompatible(deviation: dict[str, Any]) -> None:
    assert not replace(GOOD, **deviation).compatible


@pytest.mark.parametrize(
    "deviation", [{"look_ahead_window": 0}, {"initial_counter": 5}, {"code_reusable": True}], ids=str
)
def test_what_the_apps_do_not_see_does_not_matter_to_them(deviation: dict[str, Any]) -> None:
    assert replace(GOOD, **deviation).compatible


def test_equal_policies_have_no_differences() -> None:
    assert otp_policy.differences(GOOD, GOOD) == []


@pytest.mark.parametrize(
    ("deviation", "difference"),
    [
        ({"type": "hotp"}, ("otpPolicyType", "hotp", "totp")),
        ({"algorithm": "HmacSHA256"}, ("otpPolicyAlgorithm", "HmacSHA256", "HmacSHA1")),
        ({"digits": 8}, ("otpPolicyDigits", 8, 6)),
        ({"period": 60}, ("otpPolicyPeriod", 60, 30)),
        ({"look_ahead_window": 3}, ("otpPolicyLookAheadWindow", 3, 1)),
        ({"initial_counter": 4}, ("otpPolicyInitialCounter", 4, 0)),
        ({"code_reusable": True}, ("otpPolicyCodeReusable", True, False)),
    ],
)
def test_a_difference_is_told_as_key_before_and_after(
    deviation: dict[str, Any], difference: tuple[str, Any, Any]
) -> None:
    assert otp_policy.differences(replace(GOOD, **deviation), GOOD) == [difference]


@pytest.mark.parametrize(
    ("listed", "names"),
    [
        pytest.param(
            ["totpAppGoogleName", "totpAppFreeOTPName", "totpAppMicrosoftAuthenticatorName"],
            ["Microsoft Authenticator", "FreeOTP", "Google Authenticator"],
            id="the three, whatever the server's order",
        ),
        pytest.param(["totpAppGoogleName", "totpAppFreeOTPName"], ["FreeOTP", "Google Authenticator"], id="two"),
        pytest.param(["totpAppFreeOTPName"], ["FreeOTP"], id="one"),
        pytest.param([], [], id="none"),
        pytest.param(
            ["totpAppZebra", "totpAppGoogleName", "totpAppAnt"],
            ["Google Authenticator", "totpAppAnt", "totpAppZebra"],
            id="unknown ones last and sorted",
        ),
    ],
)
def test_the_apps_are_named_in_a_fixed_order(listed: list[str], names: list[str]) -> None:
    assert otp_policy.apps({"otpSupportedApplications": listed}) == names


def test_a_realm_that_lists_no_apps_has_none() -> None:
    assert otp_policy.apps({}) == []
