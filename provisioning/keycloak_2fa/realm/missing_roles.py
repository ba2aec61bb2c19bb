"""Where Keycloak refuses, the error names every role that is missing, all at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from keycloak_2fa.api import caller, endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.caller import Caller
from keycloak_2fa.errors import RoleMissingError
from keycloak_2fa.realm import roles

ORGANIZATIONS = "manage-organizations"


@contextmanager
def named(api: AdminApi, what: str, *needed: str) -> Iterator[None]:
    """Name the roles that are missing where Keycloak refuses something that is done within.

    Args:
        api: The caller's connection.
        what: What the caller may not do, for the message.
        needed: The roles that it takes, of the realm's client realm-management.

    Raises:
        RoleMissingError: Keycloak refused; it names the roles, where the caller lacks one of them.
    """
    try:
        yield
    except RoleMissingError:
        who = caller.identify(api)
        if not (missing := [role for role in needed if _lacks(api, who, role)]):
            raise
        *others, last = missing
        roles, verb = (f"{', '.join(others)} and {last}", "are") if others else (last, "is")
        raise RoleMissingError(
            f"{who.username} may not {what} in realm {api.settings.realm!r}: {roles} {verb} missing.",
            f"Give it {roles} of the realm (client realm-management).",
        ) from None


def _lacks(api: AdminApi, who: Caller, role: str) -> bool:
    if role in caller.NEEDED:
        return role in caller.missing_roles(api, who, [role])
    if role in roles.WRITING:
        return role in roles.lacking(api, who, [role])
    if who.roles is not None:
        return not {role, "manage-realm"} & who.roles
    return not roles.may_read(api, endpoints.organizations(api.settings.realm))
