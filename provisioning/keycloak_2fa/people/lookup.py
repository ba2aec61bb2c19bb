"""One person of the realm, by what a human calls them."""

from collections.abc import Mapping
from typing import Any

from keycloak_2fa.api import caller, endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.responses import NotFoundError
from keycloak_2fa.errors import RoleMissingError, UsageError
from keycloak_2fa.people.person import Person
from keycloak_2fa.realm import roles


class UnknownUserError(UsageError):
    """Nobody in the realm is called that."""

    code = "unknown-user"


class AmbiguousUserError(UsageError):
    """More than one person is called that."""

    code = "ambiguous-user"


def get_person(api: AdminApi, name: str) -> Person:
    """The person whose username, email or id this is.

    A name that is one person's username and another's email, or the email of two, names nobody.

    Raises:
        UnknownUserError: There is none; service accounts are not users.
        AmbiguousUserError: There are several.
        RoleMissingError: The caller may not read people; it names the role.
    """
    found: dict[str, Person] = {}
    try:
        users = [*_with(api, username=name), *_with(api, email=name), get_user(api, name)] if name.strip() else []
    except RoleMissingError:
        roles.check_people(api, caller.identify(api))
        raise
    for user in users:
        if user and not _is_service_account(api, user):
            found[user["id"]] = Person.from_representation(user)
    if not found:
        # With query-users alone Keycloak finds nobody, whatever there is.
        roles.check_people(api, caller.identify(api))
        raise UnknownUserError(
            f"No user of realm {api.settings.realm!r} has the username, email or id {name!r}.",
            "Check the spelling; give the whole name.",
        )
    if len(found) > 1:
        who = ", ".join(f"{each.username} ({each.id})" for each in found.values())
        raise AmbiguousUserError(f"{name!r} fits {len(found)} users: {who}.", "Give the id of the one you mean.")
    return next(iter(found.values()))


def get_user(api: AdminApi, user_id: str) -> Mapping[str, Any] | None:
    """The user of exactly that id, as a UserRepresentation; None where there is none."""
    if user_id in endpoints.DOTS:
        return None
    try:
        found = api.get(endpoints.user(api.settings.realm, user_id))
    except NotFoundError:
        return None
    # What stands there need not be a user: `count` and `profile` are endpoints of their own.
    return found if isinstance(found, dict) and found.get("id") == user_id else None


def _with(api: AdminApi, **field: str) -> list[dict[str, Any]]:
    # Keycloak's "exact" ignores case in usernames and emails, as its login does.
    return list(
        api.get(endpoints.users(api.settings.realm), exact="true", briefRepresentation="false", max=10, **field)
    )


def _is_service_account(api: AdminApi, user: Mapping[str, Any]) -> bool:
    """Whether Keycloak leaves this user out where no field is asked for, as it does with service accounts alone."""
    if not user["username"].startswith("service-account-"):
        return False
    people = api.get(endpoints.users(api.settings.realm), search=f'"{user["username"]}"', max=10)
    return all(each["id"] != user["id"] for each in people)
