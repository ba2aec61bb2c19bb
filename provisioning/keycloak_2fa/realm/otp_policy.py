"""The realm's OTP policy: what it is, what it must be, and which apps can follow it.

TOTP (RFC 6238) with SHA1, 6 digits and a period of 30 s is the one policy that Google Authenticator,
Microsoft Authenticator and FreeOTP all support; Keycloak lists an app on its set-up page only when it does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

APPS = {
    "totpAppMicrosoftAuthenticatorName": "Microsoft Authenticator",
    "totpAppFreeOTPName": "FreeOTP",
    "totpAppGoogleName": "Google Authenticator",
}
"""Keycloak's message keys for the three apps and their names, in the order people are shown."""


@dataclass(frozen=True)
class OtpPolicy:
    """A realm's OTP policy.

    Attributes:
        type: `totp` or `hotp`.
        algorithm: As Keycloak names it: `HmacSHA1`, `HmacSHA256` or `HmacSHA512`; empty where the realm has none.
        digits: Length of a code.
        period: Seconds that a code lives.
        look_ahead_window: Codes before and after the current one that are accepted too.
        initial_counter: Where an HOTP counter starts.
        code_reusable: Whether one code may be used twice.
    """

    type: str
    algorithm: str
    digits: int
    period: int
    look_ahead_window: int
    initial_counter: int
    code_reusable: bool

    @property
    def compatible(self) -> bool:
        """Whether Google Authenticator, Microsoft Authenticator and FreeOTP all work with it."""
        return all(getattr(self, name) == value for name, value in ENFORCED.items())


ENFORCED: Mapping[str, Any] = {"type": "totp", "algorithm": "HmacSHA1", "digits": 6, "period": 30}
"""The four values that enforcement sets. The other three stay as the realm has them."""

_KEYS = {
    "type": "otpPolicyType",
    "algorithm": "otpPolicyAlgorithm",
    "digits": "otpPolicyDigits",
    "period": "otpPolicyPeriod",
    "look_ahead_window": "otpPolicyLookAheadWindow",
    "initial_counter": "otpPolicyInitialCounter",
    "code_reusable": "otpPolicyCodeReusable",
}


def from_realm(realm: Mapping[str, Any]) -> OtpPolicy | None:
    """Read the policy from a RealmRepresentation.

    Returns:
        None where the server left it out, as it does for a caller without the role view-realm.
    """
    if "otpPolicyType" not in realm:
        return None
    # A realm that was created with the type alone has no algorithm.
    given = {"otpPolicyAlgorithm": "", **realm}
    return OtpPolicy(**{name: given[key] for name, key in _KEYS.items()})


def enforced(current: OtpPolicy) -> OtpPolicy:
    """The policy that enforcement brings a realm to."""
    return replace(current, **ENFORCED)


def to_realm(policy: OtpPolicy) -> dict[str, Any]:
    """The seven keys of a RealmRepresentation; Keycloak ignores or zeroes the rest when one is missing."""
    return {key: getattr(policy, name) for name, key in _KEYS.items()}


def differences(current: OtpPolicy, wanted: OtpPolicy) -> list[tuple[str, Any, Any]]:
    """What differs, as (key of the RealmRepresentation, current value, wanted value)."""
    have, want = to_realm(current), to_realm(wanted)
    return [(key, have[key], want[key]) for key in want if have[key] != want[key]]


def apps(realm: Mapping[str, Any]) -> list[str]:
    """Names of the apps that the realm's set-up page lists, in a fixed order."""
    listed = set(realm.get("otpSupportedApplications", ()))
    return [name for key, name in APPS.items() if key in listed] + sorted(listed - APPS.keys())
