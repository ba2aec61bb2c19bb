"""A person made for one proof, who leaves nothing behind."""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.responses import BadRequestError, NotFoundError
from keycloak_2fa.errors import RefusedError
from keycloak_2fa.people.user_profile import required_attributes
from keycloak_2fa.realm.required_action import ALIAS

_PREFIX = "kc2fa-prove-"
_DOMAIN = "kc2fa.invalid"  # RFC 2606: nobody's, for ever
_OURS = re.compile(rf"{_PREFIX}[0-9a-f]{{16}}(@{re.escape(_DOMAIN)})?")
_MOST_LEFT = 1_000


class ThrowawayRefusedError(RefusedError):
    """The realm does not take a throwaway user."""

    code = "throwaway-refused"


@dataclass(frozen=True)
class Throwaway:
    """A new user of the realm, as an administrator would make one.

    Attributes:
        id: Keycloak's id.
        username: As Keycloak stored it: in some realms that is the email.
        password: Made for this run.
        set_up_pending: Whether Keycloak made CONFIGURE_TOTP due by itself, as it must for new users.
    """

    id: str
    username: str
    password: str = field(repr=False)
    set_up_pending: bool


@contextmanager
def person(api: AdminApi, attributes: Mapping[str, str]) -> Iterator[Throwaway]:
    """A throwaway user, removed at the end; those that an earlier run was kept from removing go first.

    Args:
        api: The caller's connection; needs manage-users.
        attributes: Values for the attributes of the user profile that cannot be guessed.

    Raises:
        ThrowawayRefusedError: The user profile or the password policy refuses it; nothing is left.
        Error: A role is missing, or the server fails.
    """
    remove_leftovers(api)
    user_id = None
    try:
        password = _password()
        body = _representation(api.call(api.keycloak.get_realm_users_profile), attributes, password)
        try:
            user_id = api.create(endpoints.users(api.settings.realm), body)
        except BadRequestError as error:
            raise ThrowawayRefusedError(
                f"The realm refuses a throwaway user: {error.detail}.",
                "Give what its user profile requires with --attribute NAME=VALUE.",
            ) from None
        made = api.get(endpoints.user(api.settings.realm, user_id))
        pending = ALIAS in made["requiredActions"]
        # Other things that are due, such as terms to accept, would stand in the way and prove nothing about 2FA.
        api.call(api.keycloak.update_user, user_id, {"requiredActions": [ALIAS] if pending else []})
        yield Throwaway(user_id, made["username"], password, pending)
    finally:
        if user_id is None:
            # Cut short between the request and its answer: it may be there.
            remove_leftovers(api)
        else:
            _remove(api, user_id)


def remove_leftovers(api: AdminApi) -> int:
    """Remove throwaway users of earlier runs.

    Returns:
        How many there were.
    """
    found = api.get(endpoints.users(api.settings.realm), username=_PREFIX, max=_MOST_LEFT)
    ours = [user["id"] for user in found if _OURS.fullmatch(user["username"])]
    for user_id in ours:
        _remove(api, user_id)
    return len(ours)


def _remove(api: AdminApi, user_id: str) -> None:
    with suppress(NotFoundError):
        api.delete(endpoints.user(api.settings.realm, user_id))


def _password() -> str:
    # Something of every kind that a password policy can ask for.
    return f"{secrets.token_urlsafe(18)}-aA1!"


def _representation(profile: Mapping[str, Any], given: Mapping[str, str], password: str) -> dict[str, Any]:
    name = f"{_PREFIX}{secrets.token_hex(8)}"
    guessed = {each["name"]: _guess(each) for each in profile.get("attributes", ())}
    needed = _needed(profile) - {"username", "email", "firstName", "lastName"}
    attributes = {each: [guessed[each]] for each in sorted(needed)} | {key: [value] for key, value in given.items()}
    return {
        "username": name,
        "email": f"{name}@{_DOMAIN}",
        "emailVerified": True,
        "firstName": "Throwaway",
        "lastName": "Person",
        "enabled": True,
        "attributes": attributes,
        "credentials": [{"type": "password", "value": password, "temporary": False}],
    }


def _needed(profile: Mapping[str, Any]) -> frozenset[str]:
    """What the realm wants of this user: from an administrator who writes them, and from themselves at their login."""
    at_login = {
        each["name"]
        for each in profile.get("attributes", ())
        if "user" in ((each.get("required") or {}).get("roles") or ())
        and "admin" in (each.get("permissions") or {}).get("edit", ())
    }
    return required_attributes(profile) | at_login


def _guess(attribute: Mapping[str, Any]) -> str:
    """A value that an attribute may accept: one of its options where it has some, else a word."""
    options = attribute.get("validations", {}).get("options", {}).get("options") or ["throwaway"]
    return str(options[0])
