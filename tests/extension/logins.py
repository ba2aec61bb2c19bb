"""How a person of a test's realm logs in, in the browser and without one."""

import html
import re
from typing import Any

import requests
from tests.integration.realms import Realm, password, person

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.api.endpoints import segment
from keycloak_2fa.login.pages import Page
from keycloak_2fa.login.session import LoginSession

APP = "app"
CALLBACK = "http://127.0.0.1:9/callback"
"""Nothing listens on the port "discard": the redirect is never followed."""

ENGINES = ["admin-api", "extension"]
OLD_POLICY: dict[str, Any] = {
    "otpPolicyType": "hotp",
    "otpPolicyAlgorithm": "HmacSHA256",
    "otpPolicyDigits": 8,
    "otpPolicyPeriod": 60,
    "otpPolicyLookAheadWindow": 2,
    "otpPolicyInitialCounter": 3,
    "otpPolicyCodeReusable": True,
}
"""A realm's settings that suit none of the three apps."""


def with_password(username: str, **more: Any) -> dict[str, Any]:
    """A person who can log in, with a profile that asks for nothing."""
    named = {"email": f"{username}@example.org", "firstName": "A", "lastName": "B"}
    more["credentials"] = [*password(f"{username}-pw"), *more.get("credentials", [])]
    return person(username, **(named | more))


def add_app(realm: Realm) -> None:
    """A public client that people log in to, also by password alone."""
    app = {"clientId": APP, "publicClient": True, "redirectUris": [CALLBACK], "directAccessGrantsEnabled": True}
    realm.post("clients", app)


def login_window(keycloak: EmbeddedKeycloak, realm: Realm) -> LoginSession:
    """A browser window without cookies, in which somebody comes from the app."""
    return LoginSession(keycloak.url, realm.name, client_id=APP, redirect_uri=CALLBACK)


def page_after_password(keycloak: EmbeddedKeycloak, realm: Realm, username: str) -> Page:
    """What the browser shows once the password is right."""
    with login_window(keycloak, realm) as window:
        return window.submit_password(window.open(), username, f"{username}-pw")


class ActionWindow(LoginSession):
    """A browser window that an app sends to the login for one action (`kc_action`), and its "Yes, go on"."""

    def __init__(self, keycloak: EmbeddedKeycloak, realm: Realm, action: str) -> None:
        super().__init__(keycloak.url, realm.name, client_id=APP, redirect_uri=CALLBACK)
        self._action = action
        self._shown = ""

    def confirm(self) -> Page:
        form = re.search(r'<form[^>]* action="([^"]+)"', self._shown)
        assert form, self._shown
        return self._page("POST", html.unescape(form[1]), data={"accept": "yes"})

    def _page(self, method: str, url: str, **content: Any) -> Page:
        if "params" in content:
            content["params"]["kc_action"] = self._action
        return super()._page(method, url, **content)

    def _send(self, method: str, url: str, **content: Any) -> requests.Response:
        response = super()._send(method, url, **content)
        self._shown = response.text
        return response


def direct_grant(keycloak: EmbeddedKeycloak, realm: Realm, username: str, **more: str) -> requests.Response:
    """A login by password alone (RFC 6749, 4.3)."""
    form = {"grant_type": "password", "client_id": APP, "username": username, "password": f"{username}-pw"}
    return requests.post(token_url(keycloak, realm.name), data=form | more, timeout=30)


def token_url(keycloak: EmbeddedKeycloak, realm: str) -> str:
    return f"{keycloak.url}/realms/{segment(realm)}/protocol/openid-connect/token"
