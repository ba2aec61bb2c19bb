"""A passkey, which stands for OTP until `harden` closes that, with the authenticator that Chromium simulates."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from keycloak import KeycloakAdmin
from playwright.sync_api import Browser, CDPSession, Page, expect
from tests.browser.conftest import CLIENT, PASSWORD
from tests.server import Keycloak

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.hardening.harden import HardeningRisk, apply_hardening, plan_hardening
from keycloak_2fa.settings import AdminUser, ConnectionSettings
from keycloak_2fa.verification.findings import FindingId

pytestmark = pytest.mark.slow

REALM = "lp-passkey"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""A device that shows its owner present and verified whenever a page asks (Chrome DevTools Protocol, WebAuthn)."""

OpenWindow = Callable[..., tuple[Page, CDPSession, str]]


@pytest.fixture
def realm(keycloak: Keycloak, app_url: str) -> Iterator[None]:
    """A realm that offers passkeys, whose one user is to register one."""
    admin = KeycloakAdmin(
        server_url=keycloak.url, username=keycloak.username, password=keycloak.password, user_realm_name="master"
    )
    alice: dict[str, Any] = {
        "username": "alice",
        "email": "alice@example.org",
        "firstName": "Some",
        "lastName": "Person",
        "enabled": True,
        "credentials": [{"type": "password", "value": PASSWORD}],
        "requiredActions": ["webauthn-register-passwordless"],
    }
    admin.create_realm(
        {
            "realm": REALM,
            "enabled": True,
            "webAuthnPolicyPasswordlessPasskeysEnabled": True,
            "clients": [{"clientId": CLIENT, "publicClient": True, "redirectUris": [app_url]}],
            "users": [alice],
        }
    )
    yield
    admin.delete_realm(REALM)


@pytest.fixture
def open_window(chromium: Browser, keycloak: Keycloak, realm: None, app_url: str) -> Iterator[OpenWindow]:
    """Opens a window without cookies, with a device that may know a passkey, at the login page."""
    query = {"client_id": CLIENT, "redirect_uri": app_url, "response_type": "code", "scope": "openid"}
    # A passkey belongs to a host that has a name.
    server_url = keycloak.url.replace("127.0.0.1", "localhost")
    contexts = []

    def open_window(passkey: Any = None) -> tuple[Page, CDPSession, str]:
        context = chromium.new_context(locale="en-US")
        contexts.append(context)
        context.set_default_timeout(15_000)
        window = context.new_page()
        window.on("dialog", lambda dialog: dialog.accept("my passkey"))
        device = context.new_cdp_session(window)
        device.send("WebAuthn.enable")
        number = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
        if passkey:
            device.send("WebAuthn.addCredential", {"authenticatorId": number, "credential": passkey})
        window.goto(f"{server_url}/realms/{REALM}/protocol/openid-connect/auth?{urlencode(query)}")
        return window, device, number

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture
def passkey(open_window: OpenWindow) -> Any:
    """The passkey that Alice has registered, after her password."""
    window, device, number = open_window()
    window.locator("#username").fill("alice")
    window.locator("#password").fill(PASSWORD)
    window.locator("#kc-login").click()
    window.locator("#registerWebAuthn").click()
    expect(window).to_have_title("The app")
    [passkey] = device.send("WebAuthn.getCredentials", {"authenticatorId": number})["credentials"]
    return passkey


def test_it_is_enough_until_that_is_closed(keycloak: Keycloak, open_window: OpenWindow, passkey: Any) -> None:
    # Given that the device offers the passkey to the login page, and no code is asked for
    window, _, _ = open_window(passkey)
    expect(window).to_have_title("The app")
    # When
    who = AdminUser(keycloak.username, keycloak.password)
    api = AdminApi(ConnectionSettings(keycloak.url, realm=REALM, auth_realm="master", credentials=who))
    plan = plan_hardening(api, {FindingId.PASSKEY_SKIPS_OTP})
    left = apply_hardening(api, plan, {HardeningRisk.NOT_ENFORCED})
    # Then
    window, _, _ = open_window(passkey)
    expect(window.locator("#kc-page-title")).to_have_text("Mobile Authenticator Setup")
    assert left == ()
