"""Clients by which users get a session or a token without a second factor."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from tests.integration import windows
from tests.integration.realms import MakeRealm, Realm, otp_credential
from tests.integration.verify.audit import TIGHT, VerifyRealm, findings, set_client, where

from embedded_keycloak import LONG_RUN, EmbeddedKeycloak

BASIC = base64.b64encode(f"olga:{windows.PASSWORD}".encode()).decode()
AUTHN_REQUEST = (
    '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>'
    '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1" Version="2.0" '
    'IssueInstant="2030-01-01T00:00:00Z" AssertionConsumerServiceURL="http://127.0.0.1:9/acs" '
    'ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:PAOS">'
    '<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">ecp</saml:Issuer>'
    "</samlp:AuthnRequest></S:Body></S:Envelope>"
)
ECP = {
    "clientId": "ecp",
    "protocol": "saml",
    "redirectUris": ["http://127.0.0.1:9/*"],
    "attributes": {
        "saml.allow.ecp.flow": "true",
        "saml.client.signature": "false",
        "saml_assertion_consumer_url_post": "http://127.0.0.1:9/acs",
    },
}


def enrolled(username: str) -> dict[str, Any]:
    credentials = [*windows.user(username)["credentials"], otp_credential()]
    return windows.user(username, credentials=credentials)


def ecp(keycloak: EmbeddedKeycloak, realm: Realm) -> requests.Response:
    """SAML ECP by name and password alone."""
    return requests.post(
        f"{keycloak.url}/realms/{realm.name}/protocol/saml",
        AUTHN_REQUEST,
        headers={"Content-Type": "text/xml", "Authorization": f"Basic {BASIC}"},
        timeout=30,
    )


class TestSamlEcp:
    def test_who_is_enrolled_gets_an_assertion_by_password_alone_and_the_client_is_named(
        self, make_audited: MakeRealm, verify: VerifyRealm, keycloak: EmbeddedKeycloak
    ) -> None:
        # Given
        realm = make_audited(enrolled("olga"))
        realm.post("clients", ECP)
        assert "Assertion" in ecp(keycloak, realm).text
        # When, then
        [found] = findings(verify(realm), "saml-ecp")
        assert (found["where"], found["severity"]) == ("ecp", "high")
        # When it is switched off, then
        set_client(realm, "ecp", attributes={"saml.allow.ecp.flow": "false"})
        assert "Assertion" not in ecp(keycloak, realm).text
        assert where(verify(realm), "saml-ecp") == []

    def test_a_client_that_is_off_is_silent(self, make_audited: MakeRealm, verify: VerifyRealm) -> None:
        realm = make_audited()
        realm.post("clients", ECP | {"enabled": False})
        assert where(verify(realm), "saml-ecp") == []


class TestGrants:
    def test_ciba_is_named_until_it_is_switched_off(self, make_audited: MakeRealm, verify: VerifyRealm) -> None:
        realm = make_audited()
        set_client(realm, "app", publicClient=False, attributes={"oidc.ciba.grant.enabled": "true"})
        [found] = findings(verify(realm), "grant-without-2fa")
        assert found["where"] == "app"
        assert "CIBA" in found["title"]
        set_client(realm, "app", attributes={"oidc.ciba.grant.enabled": "false"})
        assert where(verify(realm), "grant-without-2fa") == []

    @pytest.mark.since("26.6")
    def test_the_jwt_authorization_grant_is_named_where_an_identity_provider_may_give_assertions(
        self, make_audited: MakeRealm, verify: VerifyRealm
    ) -> None:
        realm = make_audited()
        on = {"oauth2.jwt.authorization.grant.enabled": "true"}
        set_client(realm, "app", publicClient=False, attributes=on)
        assert where(verify(realm), "grant-without-2fa") == []
        set_client(realm, "app", attributes=on | {"oauth2.jwt.authorization.grant.idp": "partner"})
        [found] = findings(verify(realm), "grant-without-2fa")
        assert "partner" in found["title"]

    def test_the_standard_token_exchange_is_silent(self, make_audited: MakeRealm, verify: VerifyRealm) -> None:
        realm = make_audited()
        set_client(realm, "app", publicClient=False, attributes={"standard.token.exchange.enabled": "true"})
        assert where(verify(realm), "grant-without-2fa") == []


class TestOverrides:
    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("kind", "unused"),
        [("browser", {"standardFlowEnabled": False}), ("direct_grant", {"directAccessGrantsEnabled": False})],
    )
    def test_a_flow_by_which_nobody_logs_in_is_silent(
        self, make_audited: MakeRealm, verify: VerifyRealm, kind: str, unused: dict[str, bool]
    ) -> None:
        realm = make_audited(authenticationFlows=TIGHT, browserFlow="browser with 2FA")
        ids = {each["alias"]: each["id"] for each in realm.get("authentication/flows")}
        flow = ids["browser" if kind == "browser" else "direct grant"]
        set_client(realm, "app", authenticationFlowBindingOverrides={kind: flow})
        assert where(verify(realm), "client-flow-override") == ["app"]
        set_client(realm, "app", **unused)
        assert where(verify(realm), "client-flow-override") == []

    def test_a_direct_grant_flow_that_no_client_uses_is_silent(
        self, make_audited: MakeRealm, verify: VerifyRealm
    ) -> None:
        realm = make_audited()
        for name in ("admin-cli", "app"):
            set_client(realm, name, directAccessGrantsEnabled=False)
        run = verify(realm)
        assert (where(run, "flow-conditional"), where(run, "direct-grant-clients")) == (["browser"], [])

    def test_clients_are_silent_where_the_direct_grant_flow_demands_a_code(
        self, make_audited: MakeRealm, verify: VerifyRealm
    ) -> None:
        realm = make_audited()
        steps = realm.get("authentication/flows/direct grant/executions")
        [conditional] = [each for each in steps if each.get("authenticationFlow")]
        realm.put("authentication/flows/direct grant/executions", conditional | {"requirement": "REQUIRED"})
        for each in steps:
            if each["providerId"] == "conditional-user-configured" if "providerId" in each else False:
                realm.put("authentication/flows/direct grant/executions", each | {"requirement": "DISABLED"})
        run = verify(realm)
        assert where(run, "direct-grant-clients") == []
        assert "direct grant" not in where(run, "flow-conditional")


class TestFeatures:
    @pytest.fixture(scope="class")
    @staticmethod
    def keycloak() -> Iterator[EmbeddedKeycloak]:
        """A server with the features that are off as shipped."""
        options = ["--features=docker,token-exchange"]
        with EmbeddedKeycloak(build_options=options, java_options=LONG_RUN) as server:
            yield server

    @pytest.fixture(scope="class")
    @staticmethod
    def realm(keycloak: EmbeddedKeycloak) -> Realm:
        from keycloak import KeycloakAdmin, KeycloakOpenIDConnection

        connection = KeycloakOpenIDConnection(
            server_url=keycloak.url + "/",
            username=keycloak.username,
            password=keycloak.password,
            realm_name="master",
        )
        admin = KeycloakAdmin(connection=connection)
        admin.create_realm({"realm": "features", "enabled": True, "users": [enrolled("olga")]})
        admin.connection.get_token()
        return Realm("features", admin)

    @pytest.mark.slow
    def test_docker_clients_and_token_exchange_are_named(
        self, realm: Realm, keycloak: EmbeddedKeycloak, kc2fa_on_features: Any
    ) -> None:
        # Given a client by which who is enrolled gets a token for a name and a password
        realm.post("clients", {"clientId": "registry", "protocol": "docker-v2"})
        url = f"{keycloak.url}/realms/features/protocol/docker-v2/auth?service=registry&account=olga&scope=a:b:pull"
        assert "token" in requests.get(url, headers={"Authorization": f"Basic {BASIC}"}, timeout=30).json()
        # When, then
        run = kc2fa_on_features()
        assert where(run, "docker-clients") == ["registry"]
        assert where(run, "grant-without-2fa") == ["feature token-exchange"]
        # When it is disabled, then
        set_client(realm, "registry", enabled=False)
        assert requests.get(url, headers={"Authorization": f"Basic {BASIC}"}, timeout=30).status_code == 400
        assert where(kc2fa_on_features(), "docker-clients") == []

    @pytest.fixture
    @staticmethod
    def kc2fa_on_features(keycloak: EmbeddedKeycloak, realm: Realm) -> Any:
        from tests.integration import forked
        from tests.integration.command import Run, environment_for

        environment = environment_for(
            keycloak, None, KC2FA_REALM=realm.name, KC2FA_USERNAME=keycloak.username, KC2FA_PASSWORD=keycloak.password
        )
        return lambda: Run(*forked.run(["verify", "--json"], environment, "", timeout=280))
