"""Who the caller is, and what the caller may do."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from keycloak_2fa.api import access_token, endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.responses import BadRequestError
from keycloak_2fa.errors import RoleMissingError
from keycloak_2fa.settings import AdminUser

NEEDED = ("manage-realm", "manage-users")
"""What enforcement needs, and no more."""


@dataclass(frozen=True)
class Caller:
    """The account behind the token.

    Attributes:
        user_id: Its id in the realm that it logged in to, where the token tells.
        username: Its name; a service account's begins with `service-account-`.
        realm: Name of the realm that it logged in to.
        is_person: Whether it logs in with a password rather than as a client.
        roles: Its admin roles in the realm to act on; None where the token does not tell them.
    """

    user_id: str | None
    username: str
    realm: str
    is_person: bool
    roles: frozenset[str] | None


def identify(api: AdminApi) -> Caller:
    """Read the caller's tokens; logs in if need be."""
    access, id_token = api.tokens()
    claims = access_token.claims(access) | (access_token.claims(id_token) if id_token else {})
    who = api.settings.credentials
    person = isinstance(who, AdminUser)
    return Caller(
        user_id=claims.get("sub"),
        username=claims.get("preferred_username") or (who.username if isinstance(who, AdminUser) else who.client_id),
        realm=api.settings.auth_realm,
        is_person=person,
        roles=roles_in_token(access_token.claims(access), realm=api.settings.realm, auth_realm=api.settings.auth_realm),
    )


def roles_in_token(claims: Mapping[str, Any], *, realm: str, auth_realm: str) -> frozenset[str] | None:
    """The admin roles for a realm that an access token carries.

    They stand under the client `realm-management` of the realm itself, or, for a caller from the master
    realm, under the master realm's client `{realm}-realm`. A lightweight token, as `admin-cli` gets one,
    carries none at all.

    Returns:
        None where the token does not tell.
    """
    if auth_realm not in {"master", realm}:
        # Keycloak lets nobody from a third realm administer this one.
        return frozenset()
    if "resource_access" not in claims:
        return None
    client = f"{realm}-realm" if auth_realm == "master" else "realm-management"
    return frozenset(claims["resource_access"].get(client, {}).get("roles", ()))


def missing_roles(api: AdminApi, caller: Caller, needed: Collection[str] = NEEDED) -> list[str]:
    """Which of the needed roles, of those in `NEEDED`, the caller lacks.

    Where the token does not tell, the server is asked in a way that writes nothing: it checks the role
    before it finds that an empty role, or an empty user, cannot be created.
    """
    if caller.roles is not None:
        return [role for role in needed if role not in caller.roles]
    realm = api.settings.realm
    probes = {"manage-realm": endpoints.roles(realm), "manage-users": endpoints.users(realm)}
    return [role for role in needed if not _passes(api, probes[role])]


def _passes(api: AdminApi, path: str) -> bool:
    try:
        api.post(path, {})
    except BadRequestError:
        return True
    except RoleMissingError:
        return False
    return True
