"""The realm's organizations."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.errors import RoleMissingError, UnknownOrganizationError
from keycloak_2fa.realm.settings import RealmSettings


@dataclass(frozen=True)
class Organization:
    """An organization of the realm.

    Attributes:
        id: Its id.
        alias: Its short name, which never changes.
        name: Its name.
        enabled: Whether it takes members.
    """

    id: str
    alias: str
    name: str
    enabled: bool = field(default=True, compare=False)


def every(api: AdminApi, realm: RealmSettings) -> Iterator[Organization]:
    """All of them; none where the realm has organizations off.

    Raises:
        RoleMissingError: The caller may not see them.
    """
    if not realm.representation.get("organizationsEnabled"):
        return
    try:
        for each in api.pages(endpoints.organizations(realm.name)):
            yield Organization(each["id"], each["alias"], each["name"], each.get("enabled", True))
    except RoleMissingError as error:
        raise RoleMissingError(
            f"The caller may not see the organizations of realm {realm.name!r}: manage-organizations is missing.",
            "Give it manage-organizations, or manage-realm, of the client realm-management.",
        ) from error


def find(api: AdminApi, realm: RealmSettings, wanted: str) -> Organization:
    """The organization with that alias, or else with that name.

    Raises:
        UnknownOrganizationError: There is none, or organizations are off.
        RoleMissingError: The caller may not see them.
    """
    if not realm.representation.get("organizationsEnabled"):
        raise UnknownOrganizationError(
            f"Organizations are off in realm {realm.name!r}.",
            "Switch them on (admin console: Realm settings, General), or leave --organization out.",
        )
    by_name = None
    for each in every(api, realm):
        if each.alias == wanted:
            return each
        if each.name == wanted:
            by_name = each
    if by_name is None:
        raise UnknownOrganizationError(
            f"Realm {realm.name!r} has no organization {wanted!r}.", "Give its alias or its name; case matters."
        )
    return by_name
