"""What `verify` and `status` say of a realm that the extension's guard watches."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.extension.logins import ENGINES, add_app, direct_grant, with_password
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.realms import MakeRealm, Realm, otp_credential, service_account
from tests.integration.verify.audit import as_client, findings, held, set_client, where

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.realm.enforcement_state import ROLE
from keycloak_2fa.realm.guard import ALIAS
from keycloak_2fa.verification.checks import CHECKS, HELD_BY_GUARD
from keycloak_2fa.warning_codes import WarningCode

README_ACCOUNT = service_account("kc2fa", "manage-realm", "manage-users", "view-clients", "view-identity-providers")
"""The service account that docs/getting-started.md creates."""
SOCIAL = {"alias": "github", "providerId": "github", "enabled": True, "config": {"clientId": "us", "clientSecret": "s"}}
TOTP = {"alias": "CONFIGURE_TOTP", "providerId": "CONFIGURE_TOTP", "name": "Configure OTP", "enabled": True}
GUARD = f"authentication/required-actions/{ALIAS}"


def verify(kc2fa: Kc2fa, realm: Realm) -> Run:
    return kc2fa("verify", "--json", realm=realm, **as_client("kc2fa"))


def import_user(realm: Realm, username: str, **more: Any) -> None:
    """A user whom no default action reaches."""
    realm.import_users([with_password(username, **more)])


@pytest.fixture
def realm(make_realm: MakeRealm, kc2fa: Kc2fa) -> Realm:
    """A realm that is ON, with the settings of a new one beside the app, and events that say nothing."""
    realm = make_realm(
        with_password("early"), clients=(README_ACCOUNT,), bruteForceProtected=True, identityProviders=[SOCIAL]
    )
    add_app(realm)
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    return realm


@pytest.mark.slow
def test_the_readmes_account_gets_0_without_harden(realm: Realm, kc2fa: Kc2fa) -> None:
    run = verify(kc2fa, realm)
    assert (run.exit, run.data["holds"], run.data["findings"]) == (0, True, [])


@pytest.mark.slow
def test_what_the_guard_holds_is_told_with_all_fields_and_by_whom(realm: Realm, kc2fa: Kc2fa) -> None:
    import_user(realm, "imported")
    realm.put("", {"resetPasswordAllowed": True})
    run = verify(kc2fa, realm)
    assert run.exit == 0
    assert {each["id"] for each in run.data["held"]} == {
        "uncovered-users",
        "flow-conditional",
        "broker-without-2fa",
        "otp-self-removal",
        "direct-grant-clients",
        "reset-credentials",
        "set-up-skippable",
    }
    for each in run.data["held"]:
        assert {"id", "severity", "title", "where", "why", "fix", "by"} == each.keys()
        assert each["by"] == "guard"


@pytest.mark.slow
def test_in_words_it_is_a_note(realm: Realm, kc2fa: Kc2fa) -> None:
    run = kc2fa("verify", realm=realm, **as_client("kc2fa"))
    assert run.exit == 0
    assert "guard" in run.stdout.partition("flow-conditional (browser")[0]
    assert "flow-conditional (browser" in run.stdout


@pytest.mark.slow
def test_an_imported_user_is_held_and_really_is_not_let_in(
    realm: Realm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak
) -> None:
    import_user(realm, "imported")
    run = verify(kc2fa, realm)
    assert (where(run, "uncovered-users"), held(run, "uncovered-users")) == ([], ["imported"])
    [told] = [each for each in run.data["held"] if each["where"] == "imported"]
    [check] = [each for each in CHECKS if each.id == "uncovered-users"]
    assert told["why"] == check.held
    assert direct_grant(keycloak, realm, "imported").status_code == 400


def test_status_says_the_same_of_them(realm: Realm, kc2fa: Kc2fa) -> None:
    import_user(realm, "imported")
    run = kc2fa("status", "--json", realm=realm)
    assert run.data["users"]["uncovered"] == 1
    assert WarningCode.GUARD_HOLDS_UNCOVERED in run.warned


def test_settings_that_drifted_are_found_also_with_the_guard(realm: Realm, kc2fa: Kc2fa) -> None:
    action = realm.required_action()
    realm.put("authentication/required-actions/CONFIGURE_TOTP", action | {"enabled": False, "defaultAction": False})
    run = verify(kc2fa, realm)
    assert (where(run, "default-action-off"), where(run, "totp-action-off")) == (
        ["CONFIGURE_TOTP.defaultAction"],
        ["CONFIGURE_TOTP.enabled"],
    )
    assert run.exit == 7


def test_sessions_from_before_are_held_and_their_users_get_no_new_token(
    make_realm: MakeRealm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak
) -> None:
    # Given a session from before enforcement
    realm = make_realm(with_password("early"), clients=(README_ACCOUNT,), bruteForceProtected=True)
    add_app(realm)
    assert direct_grant(keycloak, realm, "early").status_code == 200
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    later = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    mark = realm.get_one(f"roles/{ROLE}")
    realm.put(f"roles/{ROLE}", mark | {"attributes": mark["attributes"] | {"enforced_at": [later]}})
    # When, then
    run = verify(kc2fa, realm)
    assert (run.exit, where(run, "open-sessions"), held(run, "open-sessions")) == (0, [], ["app"])


class TestNotHeld:
    @pytest.mark.slow
    def test_saml_ecp(self, realm: Realm, kc2fa: Kc2fa) -> None:
        realm.post("clients", {"clientId": "ecp", "protocol": "saml", "attributes": {"saml.allow.ecp.flow": "true"}})
        assert where(verify(kc2fa, realm), "saml-ecp") == ["ecp"]

    @pytest.mark.slow
    def test_ciba(self, realm: Realm, kc2fa: Kc2fa) -> None:
        set_client(realm, "app", attributes={"oidc.ciba.grant.enabled": "true"}, publicClient=False)
        assert where(verify(kc2fa, realm), "grant-without-2fa") == ["app"]

    @pytest.mark.slow
    def test_weak_settings(self, realm: Realm, kc2fa: Kc2fa) -> None:
        realm.put("", {"failureFactor": 10_000_000, "waitIncrementSeconds": 0})
        assert where(verify(kc2fa, realm), "brute-force-weak") == ["failureFactor"]

    def test_passkeys(self, make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
        realm = make_realm(clients=(README_ACCOUNT,), webAuthnPolicyPasswordlessPasskeysEnabled=True)
        assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
        assert where(verify(kc2fa, realm), "passkey-skips-otp") == ["browser"]


class TestGuardOff:
    def test_a_guard_that_is_disabled_is_named_and_holds_nothing(self, realm: Realm, kc2fa: Kc2fa) -> None:
        realm.put(GUARD, realm.get_one(GUARD) | {"enabled": False})
        run = verify(kc2fa, realm)
        assert (run.exit, where(run, "guard-off"), run.data["held"]) == (7, [f"{ALIAS}.enabled"], [])
        assert findings(run, "guard-off")[0]["severity"] == "high"
        assert {each["id"] for each in run.data["findings"]} & HELD_BY_GUARD

    def test_enforce_mends_it(self, realm: Realm, kc2fa: Kc2fa) -> None:
        realm.put(GUARD, realm.get_one(GUARD) | {"enabled": False})
        assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
        assert verify(kc2fa, realm).exit == 0

    @pytest.mark.slow
    @pytest.mark.parametrize("engine", ENGINES)
    def test_a_guard_whose_name_another_provider_has_is_named_and_mended(
        self, make_realm: MakeRealm, kc2fa: Kc2fa, engine: str
    ) -> None:
        # Given a realm that was imported with the guard's alias on another provider
        other = {"alias": ALIAS, "providerId": "TERMS_AND_CONDITIONS", "name": "Terms", "enabled": True}
        realm = make_realm(
            with_password("early"), clients=(README_ACCOUNT,), bruteForceProtected=True, requiredActions=[other, TOTP]
        )
        realm.post("roles", {"name": ROLE, "attributes": {"state": ["ON"], "engine": ["extension"]}})
        # When, then
        run = verify(kc2fa, realm)
        assert (where(run, "guard-off"), run.data["held"]) == ([f"{ALIAS}.providerId"], [])
        # When it is enforced again, then
        done = kc2fa("enforce", "--json", "--engine", engine, *CONFIRM, realm=realm)
        assert done.exit == 0, done.stdout
        assert realm.get_one(GUARD)["providerId"] == ALIAS
        assert where(verify(kc2fa, realm), "guard-off") == []

    def test_a_guard_that_was_deleted_is_named(self, realm: Realm, kc2fa: Kc2fa) -> None:
        realm.delete(GUARD)
        assert where(verify(kc2fa, realm), "guard-off") == [f"{ALIAS}.registered"]

    def test_an_extension_that_came_after_enforcement_is_a_note_and_no_drift(
        self, make_realm: MakeRealm, kc2fa: Kc2fa
    ) -> None:
        # Given a realm that was enforced without the extension, as its role says
        realm = make_realm(with_password("early"), clients=(README_ACCOUNT,), adminEventsEnabled=False)
        assert kc2fa("enforce", "--json", "--engine", "admin-api", *CONFIRM, realm=realm).exit == 0
        realm.delete(GUARD)
        # When
        run, status = verify(kc2fa, realm), kc2fa("status", "--json", realm=realm)
        # Then
        assert where(run, "guard-off") == []
        assert WarningCode.GUARD_NOT_ON in run.warned
        assert status.data["drift"] == []
        assert WarningCode.GUARD_NOT_ON in status.warned

    @pytest.mark.slow
    def test_who_deleted_it_is_told_where_events_are_kept(self, make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
        realm = make_realm(with_password("early"), clients=(service_account("auditor", "realm-admin"),))
        assert kc2fa("enforce", "--json", "--engine", "admin-api", *CONFIRM, realm=realm).exit == 0
        realm.delete(GUARD)
        [found] = findings(kc2fa("verify", "--json", realm=realm, **as_client("auditor")), "guard-off")
        [event] = realm.get("admin-events", operationTypes="DELETE", resourceTypes="REQUIRED_ACTION")
        assert "deleted at" in found["title"]
        assert event["authDetails"]["userId"] in found["title"]


class TestRecord:
    @pytest.mark.slow
    def test_a_role_that_was_deleted_leaves_the_guard_as_its_trace(self, realm: Realm, kc2fa: Kc2fa) -> None:
        realm.delete(f"roles/{ROLE}")
        run = verify(kc2fa, realm)
        assert (run.exit, run.data["state"], where(run, "enforcement-record-missing")) == (7, "OFF", [ROLE])
        assert run.data["held"] == []

    def test_a_realm_that_never_was_enforced_has_none(self, make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
        realm = make_realm(with_password("early"), clients=(README_ACCOUNT,))
        run = verify(kc2fa, realm)
        assert where(run, "enforcement-record-missing") + where(run, "guard-off") == []


def test_an_expired_exemption_is_not_held(realm: Realm, kc2fa: Kc2fa) -> None:
    import_user(realm, "root")
    values = {"username": "root", "reason": "r", "approver": "a", "expires": "2026-01-01", "created_by": "x"}
    name = f"two-factor-exempt-{realm.user('root')['id']}"
    realm.post("roles", {"name": name, "attributes": {key: [value] for key, value in values.items()}})
    assert where(verify(kc2fa, realm), "exemption-expired") == ["root"]


def test_an_enrolled_user_is_no_finding(realm: Realm, kc2fa: Kc2fa) -> None:
    import_user(realm, "olga", credentials=[otp_credential()])
    assert held(verify(kc2fa, realm), "uncovered-users") == []
