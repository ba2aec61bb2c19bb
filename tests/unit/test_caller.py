"""Who the caller is, as far as tokens tell."""

import base64
import json
from typing import Any

import pytest

from keycloak_2fa.api import access_token, caller


def part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def token(claims: Any) -> str:
    return ".".join([part(b'{"alg":"RS256"}'), part(json.dumps(claims).encode()), "signature"])


def carrying(**roles: list[str]) -> dict[str, Any]:
    return {"resource_access": {client.replace("_", "-"): {"roles": names} for client, names in roles.items()}}


@pytest.mark.parametrize(
    ("claims", "realm", "auth_realm", "roles"),
    [
        pytest.param(
            carrying(realm_management=["manage-users", "view-realm"]),
            "example",
            "example",
            {"manage-users", "view-realm"},
            id="a caller of the realm itself",
        ),
        pytest.param(
            carrying(example_realm=["manage-users"], other_realm=["manage-realm"]),
            "example",
            "master",
            {"manage-users"},
            id="a caller of the master realm",
        ),
        pytest.param(
            carrying(master_realm=["manage-realm"]),
            "master",
            "master",
            {"manage-realm"},
            id="the master realm about itself",
        ),
        pytest.param(
            carrying(realm_management=["manage-users"]),
            "example",
            "master",
            set(),
            id="a role of the master realm's own, for another realm",
        ),
        pytest.param(carrying(account=["view-profile"]), "example", "example", set(), id="other clients only"),
        pytest.param({"resource_access": {}}, "example", "example", set(), id="no client"),
        pytest.param({"resource_access": {"realm-management": {}}}, "example", "example", set(), id="no roles"),
        pytest.param({"sub": "id-1"}, "example", "master", None, id="a lightweight token"),
        pytest.param({}, "example", "example", None, id="an opaque token"),
        pytest.param(
            carrying(realm_management=["manage-users"]),
            "example",
            "elsewhere",
            set(),
            id="a role in a realm that is neither",
        ),
    ],
)
def test_the_admin_roles_that_a_token_carries(
    claims: dict[str, Any], realm: str, auth_realm: str, roles: set[str] | None
) -> None:
    assert caller.roles_in_token(claims, realm=realm, auth_realm=auth_realm) == roles


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"sub": "id-1"}, id="plain"),
        pytest.param({"preferred_username": "γιώργος"}, id="another script"),
        pytest.param({"s": "?>?>?>~~~"}, id="characters that base64url writes in its own way"),
        *(pytest.param({"s": "x" * length}, id=f"padding of length {length}") for length in range(4)),
    ],
)
def test_claims_are_read_from_a_token(claims: dict[str, Any]) -> None:
    assert access_token.claims(token(claims)) == claims


@pytest.mark.parametrize(
    "malformed",
    [
        pytest.param("", id="empty"),
        pytest.param("opaque", id="one part"),
        pytest.param("..", id="empty parts"),
        pytest.param("a.!!!.c", id="no base64"),
        pytest.param("a.é.c", id="no ASCII"),
        pytest.param("a.A.c", id="base64 of a wrong length"),
        pytest.param(f"a.{part(b'hello')}.c", id="no JSON"),
        pytest.param(f"a.{part(bytes([255]))}.c", id="no text"),
        pytest.param(token(None), id="null"),
        pytest.param(token(["a", "list"]), id="a list"),
        pytest.param(token("text"), id="a text"),
    ],
)
def test_a_token_that_cannot_be_read_claims_nothing(malformed: str) -> None:
    assert access_token.claims(malformed) == {}
