"""`kc2fa verify`: each way around 2FA is named once it is open, by a caller who may only read."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.integration import windows
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.realms import MakeRealm, Realm, otp_credential, people, person, service_account
from tests.integration.windows import Windows

from keycloak_2fa import server_version
from keycloak_2fa.embedded.server import EmbeddedKeycloak

READ = ("view-realm", "view-users", "view-events", "view-clients", "view-identity-providers")
APP = (windows.APP_CLIENT, person("of-no-importance", credentials=[otp_credential()]))

VerifyRealm = Callable[..., Run]


@pytest.fixture(scope="session")
def verify(kc2fa: Kc2fa) -> VerifyRealm:
    """Runs `kc2fa verify --json` as a service account that may only read."""

    def run(realm: Realm, *arguments: str, client: str = "auditor") -> Run:
        return kc2fa("verify", "--json", *arguments, realm=realm, **as_client(client))

    return run


def as_client(client: str) -> dict[str, str]:
    return {"KC2FA_CLIENT_ID": client, "KC2FA_CLIENT_SECRET": f"{client}-secret"}


def findings(run: Run, kind: str) -> list[dict[str, str]]:
    return [each for each in run.data["findings"] if each["id"] == kind]


def where(run: Run, kind: str) -> list[str]:
    return [each["where"] for each in findings(run, kind)]


@pytest.fixture(scope="session")
def make_audited(make_realm: MakeRealm) -> MakeRealm:
    """Makes a realm with an app and an auditor."""

    def make(*who: dict[str, Any], clients: tuple[Any, ...] = (), **settings: Any) -> Realm:
        auditors = (service_account("auditor", *READ), APP)
        return make_realm(*who, clients=(*auditors, *clients), **settings)

    return make


@pytest.fixture
def enforced(make_audited: MakeRealm, kc2fa: Kc2fa) -> Realm:
    """A realm of one person that is ON."""
    realm = make_audited(person("alice"))
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    return realm


@pytest.fixture(scope="module")
def realm(make_audited: MakeRealm) -> Realm:
    """A realm that is OFF and only looked at."""
    others = [service_account(f"without-{each}", *(role for role in READ if role != each)) for each in READ]
    return make_audited(
        person("alice"),
        clients=(*others, service_account("query", "query-users", "query-clients"), service_account("nothing")),
    )


class TestAnswer:
    def test_a_realm_that_is_off_shows_what_stands_open(self, realm: Realm, verify: VerifyRealm) -> None:
        run = verify(realm)
        assert (run.exit, run.error["code"], run.data["state"], run.data["holds"]) == (
            7,
            "does-not-hold",
            "OFF",
            False,
        )
        assert where(run, "uncovered-users") == ["alice"]

    def test_each_finding_has_all_that_the_contract_names(self, realm: Realm, verify: VerifyRealm) -> None:
        for each in verify(realm).data["findings"]:
            assert all(each[name] for name in ("id", "severity", "title", "where", "fix")), each
            assert each["severity"] in {"high", "medium", "low"}

    def test_the_gravest_come_first(self, realm: Realm, verify: VerifyRealm) -> None:
        severities = [each["severity"] for each in verify(realm).data["findings"]]
        assert severities == sorted(severities, key=["high", "medium", "low"].index)

    def test_in_words(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("verify", realm=realm, **as_client("auditor"))
        assert run.exit == 7
        assert "flow-conditional" in run.stdout
        assert "kc2fa harden" in run.stdout
        assert "2FA does not hold" in run.stderr

    def test_it_writes_nothing(self, realm: Realm, verify: VerifyRealm, kc2fa: Kc2fa) -> None:
        was = realm.get("admin-events", max=1000)
        verify(realm)
        # The enforcer could write.
        kc2fa("verify", realm=realm)
        assert realm.get("admin-events", max=1000) == was

    @pytest.mark.parametrize(
        ("role", "checks"),
        [
            ("view-users", {"uncovered-users", "exemption-expired"}),
            ("view-events", {"uncovered-users"}),
            ("view-clients", {"client-flow-override", "direct-grant-clients", "open-sessions"}),
            ("view-identity-providers", {"broker-without-2fa"}),
        ],
    )
    def test_what_a_missing_role_keeps_from_being_checked_is_named(
        self, realm: Realm, verify: VerifyRealm, role: str, checks: set[str]
    ) -> None:
        run = verify(realm, "--skip", "server-vulnerable", client=f"without-{role}")
        assert {each["where"] for each in findings(run, "not-checked")} == checks
        assert all(role in each["fix"] for each in findings(run, "not-checked"))

    @pytest.mark.parametrize("client", ["without-view-events", "without-view-clients", "without-view-realm"])
    def test_the_rest_is_checked_all_the_same(self, realm: Realm, verify: VerifyRealm, client: str) -> None:
        run = verify(realm, client=client)
        assert (run.exit, where(run, "default-action-off")) == (7, ["CONFIGURE_TOTP.defaultAction"])

    def test_an_empty_list_is_not_taken_for_nobody(self, realm: Realm, verify: VerifyRealm) -> None:
        # Given a caller whom Keycloak answers with 200 and [], then
        run = verify(realm, client="query")
        assert "uncovered-users" in where(run, "not-checked")
        assert "direct-grant-clients" in where(run, "not-checked")

    def test_a_token_without_roles_is_no_hindrance(self, realm: Realm, kc2fa: Kc2fa, master: dict[str, str]) -> None:
        run = kc2fa("verify", "--json", "--realm", realm.name, **master)
        assert where(run, "not-checked") == []
        assert where(run, "uncovered-users") == ["alice"]

    def test_without_any_role_it_is_refused(self, realm: Realm, verify: VerifyRealm) -> None:
        run = verify(realm, client="nothing")
        assert (run.exit, run.error["code"]) == (3, "role-missing")

    def test_an_unknown_realm(self, kc2fa: Kc2fa, master: dict[str, str]) -> None:
        run = kc2fa("verify", "--json", "--realm", "nowhere", **master)
        assert (run.exit, run.error["code"]) == (2, "unknown-realm")

    def test_a_check_can_be_left_out_and_is_named_as_such(self, realm: Realm, verify: VerifyRealm) -> None:
        run = verify(realm, "--skip", "flow-conditional", "--skip", "uncovered-users")
        assert run.data["skipped"] == ["flow-conditional", "uncovered-users"]
        assert where(run, "flow-conditional") + where(run, "uncovered-users") == []
        assert any("flow-conditional" in each for each in run.document["warnings"])

    @pytest.mark.parametrize("name", ["not-checked", "nonsense"])
    def test_only_a_check_can_be_left_out(self, realm: Realm, verify: VerifyRealm, name: str) -> None:
        run = verify(realm, "--skip", name)
        assert (run.exit, run.error["code"]) == (2, "usage")

    def test_an_auditor_is_not_told_the_version(self, realm: Realm, verify: VerifyRealm) -> None:
        assert where(verify(realm), "not-checked") == ["server-vulnerable"]

    def test_an_administrator_of_master_is_told_the_version(
        self, realm: Realm, kc2fa: Kc2fa, master: dict[str, str], keycloak: EmbeddedKeycloak
    ) -> None:
        run = kc2fa("verify", "--json", "--realm", realm.name, **master)
        assert "server-vulnerable" not in where(run, "not-checked")
        expected = [f"Keycloak {keycloak.version}"] if server_version.vulnerable(keycloak.version) else []
        assert where(run, "server-vulnerable") == expected


class TestPeople:
    def test_an_import_after_enforcement_is_named(self, enforced: Realm, verify: VerifyRealm) -> None:
        assert where(verify(enforced), "uncovered-users") == []
        enforced.post("partialImport", {"ifResourceExists": "SKIP", "users": [person("mallory")]})
        assert where(verify(enforced), "uncovered-users") == ["mallory"]

    def test_a_foreign_tool_that_resets_the_actions_is_told(self, enforced: Realm, verify: VerifyRealm) -> None:
        enforced.put(f"users/{enforced.user('alice')['id']}", {"requiredActions": []})
        [found] = findings(verify(enforced), "uncovered-users")
        assert found["where"] == "alice"
        assert "admin event UPDATE USER by client" in found["title"]

    def test_an_administrator_who_removes_an_otp_is_told(
        self, make_audited: MakeRealm, kc2fa: Kc2fa, verify: VerifyRealm
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
        self, make_audited: MakeRealm, kc2fa: Kc2fa, verify: VerifyRealm, keycloak: EmbeddedKeycloak
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

    def test_of_many_the_first_are_named_and_all_counted(self, make_audited: MakeRealm, verify: VerifyRealm) -> None:
        found = where(verify(make_audited(*people(25))), "uncovered-users")
        assert (len(found), found[0], found[-1]) == (21, "person-00000", "5 more users")

    def test_an_expired_exemption_is_named_and_not_said_twice(
        self, make_audited: MakeRealm, verify: VerifyRealm
    ) -> None:
        realm = make_audited(person("root"), person("deputy"))
        today = datetime.now(UTC).date()
        exempt(realm, "root", expires=str(today - timedelta(days=1)))
        exempt(realm, "deputy", expires=str(today + timedelta(days=1)))
        run = verify(realm)
        assert where(run, "exemption-expired") == ["root"]
        assert where(run, "uncovered-users") == []

    def test_an_expired_exemption_is_named_until_enforce_has_asked(
        self, make_audited: MakeRealm, kc2fa: Kc2fa, verify: VerifyRealm
    ) -> None:
        # Given an expired exemption of somebody who is there, and one of somebody who is gone
        realm = make_audited(person("root"), person("gone"))
        for name in ("root", "gone"):
            exempt(realm, name, expires=str(datetime.now(UTC).date() - timedelta(days=1)))
        realm.delete(f"users/{realm.user('gone')['id']}")
        assert where(verify(realm), "exemption-expired") == ["root"]
        # When
        assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
        # Then
        assert where(verify(realm), "exemption-expired") == []


def exempt(realm: Realm, username: str, *, expires: str) -> None:
    values = {"username": username, "reason": "break glass", "approver": "the CISO", "expires": expires}
    values |= {"created_at": "2026-01-01T00:00:00Z", "created_by": "root"}
    name = f"two-factor-exempt-{realm.user(username)['id']}"
    realm.post("roles", {"name": name, "attributes": {key: [value] for key, value in values.items()}})


class TestSettings:
    def test_the_default_action_is_off(self, enforced: Realm, verify: VerifyRealm) -> None:
        assert where(verify(enforced), "default-action-off") == []
        action = enforced.required_action()
        enforced.put("authentication/required-actions/CONFIGURE_TOTP", action | {"defaultAction": False})
        assert where(verify(enforced), "default-action-off") == ["CONFIGURE_TOTP.defaultAction"]

    def test_the_action_is_off(self, enforced: Realm, verify: VerifyRealm) -> None:
        assert where(verify(enforced), "totp-action-off") == []
        action = enforced.required_action()
        enforced.put("authentication/required-actions/CONFIGURE_TOTP", action | {"enabled": False})
        assert where(verify(enforced), "totp-action-off") == ["CONFIGURE_TOTP.enabled"]

    def test_the_action_is_not_registered(self, enforced: Realm, verify: VerifyRealm) -> None:
        enforced.delete("authentication/required-actions/CONFIGURE_TOTP")
        run = verify(enforced)
        assert where(run, "totp-action-off") == ["CONFIGURE_TOTP"]
        assert where(run, "default-action-off") == ["CONFIGURE_TOTP.defaultAction"]

    def test_the_policy_has_drifted(self, enforced: Realm, verify: VerifyRealm) -> None:
        assert where(verify(enforced), "otp-policy-drift") == []
        policy = {name: value for name, value in enforced.representation().items() if name.startswith("otpPolicy")}
        enforced.put("", policy | {"otpPolicyDigits": 8})
        assert where(verify(enforced), "otp-policy-drift") == ["otpPolicyDigits"]

    def test_users_may_remove_their_otp(self, enforced: Realm, verify: VerifyRealm) -> None:
        assert where(verify(enforced), "otp-self-removal") == ["delete_credential"]
        action = enforced.get_one("authentication/required-actions/delete_credential")
        enforced.put("authentication/required-actions/delete_credential", action | {"enabled": False})
        assert where(verify(enforced), "otp-self-removal") == []

    def test_brute_force_protection_is_off(self, enforced: Realm, verify: VerifyRealm) -> None:
        assert where(verify(enforced), "brute-force-off") == ["bruteForceProtected"]
        enforced.put("", {"bruteForceProtected": True})
        assert where(verify(enforced), "brute-force-off") == []


TIGHT = json.loads((windows.REALM_FILE).read_text(encoding="utf-8"))["authenticationFlows"]
"""A browser flow that demands a code of everybody."""


class TestFlows:
    def test_the_built_in_flows_are_conditional(self, enforced: Realm, verify: VerifyRealm) -> None:
        run = verify(enforced)
        assert where(run, "flow-conditional") == ["browser", "direct grant"]
        assert where(run, "passkey-skips-otp") == []
        assert where(run, "reset-credentials") == []

    def test_a_flow_that_demands_a_code_is_not(self, make_audited: MakeRealm, verify: VerifyRealm) -> None:
        realm = make_audited(authenticationFlows=TIGHT, browserFlow="browser with 2FA")
        assert where(verify(realm), "flow-conditional") == ["direct grant"]

    def test_passkeys(self, make_audited: MakeRealm, verify: VerifyRealm) -> None:
        realm = make_audited(webAuthnPolicyPasswordlessPasskeysEnabled=True)
        assert where(verify(realm), "passkey-skips-otp") == ["browser"]

    def test_passkeys_where_a_code_follows(self, make_audited: MakeRealm, verify: VerifyRealm) -> None:
        realm = make_audited(
            webAuthnPolicyPasswordlessPasskeysEnabled=True, authenticationFlows=TIGHT, browserFlow="browser with 2FA"
        )
        assert where(verify(realm), "passkey-skips-otp") == []

    def test_forgot_password_where_it_is_on(self, make_audited: MakeRealm, verify: VerifyRealm) -> None:
        realm = make_audited(resetPasswordAllowed=True)
        assert where(verify(realm), "reset-credentials") == ["reset credentials"]

    def test_a_client_with_a_flow_of_its_own(self, make_audited: MakeRealm, verify: VerifyRealm) -> None:
        # Given a realm whose browser flow is tight, and one client that keeps the built-in one
        realm = make_audited(authenticationFlows=TIGHT, browserFlow="browser with 2FA")
        ids = {each["alias"]: each["id"] for each in realm.get("authentication/flows")}
        [client] = realm.get("clients", clientId="account-console")
        assert where(verify(realm), "client-flow-override") == []
        # When
        for flow, expected in (("browser", ["account-console"]), ("browser with 2FA", [])):
            overrides = {"browser": ids[flow]}
            realm.put(f"clients/{client['id']}", client | {"authenticationFlowBindingOverrides": overrides})
            # Then
            assert where(verify(realm), "client-flow-override") == expected

    def test_clients_with_direct_access_grants(self, enforced: Realm, verify: VerifyRealm) -> None:
        assert where(verify(enforced), "direct-grant-clients") == ["admin-cli", "app"]
        for name in ("admin-cli", "app"):
            [client] = enforced.get("clients", clientId=name)
            enforced.put(f"clients/{client['id']}", client | {"directAccessGrantsEnabled": False})
        assert where(verify(enforced), "direct-grant-clients") == []

    def test_identity_providers(self, make_audited: MakeRealm, verify: VerifyRealm) -> None:
        config = {"authorizationUrl": "https://idp.example/a", "tokenUrl": "https://idp.example/t", "clientId": "us"}
        provider = {"providerId": "oidc", "enabled": True, "config": config | {"clientSecret": "secret"}}
        realm = make_audited(
            authenticationFlows=TIGHT,
            identityProviders=[
                provider | {"alias": "open"},
                provider | {"alias": "conditional", "postBrokerLoginFlowAlias": "browser"},
                provider | {"alias": "tight", "postBrokerLoginFlowAlias": "browser with 2FA"},
                provider | {"alias": "off", "enabled": False},
                provider | {"alias": "linking", "linkOnly": True},
            ],
        )
        assert where(verify(realm), "broker-without-2fa") == ["conditional", "open"]


class TestSessions:
    def test_one_from_before_enforcement_is_open_until_all_are_ended(
        self, make_audited: MakeRealm, kc2fa: Kc2fa, verify: VerifyRealm, keycloak: EmbeddedKeycloak
    ) -> None:
        # Given somebody who is logged in
        realm = make_audited(windows.user("alice", realmRoles=["offline_access"]))
        assert Windows(keycloak, realm).grant("alice", scope="openid offline_access").status_code == 200
        windows.next_second()
        assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
        assert where(verify(realm), "open-sessions") == ["app"]
        # When
        assert kc2fa("enforce", "--json", *CONFIRM, "--sign-out", realm=realm).exit == 0
        # Then
        assert where(verify(realm), "open-sessions") == []

    def test_one_from_after_enforcement_is_none(
        self, make_audited: MakeRealm, kc2fa: Kc2fa, verify: VerifyRealm, keycloak: EmbeddedKeycloak
    ) -> None:
        key = windows.key()
        credentials = [*windows.user("olga")["credentials"], otp_credential(secret=key)]
        realm = make_audited(windows.user("olga", credentials=credentials))
        assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
        windows.next_second()
        assert Windows(keycloak, realm).grant("olga", totp=windows.phone(key).code()).status_code == 200
        assert where(verify(realm), "open-sessions") == []
