"""The files in realm/, and what the tests of both need to make realms of them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from keycloak import KeycloakAdmin
from tests.server import Keycloak

FILES = Path(__file__).parents[3] / "realm"
PASSWORD = "set at run time"

InRealm = Callable[[dict[str, Any]], KeycloakAdmin]
"""Makes a realm of a representation; gives its admin."""


def every(node: Any) -> Iterator[tuple[str, Any]]:
    """Every key with its value, however deep."""
    if isinstance(node, dict):
        yield from node.items()
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from every(child)


def grant(keycloak: Keycloak, realm: str, client: str, **fields: str) -> requests.Response:
    """What the token endpoint answers."""
    return requests.post(
        f"{keycloak.url}/realms/{realm}/protocol/openid-connect/token",
        {"client_id": client, **fields},
        timeout=30,
    )


@pytest.fixture(scope="module")
def in_realm(admin: KeycloakAdmin, keycloak: Keycloak) -> Iterator[InRealm]:
    """Makes realms, and ends all of them."""
    made: list[str] = []

    def make(representation: dict[str, Any]) -> KeycloakAdmin:
        admin.create_realm(representation)
        made.append(representation["realm"])
        return KeycloakAdmin(
            server_url=keycloak.url,
            username=keycloak.username,
            password=keycloak.password,
            realm_name=representation["realm"],
            user_realm_name="master",
        )

    yield make
    for name in made:
        admin.delete_realm(name)
