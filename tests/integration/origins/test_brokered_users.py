"""Users who log in by an identity provider, and members whose login belongs to an organization."""

import pytest
from tests.integration.command import Kc2fa
from tests.integration.origins.conftest import LogIn, Make, enforce, somebody
from tests.integration.realms import MakeRealm, Realm
from tests.server import Keycloak

from keycloak_2fa.login.pages import Done, SetUpTotp, expect

pytestmark = pytest.mark.loopback


class TestIdentityProvider:
    """Users who log in through another realm, which is the OIDC provider."""

    @pytest.fixture
    def provider(self, make_realm: MakeRealm) -> Realm:
        return make_realm(somebody("visitor"))

    @pytest.fixture
    def realm(self, make: Make, provider: Realm, keycloak: Keycloak) -> Realm:
        realm = make()
        connect(realm, provider, keycloak)
        return realm

    @pytest.mark.slow
    def test_a_first_login_after_enforcement(self, realm: Realm, kc2fa: Kc2fa, log_in: LogIn) -> None:
        enforce(kc2fa, realm)
        expect(log_in(realm, "visitor", kc_idp_hint="provider"), SetUpTotp)

    @pytest.mark.slow
    def test_who_had_logged_in_before_it(self, realm: Realm, kc2fa: Kc2fa, log_in: LogIn) -> None:
        expect(log_in(realm, "visitor", kc_idp_hint="provider"), Done)
        enforce(kc2fa, realm)
        expect(log_in(realm, "visitor", kc_idp_hint="provider"), SetUpTotp)


class TestManagedByAnOrganization:
    """Members whose login belongs to an organization: read-only while the organization is disabled."""

    @pytest.fixture
    def realm(self, make: Make, make_realm: MakeRealm, keycloak: Keycloak, log_in: LogIn) -> Realm:
        """A disabled organization with one managed member, who had logged in through its identity provider."""
        provider, realm = make_realm(somebody("visitor")), make(organizationsEnabled=True)
        connect(realm, provider, keycloak)
        domains = [{"name": "example.org"}]
        realm.post("organizations", {"name": "Acme", "alias": "acme", "domains": domains})
        [organization] = realm.get("organizations")
        realm.post(f"organizations/{organization['id']}/identity-providers", "provider")
        expect(log_in(realm, "visitor", kc_idp_hint="provider"), Done)
        realm.put(f"organizations/{organization['id']}", organization | {"enabled": False})
        return realm

    @pytest.mark.slow
    def test_they_are_named_with_what_mends_it(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = enforce(kc2fa, realm)
        [failure] = run.data["failures"]
        assert (run.exit, failure["username"]) == (5, "visitor")
        assert "read-only" in failure["reason"]
        assert "organization" in failure["fix"]

    @pytest.mark.slow
    def test_once_it_is_enabled_the_next_run_finishes(self, realm: Realm, kc2fa: Kc2fa, log_in: LogIn) -> None:
        enforce(kc2fa, realm)
        [organization] = realm.get("organizations")
        realm.put(f"organizations/{organization['id']}", organization | {"enabled": True})
        assert enforce(kc2fa, realm).data["state"] == "ON"
        expect(log_in(realm, "visitor", kc_idp_hint="provider"), SetUpTotp)


def connect(realm: Realm, provider: Realm, keycloak: Keycloak) -> None:
    """Let the users of one realm log in to another by OIDC."""
    broker = f"{keycloak.url}/realms/{realm.name}/broker/provider/endpoint"
    provider.post("clients", {"clientId": "other-realm", "secret": "made-for-a-test-only", "redirectUris": [broker]})
    endpoint = f"{keycloak.url}/realms/{provider.name}/protocol/openid-connect"
    config = {
        "clientId": "other-realm",
        "clientSecret": "made-for-a-test-only",
        "clientAuthMethod": "client_secret_post",
        "authorizationUrl": f"{endpoint}/auth",
        "tokenUrl": f"{endpoint}/token",
        "jwksUrl": f"{endpoint}/certs",
        "useJwksUrl": "true",
        "validateSignature": "true",
    }
    realm.post("identity-provider/instances", {"alias": "provider", "providerId": "oidc", "config": config})
