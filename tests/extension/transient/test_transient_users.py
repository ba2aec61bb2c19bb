"""Users whom Keycloak does not store (feature transient-users): they cannot have a second factor."""

import pytest
from tests.extension.logins import add_app, login_window
from tests.integration import windows
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.harden.test_other_ways import identity_provider
from tests.integration.realms import MakeRealm, Realm

from embedded_keycloak import EmbeddedKeycloak
from keycloak_2fa.login.pages import Done, Other, Page, expect

pytestmark = pytest.mark.slow


@pytest.fixture
def realm(make_realm: MakeRealm, keycloak: EmbeddedKeycloak) -> Realm:
    """A realm that is OFF, whose identity provider's users are not stored."""
    secret = {"clientId": "us", "secret": "broker-secret", "redirectUris": [f"{keycloak.url}/*"]}
    other = make_realm(windows.user("carol"), clients=((secret, {"username": "nobody"}),))
    provider = identity_provider(keycloak, other)
    provider["config"] |= {"clientId": "us", "doNotStoreUsers": "true"}
    realm = make_realm(identityProviders=[provider])
    add_app(realm)
    return realm


def test_they_are_let_in_where_2fa_is_off(realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    assert isinstance(_by_provider(keycloak, realm), Done)


def test_they_are_refused_where_2fa_is_on(realm: Realm, keycloak: EmbeddedKeycloak, kc2fa: Kc2fa) -> None:
    assert kc2fa("enforce", *CONFIRM, realm=realm).exit == 0
    assert "temporary" in (expect(_by_provider(keycloak, realm), Other).error or "")


def _by_provider(keycloak: EmbeddedKeycloak, realm: Realm) -> Page:
    with login_window(keycloak, realm) as window:
        page = window.open(kc_idp_hint="other")
        return window.submit_password(page, "carol", windows.PASSWORD)
