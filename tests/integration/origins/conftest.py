"""Realms with an app to log in to, and windows to log in with."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.realms import MakeRealm, Realm, password, person
from tests.ldap import PASSWORD
from tests.server import Keycloak

from keycloak_2fa.login.pages import Page
from keycloak_2fa.login.session import LoginSession

APP = "http://127.0.0.1:9/callback"
"""Nothing listens on the port "discard": the redirect is never followed."""
PUBLIC_CLIENT = {"clientId": "app", "publicClient": True, "redirectUris": [APP]}

Make = Callable[..., Realm]
LogIn = Callable[..., Page]


def somebody(username: str, **more: Any) -> dict[str, Any]:
    """A person who can log in, with nothing left to fill in."""
    address = f"{username}@example.org"
    names = {"firstName": "Some", "lastName": "Body"}
    return person(username, email=address, credentials=password(PASSWORD)) | names | more


@pytest.fixture(scope="module")
def make(make_realm: MakeRealm) -> Make:
    """Makes a realm with an app to log in to."""

    def make(*people: dict[str, Any], **settings: Any) -> Realm:
        realm = make_realm(*people, **settings)
        realm.post("clients", PUBLIC_CLIENT)
        return realm

    return make


@pytest.fixture
def new_session(keycloak: Keycloak) -> Iterator[Callable[[Realm], LoginSession]]:
    """Opens browser windows that know nothing of one another."""
    opened: list[LoginSession] = []

    def open_window(realm: Realm) -> LoginSession:
        opened.append(LoginSession(keycloak.url, realm.name, client_id="app", redirect_uri=APP))
        return opened[-1]

    yield open_window
    for session in opened:
        session.close()


@pytest.fixture
def log_in(new_session: Callable[[Realm], LoginSession]) -> LogIn:
    """Gives user name and password in a new window, and returns the page that comes then."""

    def log_in(realm: Realm, username: str, **more: str) -> Page:
        session = new_session(realm)
        return session.submit_password(session.open(**more), username, PASSWORD)

    return log_in


def enforce(kc2fa: Kc2fa, realm: Realm) -> Run:
    return kc2fa("enforce", "--json", *CONFIRM, realm=realm)


def status(kc2fa: Kc2fa, realm: Realm) -> dict[str, Any]:
    return kc2fa("status", "--json", realm=realm).data
