"""Which of the roles for reading a realm the caller lacks."""

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.caller import Caller
from keycloak_2fa.errors import RoleMissingError
from keycloak_2fa.realm.settings import RealmSettings, get_settings

T = TypeVar("T")

WRITING: Mapping[str, str] = {
    "view-realm": "manage-realm",
    "view-users": "manage-users",
    "view-events": "manage-events",
    "view-clients": "manage-clients",
    "view-identity-providers": "manage-identity-providers",
}
"""Each role for reading, and the one for writing that stands for it."""

PEOPLE = ("view-realm", "view-users")
"""What it takes to say where the people of a realm stand."""


def realm_with_people(api: AdminApi, who: Caller) -> RealmSettings:
    """The realm's settings, for a caller who may read it and its people.

    Raises:
        UnknownRealmError: There is no such realm.
        RoleMissingError: The caller may not; it names the roles that are missing.
    """
    realm = naming(lambda: check_people(api, who), lambda: get_settings(api))
    check_people(api, who)
    return realm


def check_people(api: AdminApi, who: Caller) -> None:
    """Refuse a caller who would see nobody and take that for an empty realm.

    Raises:
        RoleMissingError: It names the roles that are missing.
    """
    _check(api, who, PEOPLE)


def check_realm(api: AdminApi, who: Caller) -> None:
    """Refuse a caller who may not read the realm.

    Raises:
        RoleMissingError: It names the role.
    """
    _check(api, who, ("view-realm",))


def naming(check: Callable[[], None], read: Callable[[], T]) -> T:
    """What is read, by a caller who may lack a role: Keycloak says that one is missing, not which.

    Args:
        check: Names what is missing, as an error. Asked after Keycloak has refused: in a realm that is not there,
            the caller has no role either.
        read: What Keycloak may refuse.

    Raises:
        RoleMissingError: A role is missing.
    """
    try:
        return read()
    except RoleMissingError:
        check()
        raise


def _check(api: AdminApi, who: Caller, needed: Collection[str]) -> None:
    if missing := sorted(lacking(api, who, needed)):
        of_whom = "the users of " if "view-users" in needed else ""
        roles = " and ".join(missing)
        raise RoleMissingError(
            f"{who.username} may not read {of_whom}realm {api.settings.realm!r}: "
            f"{roles} {'is' if len(missing) == 1 else 'are'} missing.",
            f"Give it {roles} of the realm (client realm-management).",
        )


def lacking(api: AdminApi, who: Caller, among: Collection[str] = tuple(WRITING)) -> frozenset[str]:
    """The roles for reading that the caller lacks.

    An empty list proves nothing: with query-users or query-clients alone Keycloak answers 200 and `[]`. Where the
    token does not tell its roles, each is tried with a request that Keycloak refuses without it.
    """
    if who.roles is not None:
        return frozenset(role for role in among if not {role, WRITING[role]} & who.roles)
    realm = api.settings.realm
    probes = {
        "view-realm": endpoints.roles(realm),
        "view-users": endpoints.brute_force_status(realm, "nobody"),
        "view-events": endpoints.events(realm),
        "view-clients": endpoints.initial_access_tokens(realm),
        "view-identity-providers": endpoints.identity_providers(realm),
    }
    return frozenset(role for role in among if not may_read(api, probes[role]))


def may_read(api: AdminApi, path: str) -> bool:
    """Whether Keycloak shows the caller a list at a path of `endpoints`."""
    try:
        api.get(path, first=0, max=1)
    except RoleMissingError:
        return False
    return True
