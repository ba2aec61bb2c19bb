"""`reset --reason --ticket` without the extension: who, why and ticket in the admin events, and in the report.

And the smallest fine-grained permission (FGAP v2) with which a help desk can reset.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests import warned
from tests.integration.command import Kc2fa
from tests.integration.realms import (
    PHONE_REQUIRED,
    MakeRealm,
    Realm,
    otp_credential,
    password,
    permit,
    person,
    service_account,
    user_profile,
)

from keycloak_2fa.warning_codes import WarningCode

pytestmark = pytest.mark.core

KEPT = {"adminEventsEnabled": True, "adminEventsDetailsEnabled": True}
WHY = ("--reason", "Phone lost — «Zürich»", "--ticket", "HD-4711")
HELPER = {"KC2FA_CLIENT_ID": "helper", "KC2FA_CLIENT_SECRET": "helper-secret"}
EVENTS = service_account("helper", "manage-users", "view-events")


def jane() -> dict[str, Any]:
    return person("jane", requiredActions=["UPDATE_PASSWORD"], credentials=[*password("horse"), otp_credential()])


def told(realm: Realm) -> list[tuple[str, Mapping[str, str]]]:
    """Who reset whom and why, by the admin events alone."""
    events = [each for each in realm.get("admin-events", resourceTypes="USER") if "representation" in each]
    sent = [(each["authDetails"]["userId"], json.loads(each["representation"]).get("self", "")) for each in events]
    return [(by, json.loads(text.removeprefix("kc2fa reset "))) for by, text in sent if text]


def test_who_why_and_ticket_are_in_the_admin_events(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(jane(), clients=(EVENTS,), **KEPT)
    # When
    run = kc2fa("reset", "jane", *WHY, "--json", realm=realm, **HELPER)
    # Then it is done, and it says that the reason is kept
    assert run.exit == 0, run
    assert (run.data["reason"], run.data["ticket"], run.data["recorded"]) == (WHY[1], WHY[3], True)
    assert (sorted(realm.user("jane")["requiredActions"]), realm.user("jane")["totp"]) == (
        ["CONFIGURE_TOTP", "UPDATE_PASSWORD"],
        False,
    )
    # And it is
    helper = realm.user("service-account-helper")["id"]
    assert told(realm) == [(helper, {"reason": WHY[1], "ticket": WHY[3]})]


def test_a_user_whose_set_up_is_due_already_is_reset_with_a_reason_too(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(person("jane", requiredActions=["CONFIGURE_TOTP"]), **KEPT)
    assert kc2fa("reset", "jane", *WHY, "--json", realm=realm).exit == 0
    assert [why for _, why in told(realm)] == [{"reason": WHY[1], "ticket": WHY[3]}]
    assert realm.user("jane")["requiredActions"] == ["CONFIGURE_TOTP"]


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["json", "html", "csv"])
def test_they_are_in_the_report(make_realm: MakeRealm, kc2fa: Kc2fa, tmp_path: Path, ending: str) -> None:
    realm = make_realm(jane(), clients=(service_account("helper", "realm-admin"),), **KEPT)
    kc2fa("reset", "jane", *WHY, realm=realm, **HELPER)
    file = tmp_path / f"report.{ending}"
    run = kc2fa("report", "--json", "--output", str(file), realm=realm, **HELPER)
    assert run.exit == 0, run
    [reset] = run.data["resets"]
    assert reset | {"at": ""} == {
        "at": "",
        "user_id": realm.user("jane")["id"],
        "username": "jane",
        "by": "service-account-helper",
        "reason": WHY[1],
        "ticket": WHY[3],
    }
    text = file.read_text(encoding="utf-8")
    assert WHY[1] in text
    assert WHY[3] in text


def test_a_report_without_view_events_says_that_resets_are_missing(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(jane(), clients=(service_account("helper", "view-realm", "view-users"),), **KEPT)
    run = kc2fa("report", "--json", realm=realm, **HELPER)
    assert run.data["resets"] is None
    notes = warned.by_code(run.data["notes"])[WarningCode.REPORT_INCOMPLETE].splitlines()
    assert len([each for each in notes if "resets" in each]) == 1, notes


@pytest.mark.slow
@pytest.mark.parametrize("off", ["adminEventsEnabled", "adminEventsDetailsEnabled"])
def test_it_says_where_the_realm_keeps_no_reason(make_realm: MakeRealm, kc2fa: Kc2fa, off: str) -> None:
    realm = make_realm(jane(), clients=(EVENTS,), **(KEPT | {off: False}))
    run = kc2fa("reset", "jane", *WHY, "--json", realm=realm, **HELPER)
    assert (run.exit, run.data["recorded"], told(realm)) == (0, False, [])
    assert "view-events" not in run.warned[WarningCode.REASON_NOT_KEPT]


def test_it_says_where_it_cannot_know(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(jane(), clients=(service_account("helper", "manage-users"),), **KEPT)
    run = kc2fa("reset", "jane", *WHY, "--json", realm=realm, **HELPER)
    assert (run.exit, run.data["recorded"], len(told(realm))) == (0, None, 1)
    assert "view-events" in run.warned[WarningCode.REASON_NOT_KEPT]


def test_a_user_whom_keycloak_refuses_to_write_keeps_the_otp(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(jane(), components=user_profile(PHONE_REQUIRED), **KEPT)
    run = kc2fa("reset", "jane", *WHY, "--json", realm=realm)
    assert (run.exit, run.error["code"], realm.user("jane")["totp"]) == (5, "users-not-written", True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "wrong",
    [
        ("--ticket", "HD-1"),
        ("--reason", ""),
        ("--reason", " "),
        ("--reason", "a" * 256),
        ("--reason", "two\nlines"),
        ("--reason", "r", "--ticket", ""),
    ],
)
def test_a_reason_that_is_none_is_refused_before_anything_is_changed(
    make_realm: MakeRealm, kc2fa: Kc2fa, wrong: tuple[str, ...]
) -> None:
    realm = make_realm(jane())
    run = kc2fa("reset", "jane", *wrong, "--json", realm=realm)
    assert (run.exit, realm.user("jane")["totp"]) == (2, True), run


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scopes", "role", "exit_code"),
    [
        (("view", "manage"), "query-users", 0),
        (("view",), "query-users", 3),
        (("manage",), "query-users", 3),
        (("view", "reset-password"), "query-users", 3),
        (("view", "manage"), None, 3),
    ],
)
def test_the_smallest_fine_grained_permission(
    make_realm: MakeRealm, kc2fa: Kc2fa, scopes: tuple[str, ...], role: str | None, exit_code: int
) -> None:
    # Given a help desk that may see and manage jane alone
    account = service_account("helper", *([role] if role else []))
    realm = make_realm(
        jane(), person("joe", credentials=[otp_credential()]), clients=(account,), adminPermissionsEnabled=True, **KEPT
    )
    permit(realm, "service-account-helper", "jane", scopes)
    # When it resets both
    run = kc2fa("reset", "jane", *WHY, "--json", realm=realm, **HELPER)
    other = kc2fa("reset", "joe", *WHY, "--json", realm=realm, **HELPER)
    # Then nobody else can be reset, and without one of them nobody at all
    assert (run.exit, realm.user("jane")["totp"]) == (exit_code, exit_code != 0), run
    assert (other.exit, realm.user("joe")["totp"]) == (3, True), other
    assert len(told(realm)) == (exit_code == 0)
