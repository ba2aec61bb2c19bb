"""Brute-force protection and OTP policies that stop nobody who guesses."""

from typing import Any

import pytest

from keycloak_2fa.verification import guessing

DEFAULT: dict[str, Any] = {
    "bruteForceProtected": True,
    "permanentLockout": False,
    "maxTemporaryLockouts": 0,
    "bruteForceStrategy": "MULTIPLE",
    "maxFailureWaitSeconds": 900,
    "minimumQuickLoginWaitSeconds": 60,
    "waitIncrementSeconds": 60,
    "quickLoginCheckMilliSeconds": 1000,
    "maxDeltaTimeSeconds": 43200,
    "failureFactor": 30,
    "maxSecondaryAuthFailures": 0,
    "otpPolicyType": "totp",
    "otpPolicyLookAheadWindow": 1,
    "otpPolicyPeriod": 30,
    "otpPolicyCodeReusable": False,
}
"""What a new realm has, once protection is on."""

FOR_GOOD = {"permanentLockout": True}


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"failureFactor": 5},
        {"bruteForceStrategy": "LINEAR"},
        FOR_GOOD,
        FOR_GOOD | {"maxTemporaryLockouts": 3},
        # Time does not clear the count of a lock for good.
        FOR_GOOD | {"waitIncrementSeconds": 0, "maxDeltaTimeSeconds": 0},
        # Wrong codes lock the user for good whatever the rest is (26.6 and later).
        {"maxSecondaryAuthFailures": 100, "waitIncrementSeconds": 0, "failureFactor": 10_000_000},
    ],
)
def test_stops_who_guesses(settings: dict[str, Any]) -> None:
    assert list(guessing.weak_limits(DEFAULT | settings)) == []


def test_an_older_server_has_no_limit_of_codes() -> None:
    older = {key: value for key, value in DEFAULT.items() if key != "maxSecondaryAuthFailures"}
    assert list(guessing.weak_limits(older)) == []


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"failureFactor": 10_000_000}, "failureFactor"),
        (FOR_GOOD | {"failureFactor": 101}, "failureFactor"),
        ({"waitIncrementSeconds": 0}, "waitIncrementSeconds"),
        ({"maxFailureWaitSeconds": 0}, "maxFailureWaitSeconds"),
        ({"maxFailureWaitSeconds": 60}, "maxFailureWaitSeconds"),
        ({"maxDeltaTimeSeconds": 0}, "maxDeltaTimeSeconds"),
        ({"maxDeltaTimeSeconds": 600}, "maxDeltaTimeSeconds"),
        (FOR_GOOD | {"maxTemporaryLockouts": 3, "waitIncrementSeconds": 0}, "waitIncrementSeconds"),
        (FOR_GOOD | {"maxTemporaryLockouts": 3, "maxDeltaTimeSeconds": 60}, "maxDeltaTimeSeconds"),
        ({"maxSecondaryAuthFailures": 1_000_000, "waitIncrementSeconds": 0}, "waitIncrementSeconds"),
    ],
)
def test_is_protection_in_name_only(settings: dict[str, Any], named: str) -> None:
    assert [setting for setting, _ in guessing.weak_limits(DEFAULT | settings)] == [named]


@pytest.mark.parametrize("settings", [{}, {"otpPolicyLookAheadWindow": 3}, {"otpPolicyLookAheadWindow": 0}])
def test_a_code_is_good_for_a_short_while(settings: dict[str, Any]) -> None:
    assert list(guessing.weak_policy(DEFAULT | settings)) == []


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"otpPolicyLookAheadWindow": 2000}, "otpPolicyLookAheadWindow"),
        ({"otpPolicyLookAheadWindow": 4}, "otpPolicyLookAheadWindow"),
        ({"otpPolicyLookAheadWindow": 2, "otpPolicyPeriod": 60}, "otpPolicyLookAheadWindow"),
        ({"otpPolicyCodeReusable": True}, "otpPolicyCodeReusable"),
    ],
)
def test_a_code_is_good_for_too_long(settings: dict[str, Any], named: str) -> None:
    assert [setting for setting, _ in guessing.weak_policy(DEFAULT | settings)] == [named]
