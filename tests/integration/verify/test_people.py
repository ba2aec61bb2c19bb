"""Users who are uncovered, and how that came about."""

import re

import pytest
from tests.integration import windows
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import RECOVERY_CODES, MakeRealm, Realm, otp_credential, people, person
from tests.integration.verify.audit import VerifyRealm, findings, where
from tests.integration.windows import Windows

from embedded_keycloak.server import EmbeddedKeycloak


def test_an_import_after_enforcement_is_named(enforced: Realm, verify: VerifyRealm) -> None:
    assert where(verify(enforced), "uncovered-users") == []
    enforced.post("partialImport", {"ifResourceExists": "SKIP", "users": [person("mallory")]})
    assert where(verify(enforced), "uncovered-users") == ["mallory"]


def test_a_foreign_tool_that_resets_the_actions_is_told(enforced: Realm, verify: VerifyRealm) -> None:
    enforced.put(f"users/{enforced.user('alice')['id']}", {"requiredActions": []})
    [found] = findings(verify(enforced), "uncovered-users")
    assert found["where"] == "alice"
    [event] = enforced.get("admin-events", operationTypes="UPDATE", resourceTypes="USER", max=1)
    assert "UPDATE USER" in found["title"]
    assert event["authDetails"]["userId"] in found["title"]


def test_an_administrator_who_removes_an_otp_is_told(
    make_audited: MakeRealm, kc2fa: Kc2fa, verify: VerifyRealm
) -> None:
    realm = make_audited(person("olga", credentials=[otp_credential()]))
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    user = f"users/{realm.user('olga')['id']}"
    [otp] = realm.get(f"{user}/credentials")
    realm.delete(f"{user}/credentials/{otp['id']}")
    [found] = findings(verify(realm), "uncovered-users")
    assert found["where"] == "olga"
    [event] = realm.get("admin-events", resourcePath=f"{user}*", max=1)
    assert f"{event['operationType']} USER" in found["title"]
    assert event["authDetails"]["userId"] in found["title"]


def test_who_removed_their_otp_is_told(
    make_audited: MakeRealm, kc2fa: Kc2fa, verify: VerifyRealm, keycloak: EmbeddedKeycloak
) -> None:
    # Given a realm that is ON and keeps its events, and somebody enrolled
    key = windows.key()
    credentials = [*windows.user("olga")["credentials"], otp_credential(secret=key)]
    realm = make_audited(windows.user("olga", credentials=credentials), eventsEnabled=True)
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    # When
    assert Windows(keycloak, realm).remove_own_otp("olga", windows.phone(key)).status_code == 204
    # Then
    [found] = findings(verify(realm), "uncovered-users")
    assert found["where"] == "olga"
    assert re.search(r"\bevent REMOVE_(TOTP|CREDENTIAL)\b", found["title"])


@pytest.mark.slow
def test_of_many_the_first_are_named_and_all_counted(make_audited: MakeRealm, verify: VerifyRealm) -> None:
    found = where(verify(make_audited(*people(25))), "uncovered-users")
    assert (len(found), found[0], found[-1]) == (21, "person-00000", "5 more users")


@pytest.mark.slow
def test_who_has_another_factor_that_the_browser_flow_asks_for_is_told_so(
    make_audited: MakeRealm, verify: VerifyRealm
) -> None:
    # Given recovery codes, which the browser flow takes, and no OTP
    realm = make_audited(person("coded", credentials=[RECOVERY_CODES]), person("bare"))
    path = "authentication/flows/browser/executions"
    form = next(each for each in realm.get(path) if each.get("providerId") == "auth-recovery-authn-code-form")
    realm.put(path, form | {"requirement": "ALTERNATIVE"})
    # When
    found = findings(verify(realm), "uncovered-users")
    # Then
    assert {each["where"]: each["severity"] for each in found} == {"coded": "medium", "bare": "high"}
    titles = {each["where"]: each["title"] for each in found}
    assert "another second factor" in titles["coded"]
    assert "another second factor" not in titles["bare"]
