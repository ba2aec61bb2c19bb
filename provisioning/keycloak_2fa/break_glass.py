"""Giving and ending an exemption, with what it means for the account at once."""

from dataclasses import dataclass

from keycloak_2fa import asking, caller, exemptions, lookup, mark, preflight
from keycloak_2fa.admin_api import AdminApi
from keycloak_2fa.errors import RoleMissingError
from keycloak_2fa.exemptions import Exemption
from keycloak_2fa.lookup import UnknownUserError
from keycloak_2fa.mark import State


@dataclass(frozen=True)
class Given:
    """An exemption that was given.

    Attributes:
        realm: The realm's name.
        exemption: As it is kept.
        set_up_taken_back: Whether CONFIGURE_TOTP was due and is no longer.
    """

    realm: str
    exemption: Exemption
    set_up_taken_back: bool


@dataclass(frozen=True)
class Ended:
    """An exemption that was ended.

    Attributes:
        realm: The realm's name.
        exemption: As it was.
        asked: Whether the account must set up 2FA now.
    """

    realm: str
    exemption: Exemption
    asked: bool


def exempt(api: AdminApi, name: str, *, reason: str, approver: str, expires: str) -> Given:
    """Exempt one person, and take back a set-up that is due.

    Args:
        api: The caller's connection.
        name: Username, email or id.
        reason: Why.
        approver: Who answers for it.
        expires: The last day, as 2026-12-31.

    Raises:
        RoleMissingError: The caller may not; it names the roles that are missing.
        UsageError: Nobody, or more than one, is called that; or a value is missing or wrong.
        Error: The server fails.
    """
    who = caller.identify(api)
    preflight.check_roles(api, who)
    person = lookup.person(api, name)
    exemption = exemptions.given(person, reason=reason, approver=approver, expires=expires, by=who.username)
    # Kept first: a run of `enforce` at this moment leaves the account alone, and nothing is undone without a record.
    exemptions.add(api, exemption)
    return Given(api.settings.realm, exemption, asking.take_back(api, person))


def given(api: AdminApi) -> tuple[Exemption, ...]:
    """Every exemption of the realm, by name, also those that do not hold.

    Raises:
        RoleMissingError: The caller may not read them; it names the role.
    """
    try:
        return exemptions.read(api)
    except RoleMissingError:
        raise RoleMissingError(
            f"{caller.identify(api).username} lacks view-realm in realm {api.settings.realm!r}.",
            "Give it view-realm of the client realm-management.",
        ) from None


def end(api: AdminApi, name: str) -> Ended:
    """End one person's exemption, and ask them for the set-up where 2FA is ENFORCING or ON.

    Args:
        api: The caller's connection.
        name: Username or id.

    Raises:
        RoleMissingError: The caller may not; it names the roles that are missing.
        UnknownExemptionError: Nobody of that name is exempt.
        Error: The server fails.
    """
    preflight.check_roles(api, caller.identify(api))
    exemption = exemptions.named(exemptions.read(api), name)
    exemptions.remove(api, exemption)
    asked = mark.read(api).state is not State.OFF and _ask(api, exemption)
    return Ended(api.settings.realm, exemption, asked)


def _ask(api: AdminApi, exemption: Exemption) -> bool:
    try:
        person = lookup.person(api, exemption.user_id)
    except UnknownUserError:
        return False
    return not person.has_otp and asking.ask(api, person)
