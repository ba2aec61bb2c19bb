"""Browser windows for tests: how a person logs in, and what else they can do on the real pages."""

import base64
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pyotp
import requests
from tests.integration.realms import Realm, password

from keycloak_2fa.authenticator import Authenticator
from keycloak_2fa.embedded.server import EmbeddedKeycloak
from keycloak_2fa.login_pages import Page
from keycloak_2fa.login_session import LoginSession

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


def otp(stored: str) -> dict[str, Any]:
    """An OTP credential to import."""
    data = '{"subType":"totp","digits":6,"counter":0,"period":30,"algorithm":"HmacSHA1"}'
    return {"type": "otp", "userLabel": "phone", "secretData": f'{{"value":"{stored}"}}', "credentialData": data}


def next_second() -> None:
    """Wait until the clock shows another second: Keycloak and the mark keep whole ones."""
    time.sleep(1 - time.time() % 1 + 0.05)


@dataclass(frozen=True)
class Windows:
    """Opens windows on one realm."""

    keycloak: EmbeddedKeycloak
    realm: Realm

    def open(self) -> LoginSession:
        return LoginSession(self.keycloak.url, self.realm.name, client_id="app", redirect_uri=APP)

    def log_in(self, username: str, secret: str = PASSWORD) -> tuple[LoginSession, Page]:
        """Name and password in a new window, and what Keycloak shows then."""
        window = self.open()
        return window, window.submit_password(window.open(), username, secret)

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
