"""`kc2fa invitations`: realms that can send mail and have organizations."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.realms import MakeRealm, Realm
from tests.mail import Mailbox
from tests.server import Keycloak

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.settings import AdminUser, ConnectionSettings

Connect = Callable[[Realm], AdminApi]
MakeInvitingRealm = Callable[..., Realm]


@pytest.fixture(scope="module")
def make(make_realm: MakeRealm, mailbox: Mailbox) -> MakeInvitingRealm:
    """Makes a realm that can send mail and has the organizations named."""

    def make(*people: dict[str, Any], organizations: tuple[str, ...] = ("acme",), **settings: Any) -> Realm:
        realm = make_realm(*people, organizationsEnabled=True, **{"smtpServer": mailbox.settings} | settings)
        for alias in organizations:
            domain = {"name": f"{alias}.example.org"}
            realm.post("organizations", {"name": f"{alias.title()} Inc", "alias": alias, "domains": [domain]})
        return realm

    return make


@pytest.fixture(scope="module")
def connect(keycloak: Keycloak) -> Connect:
    """The library's connection to a realm, for the admin of the master realm."""

    def connect(realm: Realm) -> AdminApi:
        admin = AdminUser(keycloak.username, keycloak.password)
        return AdminApi(ConnectionSettings(keycloak.url, realm.name, "master", admin))

    return connect


def join(realm: Realm, username: str) -> None:
    """Make a user a member of the realm's one organization."""
    [organization] = realm.get("organizations")
    realm.post(f"organizations/{organization['id']}/members", realm.user(username)["id"])
