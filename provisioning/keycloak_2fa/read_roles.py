"""Which of the roles for reading a realm the caller lacks."""

from collections.abc import Mapping

from keycloak_2fa import endpoints
from keycloak_2fa.admin_api import AdminApi
from keycloak_2fa.caller import Caller
from keycloak_2fa.errors import RoleMissingError

WRITING: Mapping[str, str] = {
    "view-realm": "manage-realm",
    "view-users": "manage-users",
    "view-events": "manage-events",
    "view-clients": "manage-clients",
    "view-identity-providers": "manage-identity-providers",
}
"""Each role for reading, and the one for writing that stands for it."""


def lacking(api: AdminApi, who: Caller) -> frozenset[str]:
    """The roles for reading that the caller lacks.

    An empty list is no sign: with query-users or query-clients alone Keycloak answers 200 and `[]`. Where the
    token does not tell its roles, each is tried with a request that Keycloak refuses without it.
    """
    if who.roles is not None:
        return frozenset(role for role, writing in WRITING.items() if not {role, writing} & who.roles)
    realm = api.settings.realm
    probes = {
        "view-realm": endpoints.roles(realm),
        "view-users": endpoints.brute_force_status(realm, "nobody"),
        "view-events": endpoints.events(realm),
        "view-clients": endpoints.initial_access_tokens(realm),
        "view-identity-providers": endpoints.identity_providers(realm),
    }
    return frozenset(role for role, path in probes.items() if not _may_read(api, path))


def _may_read(api: AdminApi, path: str) -> bool:
    try:
        api.get(path, first=0, max=1)
    except RoleMissingError:
        return False
    return True
