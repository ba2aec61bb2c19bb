"""Pending invitations: people who are not users yet."""

from collections.abc import Iterator
from typing import Any

from keycloak_2fa import endpoints
from keycloak_2fa.admin_api import AdminApi
from keycloak_2fa.errors import RoleMissingError
from keycloak_2fa.realm_settings import RealmSettings
from keycloak_2fa.responses import NotFoundError

NOT_VISIBLE = "Pending invitations were not counted: the role manage-organizations is missing."

_PAGE = 100


def pending(api: AdminApi, realm: RealmSettings) -> int | None:
    """How many invitations to the realm's organizations are open.

    A new invitee has no user row: what reaches them is that CONFIGURE_TOTP is a default action.

    Returns:
        None where the caller may not see them. A server before 26.5 keeps no invitations: 0.
    """
    if not realm.representation.get("organizationsEnabled"):
        return 0
    name = realm.name
    try:
        return sum(
            sum(1 for _ in _pages(api, endpoints.invitations(name, organization["id"]), status="PENDING"))
            for organization in _pages(api, endpoints.organizations(name))
        )
    except NotFoundError:
        return 0
    except RoleMissingError:
        return None


def _pages(api: AdminApi, path: str, **query: str) -> Iterator[dict[str, Any]]:
    first = 0
    while True:
        page = api.get(path, first=first, max=_PAGE, **query)
        yield from page
        if len(page) < _PAGE:
            return
        first += _PAGE
