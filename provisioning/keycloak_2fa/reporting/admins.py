"""Which users administer the realm: every holder of an admin role, however it reaches them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi

_MASTER = "master"
_REALM_MANAGEMENT = "realm-management"
_MASTER_SUFFIX = "-realm"
_MASTER_ROLES = frozenset({"admin", "create-realm"})


@dataclass(frozen=True)
class Admins:
    """The administrators among a realm's users.

    Attributes:
        ids: Their user ids.
        everybody: Whether an admin role is among the default roles, so that every user has it.
    """

    ids: frozenset[str]
    everybody: bool

    def __contains__(self, user_id: object) -> bool:
        return self.everybody or user_id in self.ids


@dataclass(frozen=True)
class _Role:
    """A role of the realm, or of the client with this internal id."""

    id: str
    name: str
    client: str | None


def read(api: AdminApi) -> Admins:
    """Find them: by the role itself, by a role that is made of it, by a group.

    An admin role is any role of the client `realm-management`; in the realm master any role of a client that stands
    for a realm (such as `master-realm`), and the roles `admin` and `create-realm`
    (https://www.keycloak.org/docs/latest/server_admin/#_admin_permissions).

    Raises:
        RoleMissingError: The caller lacks view-clients, view-users or view-realm.
    """
    realm = api.settings.realm
    clients = list(api.pages(endpoints.clients(realm)))
    managing = {each["id"] for each in clients if _manages(realm, each["clientId"])}
    roles = [*_realm_roles(api), *(role for each in clients for role in _client_roles(api, each["id"]))]
    admin = {each["id"] for each in roles if each.get("containerId") in managing or _is_master_role(realm, each)}
    grown = True
    composites = {each["id"]: _parts(api, each["id"]) for each in roles if each.get("composite")}
    while grown:
        more = {role for role, parts in composites.items() if parts & admin} - admin
        admin |= more
        grown = bool(more)
    default = (api.get(endpoints.realm(realm)).get("defaultRole") or {}).get("id")
    holding = [
        _Role(each["id"], each["name"], each["containerId"] if each.get("clientRole") else None)
        for each in roles
        if each["id"] in admin
    ]
    return Admins(frozenset(user for role in holding for user in _holders(api, role)), default in admin)


def _manages(realm: str, client_id: str) -> bool:
    return client_id.endswith(_MASTER_SUFFIX) if realm == _MASTER else client_id == _REALM_MANAGEMENT


def _is_master_role(realm: str, role: Mapping[str, Any]) -> bool:
    return realm == _MASTER and not role.get("clientRole") and role["name"] in _MASTER_ROLES


def _realm_roles(api: AdminApi) -> Iterator[dict[str, Any]]:
    return api.pages(endpoints.roles(api.settings.realm))


def _client_roles(api: AdminApi, client: str) -> Iterator[dict[str, Any]]:
    return api.pages(endpoints.client_roles(api.settings.realm, client))


def _parts(api: AdminApi, role_id: str) -> frozenset[str]:
    return frozenset(each["id"] for each in api.get(endpoints.role_composites(api.settings.realm, role_id)))


def _holders(api: AdminApi, role: _Role) -> Iterator[str]:
    realm = api.settings.realm
    for user in api.pages(endpoints.role_holders(realm, role.name, role.client)):
        yield user["id"]
    for group in api.pages(endpoints.role_groups(realm, role.name, role.client)):
        yield from _members(api, group["id"])


def _members(api: AdminApi, group: str) -> Iterator[str]:
    realm = api.settings.realm
    for user in api.pages(endpoints.group_members(realm, group), briefRepresentation="true"):
        yield user["id"]
    for child in api.pages(endpoints.group_children(realm, group), briefRepresentation="true"):
        yield from _members(api, child["id"])
