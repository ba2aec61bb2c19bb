"""Clients that act by themselves. They have no second factor, so a report names what each may do."""

from dataclasses import dataclass

from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi


@dataclass(frozen=True)
class ServiceAccount:
    """The user that a client acts as.

    Attributes:
        client_id: The client.
        user_id: Its user.
        enabled: Whether the client is on.
        roles: What it is given, directly: `role` of the realm, `client.role` of a client.
    """

    client_id: str
    user_id: str
    enabled: bool
    roles: tuple[str, ...]


def read(api: AdminApi) -> tuple[ServiceAccount, ...]:
    """Every service account of the realm, by its client's name.

    Raises:
        RoleMissingError: The caller lacks view-clients or view-users.
    """
    realm = api.settings.realm
    clients = [each for each in api.pages(endpoints.clients(realm)) if each.get("serviceAccountsEnabled")]
    return tuple(
        _read(api, each["id"], each["clientId"], enabled=bool(each.get("enabled")))
        for each in sorted(clients, key=lambda each: str(each["clientId"]))
    )


def _read(api: AdminApi, internal_id: str, client_id: str, *, enabled: bool) -> ServiceAccount:
    realm = api.settings.realm
    user = api.get(endpoints.service_account(realm, internal_id))
    mappings = api.get(endpoints.role_mappings(realm, user["id"]))
    of_realm = [each["name"] for each in mappings.get("realmMappings") or ()]
    of_clients = [
        f"{client}.{each['name']}"
        for client, held in (mappings.get("clientMappings") or {}).items()
        for each in held["mappings"]
    ]
    return ServiceAccount(client_id, user["id"], enabled, tuple(sorted(of_realm) + sorted(of_clients)))
