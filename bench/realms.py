"""A server to measure, and realms on it: each with people, and with a service account that may enforce."""

import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from keycloak import KeycloakAdmin

from embedded_keycloak import EmbeddedKeycloak
from keycloak_2fa.settings import ConnectionSettings, EngineChoice, ServiceAccount

CLIENT, SECRET = "bench", "bench-secret"
PEOPLE_IN_ONE_IMPORT = 1_000


@dataclass(frozen=True)
class Server:
    """A Keycloak, and the admin of its realm master."""

    url: str
    username: str
    password: str = field(repr=False)


@contextmanager
def server(url: str | None = None) -> Iterator[Server]:
    """The server to measure.

    Args:
        url: A running one, whose admin stands in KC2FA_USERNAME and KC2FA_PASSWORD; without it one of our own with
            H2, whose JVM compiles as it does in production and is not made for a fast start.
    """
    if url is not None:
        yield Server(url, os.environ["KC2FA_USERNAME"], os.environ["KC2FA_PASSWORD"])
        return
    with EmbeddedKeycloak(
        java_options=("-XX:MaxMetaspaceSize=256m", "-Dfile.encoding=UTF-8"),
        heap_mb=1024,
        on_step=lambda step: print(f"{step} ...", file=sys.stderr),
    ) as ours:
        yield Server(ours.url, ours.username, ours.password)


@dataclass(frozen=True)
class Realm:
    """A realm of its own for one measurement."""

    server_url: str
    name: str
    people: int

    def settings(self, concurrency: int, engine: EngineChoice = EngineChoice.AUTO) -> ConnectionSettings:
        who = ServiceAccount(CLIENT, SECRET)
        return ConnectionSettings(self.server_url, self.name, self.name, who, concurrency=concurrency, engine=engine)

    def caller(self) -> KeycloakAdmin:
        """The service account, by python-keycloak."""
        return KeycloakAdmin(
            server_url=self.server_url, realm_name=self.name, client_id=CLIENT, client_secret_key=SECRET
        )

    def token(self) -> str:
        """A new access token of the service account."""
        connection = self.caller().connection
        connection.get_token()
        return str((connection.token or {})["access_token"])


def make(server: Server, people: int) -> Realm:
    """A fresh realm; it stays on the server."""
    admin = KeycloakAdmin(
        server_url=server.url, username=server.username, password=server.password, user_realm_name="master"
    )
    realm = Realm(server.url, f"bench-{uuid.uuid4().hex[:8]}", people)
    client = {"clientId": CLIENT, "secret": SECRET, "serviceAccountsEnabled": True}
    account = {
        "username": f"service-account-{CLIENT}",
        "enabled": True,
        "serviceAccountClientId": CLIENT,
        "clientRoles": {"realm-management": ["manage-realm", "manage-users"]},
    }
    admin.create_realm({"realm": realm.name, "enabled": True, "clients": [client], "users": [account]})
    admin.connection.get_token()  # the roles in a new realm are in a new token only
    for first in range(0, people, PEOPLE_IN_ONE_IMPORT):
        numbers = range(first, min(first + PEOPLE_IN_ONE_IMPORT, people))
        admin.partial_import_realm(realm.name, {"users": [_person(number) for number in numbers]})
    return realm


def _person(number: int) -> dict[str, object]:
    name = f"person-{number:06d}"
    return {
        "username": name,
        "email": f"{name}@example.org",
        "firstName": "Some",
        "lastName": "Person",
        "enabled": True,
    }
