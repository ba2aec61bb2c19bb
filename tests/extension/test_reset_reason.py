"""`reset --reason --ticket` with the extension, which keeps them as details of an event of its own."""

from typing import Any

import pytest
from tests.integration.command import Kc2fa
from tests.integration.realms import MakeRealm, Realm, otp_credential, permit, person, service_account

pytestmark = pytest.mark.slow

WHY = ("--reason", "Phone lost", "--ticket", "HD-4711")
HELPER = {"KC2FA_CLIENT_ID": "helper", "KC2FA_CLIENT_SECRET": "helper-secret"}
ALL = service_account("helper", "realm-admin")


def of_resets(realm: Realm) -> list[dict[str, Any]]:
    return [each for each in realm.get("admin-events") if each["resourcePath"].endswith("/two-factor-reset")]


@pytest.fixture
def realm(make_realm: MakeRealm) -> Realm:
    """Jane with a device; admin events are kept, without their representations."""
    jane = person("jane", credentials=[otp_credential()])
    return make_realm(jane, clients=(ALL,), adminEventsEnabled=True, adminEventsDetailsEnabled=False)


def test_they_are_kept_also_where_the_realm_keeps_no_representations(realm: Realm, kc2fa: Kc2fa) -> None:
    run = kc2fa("reset", "jane", *WHY, "--json", realm=realm, **HELPER)
    assert (run.exit, run.data["recorded"]) == (0, True), run
    assert (realm.user("jane")["totp"], realm.marked()) == (False, {"jane"})
    [event] = of_resets(realm)
    assert (event["details"]["reason"], event["details"]["ticket"]) == ("Phone lost", "HD-4711")


def test_they_are_in_the_report(realm: Realm, kc2fa: Kc2fa) -> None:
    kc2fa("reset", "jane", "--reason", "Phone lost", realm=realm, **HELPER)
    [reset] = kc2fa("report", "--json", realm=realm, **HELPER).data["resets"]
    expected = {"username": "jane", "by": "service-account-helper", "reason": "Phone lost", "ticket": ""}
    assert {name: reset[name] for name in expected} == expected


def test_the_admin_api_can_be_asked_for(realm: Realm, kc2fa: Kc2fa) -> None:
    run = kc2fa("reset", "jane", *WHY, "--engine", "admin-api", "--json", realm=realm, **HELPER)
    assert (run.exit, run.data["recorded"], of_resets(realm)) == (0, False, [])


def test_both_ways_are_in_one_report(realm: Realm, kc2fa: Kc2fa) -> None:
    realm.put("", {"adminEventsDetailsEnabled": True})
    kc2fa("reset", "jane", "--reason", "first", "--engine", "admin-api", realm=realm, **HELPER)
    kc2fa("reset", "jane", "--reason", "second", realm=realm, **HELPER)
    resets = kc2fa("report", "--json", realm=realm, **HELPER).data["resets"]
    assert [each["reason"] for each in resets] == ["second", "first"]


def test_the_smallest_fine_grained_permission(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given a help desk that may see and manage jane alone
    realm = make_realm(
        person("jane", credentials=[otp_credential()]),
        person("joe", credentials=[otp_credential()]),
        clients=(service_account("helper", "query-users"),),
        adminPermissionsEnabled=True,
        adminEventsEnabled=True,
    )
    permit(realm, "service-account-helper", "jane", ["view", "manage"])
    # When it resets both, the extension does it for jane and nobody for joe
    jane = kc2fa("reset", "jane", *WHY, "--json", realm=realm, **HELPER)
    joe = kc2fa("reset", "joe", *WHY, "--json", realm=realm, **HELPER)
    assert (jane.exit, joe.exit) == (0, 3), (jane, joe)
    assert (realm.user("jane")["totp"], realm.user("joe")["totp"]) == (False, True)
    assert [each["details"]["username"] for each in of_resets(realm)] == ["jane"]
