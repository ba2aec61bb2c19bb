"""Browser windows for tests: how a person logs in, and what else they can do on the real pages."""

import base64
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pyotp
import requests
from tests.integration.realms import Realm, password
from tests.server import Keycloak

from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.html import Document
from keycloak_2fa.login.pages import LoginForm, Page, expect, read
from keycloak_2fa.login.session import LoginSession

APP = "http://127.0.0.1:9/callback"
"""Nothing listens on the port "discard": the redirect is never followed."""

APP_CLIENT: dict[str, Any] = {
    "clientId": "app",
    "publicClient": True,
    "redirectUris": [APP],
    "directAccessGrantsEnabled": True,
}
PASSWORD = "correct horse"
REALM_FILE = Path(__file__).parents[2] / "realm" / "realm.json"
TIGHT = [
    flow
    for flow in json.loads(REALM_FILE.read_text(encoding="utf-8"))["authenticationFlows"]
    if flow["alias"].startswith("browser")
]
"""The shipped browser flow, which demands a code of everybody by Keycloak's own steps."""
ACCOUNT_ROLES = {"account": ["manage-account", "view-profile"]}


def user(username: str, **more: Any) -> dict[str, Any]:
    """A person to import who can log in to the app and the account console."""
    return {
        "username": username,
        "enabled": True,
        "email": f"{username}@example.org",
        "emailVerified": True,
        "firstName": "Some",
        "lastName": "Person",
        "credentials": password(PASSWORD),
        "clientRoles": ACCOUNT_ROLES,
    } | more


def key() -> str:
    """The key of a phone, as Keycloak stores it."""
    return pyotp.random_base32()


def phone(stored: str) -> Authenticator:
    """A phone with a key as Keycloak stores it: as text, whose bytes are the key."""
    return Authenticator.typed(base64.b32encode(stored.encode()).decode())


def next_second() -> None:
    """Wait until the clock shows another second: Keycloak and the mark keep whole ones."""
    time.sleep(1 - time.time() % 1 + 0.05)


@dataclass(frozen=True)
class Windows:
    """Opens windows on one realm."""

    keycloak: Keycloak
    realm: Realm

    def open(self) -> LoginSession:
        return LoginSession(self.keycloak.url, self.realm.name, client_id="app", redirect_uri=APP)

    def log_in(self, username: str, secret: str = PASSWORD) -> tuple[LoginSession, Page]:
        """Name and password in a new window, and what Keycloak shows then."""
        window = self.open()
        return window, window.submit_password(window.open(), username, secret)

    def log_in_by(self, provider: str, username: str) -> tuple[LoginSession, Page]:
        """Name and password at an identity provider, and what Keycloak shows then."""
        window = self.open()
        return window, window.submit_password(window.open(kc_idp_hint=provider), username, PASSWORD)

    def grant(self, username: str, **more: str) -> requests.Response:
        """The direct access grant, which needs no window."""
        form = {"grant_type": "password", "client_id": "app", "username": username, "password": PASSWORD}
        return requests.post(
            f"{self.keycloak.url}/realms/{self.realm.name}/protocol/openid-connect/token", form | more, timeout=30
        )

    def remove_own_otp(self, username: str, device: Authenticator) -> requests.Response:
        """What the account console does when a person removes their device there."""
        account = f"{self.keycloak.url}/realms/{self.realm.name}/account/"
        window = LoginSession(self.keycloak.url, self.realm.name, client_id="account-console", redirect_uri=account)
        page = window.submit_password(window.open(), username, PASSWORD)
        token = window.tokens(window.enter_code(page, device.fresh_code())).access
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        kinds = requests.get(urljoin(account, "credentials"), headers=headers, timeout=30).json()
        [kind] = [each for each in kinds if each["type"] == "otp"]
        [credential] = [each["credential"]["id"] for each in kind["userCredentialMetadatas"]]
        return requests.delete(urljoin(account, f"credentials/{credential}"), headers=headers, timeout=30)


class Pages:
    """A window in which any page is read and filled in, also one that `LoginSession` has no method for.

    Args:
        window: A new one, which opens the app's login page.
    """

    def __init__(self, window: LoginSession) -> None:
        self._window = window
        self.url = ""
        self.html = ""
        self.go("GET", expect(window.open(), LoginForm).form.action)

    def go(self, method: str, url: str, **content: Any) -> "Pages":
        """Ask for a page, and follow where it leads, but not into the app."""
        answer = self._window._send(method, url, **content)
        self.url, self.html = url, answer.text
        if "Location" in answer.headers:
            self.url = urljoin(url, answer.headers["Location"])
            return self if self.in_the_app else self.go("GET", self.url)
        return self

    def follow(self, part: str) -> "Pages":
        """Follow the first link whose URL has a part in it."""
        links = [each.attribute("href") for each in Document(self.html).all("a")]
        return self.go("GET", urljoin(self.url, next(each for each in links if part in each)))

    def submit(self, **typed: str) -> "Pages":
        """Fill in the first form of the page."""
        form = Document(self.html).all("form")[0]
        sent = {each.attribute("name"): each.attribute("value") for each in form.all("input")}
        action = urljoin(self.url, form.attribute("action"))
        return self.go("POST", action, data={name: value for name, value in sent.items() if name} | typed)

    @property
    def page(self) -> Page:
        """What kind of page it is."""
        return read(self.html, self.url)

    @property
    def in_the_app(self) -> bool:
        """Whether the person was sent back into the app, logged in."""
        return self.url.startswith(APP) and "code" in parse_qs(urlsplit(self.url).query)
