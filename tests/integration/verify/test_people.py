"""Users who are uncovered, and how that came about."""

from tests.integration import windows
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import MakeRealm, Realm, otp_credential, people, person
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
    assert "admin event UPDATE USER by client" in found["title"]


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
    assert "admin event" in found["title"]


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
    assert "the user removed the OTP" in found["title"]


def test_of_many_the_first_are_named_and_all_counted(make_audited: MakeRealm, verify: VerifyRealm) -> None:
    found = where(verify(make_audited(*people(25))), "uncovered-users")
    assert (len(found), found[0], found[-1]) == (21, "person-00000", "5 more users")
