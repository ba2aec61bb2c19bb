"""The settings of a realm that decide whether 2FA is demanded: the second half of an auditor's question."""

from typing import Any

from keycloak_2fa.realm.settings import RealmSettings

_FLOWS = (
    *("browserFlow", "directGrantFlow", "registrationFlow", "resetCredentialsFlow"),
    *("clientAuthenticationFlow", "dockerAuthenticationFlow", "firstBrokerLoginFlow"),
)
_BRUTE_FORCE = (
    *("bruteForceProtected", "permanentLockout", "failureFactor", "waitIncrementSeconds", "maxFailureWaitSeconds"),
    *("minimumQuickLoginWaitSeconds", "quickLoginCheckMilliSeconds", "maxDeltaTimeSeconds"),
    *("maxTemporaryLockouts", "bruteForceStrategy", "maxSecondaryAuthFailures"),
)


def of(realm: RealmSettings) -> dict[str, Any]:
    """The settings, by Keycloak's own names where they have one."""
    policy, kept = realm.policy, realm.representation
    return {
        "otp_policy": {
            "type": policy.type,
            "algorithm": policy.algorithm,
            "digits": policy.digits,
            "period": policy.period,
            "look_ahead_window": policy.look_ahead_window,
            "code_reusable": policy.code_reusable,
            "compatible": policy.compatible,
        },
        "required_action": {
            "enabled": bool(realm.action and realm.action.enabled),
            "default_action": bool(realm.action and realm.action.default),
        },
        "flow_bindings": {name: kept[name] for name in _FLOWS if kept.get(name)},
        "brute_force": {name: kept[name] for name in _BRUTE_FORCE if name in kept},
        "events_kept": bool(kept.get("eventsEnabled")),
        "admin_events_kept": bool(kept.get("adminEventsEnabled")),
    }
