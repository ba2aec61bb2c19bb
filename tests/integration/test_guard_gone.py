"""A realm whose guard is registered, on a server from which the extension is gone: Keycloak says nothing of it."""

from typing import Any

import pytest
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import MakeRealm, Realm, people, service_account

from keycloak_2fa.realm.guard import ALIAS
from keycloak_2fa.warning_codes import WarningCode

READER = {"KC2FA_CLIENT_ID": "reader", "KC2FA_CLIENT_SECRET": "reader-secret"}
GONE = {"setting": "two-factor-guard.provider", "before": False, "after": True}


@pytest.fixture(scope="module")
def realm(make_realm: MakeRealm, kc2fa: Kc2fa) -> Realm:
    """A realm that is ON, and was when the server still had the extension."""
    actions = [_action("CONFIGURE_TOTP"), _action(ALIAS)]
    realm = make_realm(
        *people(2), requiredActions=actions, clients=(service_account("reader", "view-realm", "view-users"),)
    )
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    # The first to say so.
    assert (run.exit, run.data["state"]) == (0, "ON"), run
    assert WarningCode.GUARD_GONE in run.warned
    assert not [each for each in run.data["changes"] if ALIAS in each["setting"]]
    return realm


def test_status_calls_it_drift_and_says_what_mends_it(realm: Realm, kc2fa: Kc2fa) -> None:
    run = kc2fa("status", "--json", realm=realm, **READER)
    assert (run.exit, run.data["drift"]) == (0, [GONE])
    assert WarningCode.GUARD_GONE in run.warned
    assert WarningCode.DRIFT not in run.warned


def test_preview_says_so_and_promises_no_change(realm: Realm, kc2fa: Kc2fa) -> None:
    run = kc2fa("preview", "--json", realm=realm, **READER)
    assert (run.exit, run.data["changes"]) == (0, [])
    assert WarningCode.GUARD_GONE in run.warned


def test_verify_names_it(realm: Realm, kc2fa: Kc2fa) -> None:
    run = kc2fa("verify", "--json", realm=realm, **READER)
    [found] = [each for each in run.data["findings"] if each["id"] == "guard-off"]
    assert (found["where"], found["severity"]) == (f"{ALIAS}.provider", "high")
    assert "kc2fa extension install" in found["fix"]


@pytest.mark.slow
def test_a_realm_that_never_had_it_is_not_warned(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm()
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    run = kc2fa("status", "--json", realm=realm)
    assert (run.data["drift"], run.document["warnings"]) == ([], [])


def _action(alias: str) -> dict[str, Any]:
    return {"alias": alias, "name": alias, "providerId": alias, "enabled": True, "defaultAction": False}
