"""A warm Keycloak and realms full of people, for the comparisons beside this file."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from keycloak_2fa import enforcement, preflight
from keycloak_2fa.admin_api import AdminApi
from keycloak_2fa.embedded import EmbeddedKeycloak
from keycloak_2fa.settings import AdminUser, ConnectionSettings, ServiceAccount

CLIENT, SECRET = "bench", "for-the-bench-only"
BATCH = 1_000


@contextmanager
def warm(writes: int = 3_000) -> Iterator[EmbeddedKeycloak]:
    """A server with the JVM's own compilers, which has enforced already."""
    with EmbeddedKeycloak(java_options=("-XX:MaxMetaspaceSize=256m", "-Dfile.encoding=UTF-8"), heap_mb=1024) as server:
        if writes:
            realm = f"warm-{writes}"
            fill(server, realm, writes)
            enforcement.enforce(api(server, realm), consent=preflight.CONSENT)
        yield server


def fill(server: EmbeddedKeycloak, realm: str, people: int) -> None:
    """Make a realm with a service account that may enforce, and that many people."""
    roles = {"realm-management": ["manage-realm", "manage-users"]}
    master = AdminApi(ConnectionSettings(server.url, realm, "master", AdminUser(server.username, server.password)))
    master.call(
        master.keycloak.create_realm,
        {
            "realm": realm,
            "enabled": True,
            "clients": [{"clientId": CLIENT, "secret": SECRET, "serviceAccountsEnabled": True, "publicClient": False}],
            "users": [
                {
                    "username": f"service-account-{CLIENT}",
                    "enabled": True,
                    "serviceAccountClientId": CLIENT,
                    "clientRoles": roles,
                }
            ],
        },
    )
    # The roles in a new realm are in a new token only.
    master.token_refused(master.bearer())
    for first in range(0, people, BATCH):
        users = [person(number) for number in range(first, min(first + BATCH, people))]
        master.call(master.keycloak.partial_import_realm, realm, {"ifResourceExists": "FAIL", "users": users})


def person(number: int) -> dict[str, object]:
    name = f"person-{number:07d}"
    return {"username": name, "email": f"{name}@example.org", "firstName": "P", "lastName": "N", "enabled": True}


def api(server: EmbeddedKeycloak, realm: str) -> AdminApi:
    """The realm's own service account."""
    return AdminApi(ConnectionSettings(server.url, realm, realm, ServiceAccount(CLIENT, SECRET)))


def marked(server: EmbeddedKeycloak, realm: str) -> int:
    """How many of the first hundred have the action: a loop that writes nothing would be the fastest."""
    caller = api(server, realm)
    users = caller.get(f"admin/realms/{realm}/users", briefRepresentation="false", max=100)
    return sum("CONFIGURE_TOTP" in json.dumps(user["requiredActions"]) for user in users)
