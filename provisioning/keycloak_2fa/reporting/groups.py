"""How the members of each group of a realm stand."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.responses import NotFoundError
from keycloak_2fa.people.register import KNOWN, Register

GROUPS_AT_MOST = 100
MEMBERS_AT_MOST = 10_000
"""Keycloak lists members by offset: a larger group would take longer than reading all users."""

_STANDINGS = {known: standing.value for standing, known in KNOWN.items()}


@dataclass(frozen=True)
class Group:
    """A group of the realm.

    Attributes:
        id: Keycloak's id.
        path: Its name after those of the groups that it is in.
    """

    id: str
    path: str


def list_groups(api: AdminApi) -> tuple[Group, ...]:
    """The first `GROUPS_AT_MOST` groups.

    Raises:
        RoleMissingError: The caller may not see them.
    """
    found = islice(_groups(api, api.pages(endpoints.groups(api.settings.realm))), GROUPS_AT_MOST)
    return tuple(Group(each["id"], each["path"]) for each in found)


def count(api: AdminApi, groups: Iterable[Group], register: Register) -> dict[str, dict[str, int]]:
    """How many members of each group stand where.

    Args:
        api: The caller's connection; needs view-users.
        groups: The groups.
        register: Where each user stands.

    Returns:
        By the group's path. A group with more than `MEMBERS_AT_MOST` members is left out, and one that is gone by now.
    """
    counted = {}
    for group in groups:
        members = api.pages(endpoints.group_members(api.settings.realm, group.id), briefRepresentation="true")
        try:
            ids = [each["id"] for each in islice(members, MEMBERS_AT_MOST + 1)]
        except NotFoundError:
            continue
        if len(ids) <= MEMBERS_AT_MOST:
            standings = Counter(_STANDINGS.get(known) for each in ids if (known := register.see(each)))
            counted[group.path] = {each: standings[each] for each in _STANDINGS.values()}
    return counted


def _groups(api: AdminApi, some: Iterator[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for group in some:
        yield group
        if group.get("subGroupCount"):
            yield from _groups(api, api.pages(endpoints.group_children(api.settings.realm, group["id"])))
