"""The three apps on the set-up page, in the order that the extension gives them on the server."""

import pytest
from tests.extension.logins import add_app, login_window, with_password
from tests.integration.realms import MakeRealm, Realm

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.pages import SetUpTotp, expect

pytestmark = pytest.mark.slow

ORDER = {
    "en": ("Microsoft Authenticator", "FreeOTP", "Google Authenticator"),
    "de": ("Microsoft Authenticator", "FreeOTP", "Google Authenticator"),
    "es": ("Microsoft Authenticator", "FreeOtp", "Google Authenticator"),
    "ru": ("Аутентификатор Microsoft", "FreeOTP", "Google Аутентификатор"),
}


@pytest.fixture(scope="module")
def realm(make_realm: MakeRealm) -> Realm:
    """A realm that is OFF, with Keycloak's own theme in four languages, and a user who must set up OTP."""
    languages = {"internationalizationEnabled": True, "supportedLocales": list(ORDER), "defaultLocale": "en"}
    realm = make_realm(with_password("alice", requiredActions=["CONFIGURE_TOTP"]), **languages)
    add_app(realm)
    return realm


@pytest.mark.parametrize("language", ORDER)
def test_they_stand_in_the_same_order_in_every_language(
    realm: Realm, keycloak: EmbeddedKeycloak, language: str
) -> None:
    with login_window(keycloak, realm) as window:
        page = window.submit_password(window.open(ui_locales=language), "alice", "alice-pw")
    assert expect(page, SetUpTotp).apps == ORDER[language]
