"""A server to measure, and realms on it: each with people, and with a service account that may enforce."""

import sys
from dataclasses import dataclass
from itertools import count

from keycloak import KeycloakAdmin

from keycloak_2fa.embedded import EmbeddedKeycloak
from keycloak_2fa.settings import ConnectionSettings, ServiceAccount

CLIENT, SECRET = "bench", "bench-secret"
PEOPLE_IN_ONE_IMPORT = 1_000
_numbers = count(1)


def warm_server() -> EmbeddedKeycloak:
    """A Keycloak whose JVM compiles as it does in production, not one made for a fast start."""
    return EmbeddedKeycloak(
        java_options=("-XX:MaxMetaspaceSize=256m", "-Dfile.encoding=UTF-8"),
        heap_mb=1024,
        on_step=lambda step: print(f"{step} ...", file=sys.stderr),
    )


@dataclass(frozen=True)
class Realm:
    """A realm of its own for one measurement."""

    server_url: str
    name: str
    people: int

    def settings(self, concurrency: int) -> ConnectionSettings:
        who = ServiceAccount(CLIENT, SECRET)
        return ConnectionSettings(self.server_url, self.name, self.name, who, concurrency=concurrency)

    def caller(self) -> KeycloakAdmin:
        """The service account, by python-keycloak."""
        return KeycloakAdmin(
            server_url=self.server_url, realm_name=self.name, client_id=CLIENT, client_secret_key=SECRET
        )


def make(server: EmbeddedKeycloak, people: int) -> Realm:
    """A fresh realm, which goes with the server."""
    admin = KeycloakAdmin(
        server_url=server.url, username=server.username, password=server.password, user_realm_name="master"
    )
    realm = Realm(server.url, f"bench-{next(_numbers)}", people)
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
