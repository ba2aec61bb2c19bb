"""One person asked to set up 2FA, or no longer: the write of a single user, apart from any sweep."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.endpoints import segment
from keycloak_2fa.api.responses import BadRequestError
from keycloak_2fa.errors import PartlyDoneError
from keycloak_2fa.people import refusals, workflow
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.standing import actions_to_write
from keycloak_2fa.realm.required_action import ALIAS


def ask(api: AdminApi, person: Person) -> bool:
    """Make CONFIGURE_TOTP pending for one user, also a user with OTP.

    Returns:
        Whether it was not due before.

    Raises:
        PartlyDoneError: Neither the plain update nor a workflow can write the user; it has reason and fix.
    """
    if ALIAS in person.required_actions:
        return False
    try:
        write(api, person, actions_to_write(person))
    except BadRequestError as error:
        refusal = refusals.from_error(person, error)
        if not (workflow.add_required_action(api, [refusal]) and workflow.has_required_action(api, person.id)):
            raise PartlyDoneError(f"{person.username} cannot be marked: {refusal.reason}.", refusal.fix) from None
    return True


def take_back(api: AdminApi, person: Person) -> bool:
    """Make CONFIGURE_TOTP no longer due for one person; everything else that is due stays.

    Returns:
        Whether it was due.

    Raises:
        PartlyDoneError: Keycloak refuses to write the user; it has reason and fix.
    """
    if ALIAS not in person.required_actions:
        return False
    try:
        write(api, person, [each for each in person.required_actions if each != ALIAS])
    except BadRequestError as error:
        refusal = refusals.from_error(person, error)
        raise PartlyDoneError(f"{person.username} still has a pending set-up: {refusal.reason}.", refusal.fix) from None
    return True


def write(
    api: AdminApi, person: Person, actions: Collection[str], beside: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Replace a user's required actions, the plain way.

    Args:
        api: The caller's connection.
        person: The user.
        actions: All that are due then.
        beside: What is sent with them and Keycloak does not store, but for the event of the update.

    Raises:
        BadRequestError: Keycloak refuses to write the user.
    """
    # Each once: CONFIGURE_TOTP may have been due before.
    payload = {"requiredActions": list(dict.fromkeys(actions)), **beside}
    api.call(api.keycloak.update_user, segment(person.id), payload)
