"""How well a realm's settings stop an attacker who guesses codes. Pure.

Keycloak counts wrong passwords and wrong codes of a user together (`DefaultBruteForceProtector`). After
`failureFactor` failures each further one locks the user for `waitIncrementSeconds` or a multiple of it, at most
`maxFailureWaitSeconds`. The count starts again `maxDeltaTimeSeconds` after the last failure. With `permanentLockout`
the user stays locked after `maxTemporaryLockouts` of these. From 26.6 on `maxSecondaryAuthFailures` wrong codes lock
the user for good.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

AT_MOST_FAILURES = 100
"""Failures in a row that an account may see: NIST SP 800-63B-4, 3.2.2, "no more than 100"."""

AT_MOST_PER_DAY = 240
"""Guesses at an account in a day that are acceptable without end: ten an hour.

With the enforced policy (6 digits, look-ahead window 1) three codes in a million are good at any time. 240 guesses a
day then hit one within 30 days with a chance of 2 %. The limits that Keycloak has when protection is switched on come
to 223.
"""

AT_MOST_LOOK_AHEAD_SECONDS = 90
"""For how long before and after its time a code may be good.

Keycloak's default is one period, so 30 seconds. RFC 6238, 5.2, recommends at most one period; two more make up for a
phone whose clock is wrong. Each more is one more code in a million that a guess can hit on either side.
"""

_DAY = 86_400
_ENOUGH = 2_000
"""Guesses after which the longest wait is reached in all but absurd settings."""


def weak_limits(realm: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Settings of brute-force protection, which is on, that allow guessing, each with what is wrong.

    Args:
        realm: A RealmRepresentation.
    """
    if 0 < int(realm.get("maxSecondaryAuthFailures") or 0) <= AT_MOST_FAILURES:
        # Codes are what is counted here. After so many wrong ones the user is locked for good.
        return
    failures = int(realm["failureFactor"])
    if failures > AT_MOST_FAILURES:
        yield "failureFactor", f"only {failures} failures lock a user, more than {AT_MOST_FAILURES}"
    elif (guesses := guesses_per_day(realm)) > AT_MOST_PER_DAY:
        many = "any number of" if math.isinf(guesses) else f"about {guesses:.0f}"
        yield _weakest(realm), f"it is {realm[_weakest(realm)]}, which leaves {many} guesses a day"


def guesses_per_day(realm: Mapping[str, Any]) -> float:
    """How many guesses a day the limits leave to an attacker who knows them and never stops.

    Args:
        realm: A RealmRepresentation with protection on.
    """
    for_good = bool(realm.get("permanentLockout"))
    locks_left = int(realm.get("maxTemporaryLockouts") or 0) if for_good else math.inf
    failures, longest = int(realm["failureFactor"]), int(realm["maxFailureWaitSeconds"])
    if for_good and not locks_left:
        # Time does not clear the count then.
        return 0
    if int(realm["maxDeltaTimeSeconds"]) <= 0:
        return math.inf
    best, seconds = 0.0, 0
    for made in range(1, _ENOUGH):
        if made >= failures:
            wait = min(_wait(realm, made), longest)
            if locks_left <= 0:
                return best
            if wait <= 0:
                return math.inf
            locks_left -= 1
            seconds += wait
            best = max(best, _DAY / longest if not for_good else 0.0)
        # To stop here until the count starts again.
        best = max(best, _DAY * made / (seconds + int(realm["maxDeltaTimeSeconds"])))
    return best


def weak_policy(realm: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Settings of the OTP policy that keep a code good for too long, each with what is wrong.

    Args:
        realm: A RealmRepresentation.
    """
    window = int(realm["otpPolicyLookAheadWindow"])
    seconds = window * int(realm["otpPolicyPeriod"] or 0)
    if realm["otpPolicyType"] == "totp" and seconds > AT_MOST_LOOK_AHEAD_SECONDS:
        yield "otpPolicyLookAheadWindow", f"it is {window}: a code is valid for {seconds} s before and after its time"
    if realm["otpPolicyType"] == "totp" and realm.get("otpPolicyCodeReusable"):
        yield "otpPolicyCodeReusable", "a code can be used again while it is valid"


def _wait(realm: Mapping[str, Any], made: int) -> int:
    """Seconds that a failure locks the user for, see `DefaultBruteForceProtector.failure`."""
    step, failures = int(realm["waitIncrementSeconds"]), max(int(realm["failureFactor"]), 1)
    return step * (1 + made - failures if realm.get("bruteForceStrategy") == "LINEAR" else made // failures)


def _weakest(realm: Mapping[str, Any]) -> str:
    """The setting that leaves most of the guesses."""
    if not int(realm["waitIncrementSeconds"]):
        return "waitIncrementSeconds"
    longest = int(realm["maxFailureWaitSeconds"])
    return "maxFailureWaitSeconds" if longest * AT_MOST_PER_DAY < _DAY else "maxDeltaTimeSeconds"
