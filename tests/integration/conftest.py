"""Fixtures that make realms and run the command against the real server."""

import signal
import uuid
from typing import Any

import pytest
from keycloak import KeycloakAdmin, KeycloakOpenIDConnection
from tests.integration import forked, keys
from tests.integration.command import Kc2fa, Run, environment_for
from tests.integration.realms import ENFORCER, MakeRealm, Realm, service_account
from tests.server import Keycloak


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """Lets Ctrl-C reach what the tests start: run in the background, a shell has us, and so them, ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def admin(keycloak: Keycloak) -> KeycloakAdmin:
    """The master realm's admin, as the tests' own eyes and hands."""
    connection = KeycloakOpenIDConnection(
        server_url=keycloak.url + "/",
        username=keycloak.username,
        password=keycloak.password,
        realm_name="master",
    )
    return KeycloakAdmin(connection=connection)


@pytest.fixture(scope="session")
def make_realm(admin: KeycloakAdmin) -> MakeRealm:
    """Makes a realm with an enforcer and the people given; it goes with the server."""

    def make(
        *people: dict[str, Any],
        name: str | None = None,
        clients: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (),
        **settings: Any,
    ) -> Realm:
        name = name or f"test-{uuid.uuid4().hex[:8]}"
        components = {keys.KIND: keys.PROVIDERS} | settings.pop("components", {})
        accounts = [service_account(ENFORCER, "manage-realm", "manage-users"), *clients]
        admin.create_realm(
            {
                "realm": name,
                "enabled": True,
                "adminEventsEnabled": True,
                "clients": [client for client, _ in accounts],
                "users": [*people, *(user for _, user in accounts)],
                "components": components,
            }
            | settings
        )
        # The roles in a new realm are in a new token only.
        admin.connection.get_token()
        return Realm(name, admin)

    return make


@pytest.fixture(scope="session")
def kc2fa(keycloak: Keycloak) -> Kc2fa:
    """Runs `kc2fa` to its end."""

    def run(*arguments: str, realm: Realm | None = None, stdin: str = "", **environment: str) -> Run:
        environment = environment_for(keycloak, realm, **environment)
        return Run(*forked.run([*arguments], environment, stdin, timeout=280))

    return run


@pytest.fixture(scope="session")
def master(keycloak: Keycloak) -> dict[str, str]:
    """Environment of the master realm's admin."""
    return {"KC2FA_USERNAME": keycloak.username, "KC2FA_PASSWORD": keycloak.password}
