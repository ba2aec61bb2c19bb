"""What must hold before anything is written (contract, rule 5)."""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import Any

from keycloak_2fa import timestamps
from keycloak_2fa.api import caller, endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.caller import Caller
from keycloak_2fa.errors import CallerLockedOutError, ConfirmMismatchError, NoConsentError, RoleMissingError, UsageError
from keycloak_2fa.people import exemptions
from keycloak_2fa.realm import required_action, roles
from keycloak_2fa.realm.settings import RealmSettings, get_settings

CONSENT = "Enforce 2FA"
"""The words a person types to have it done."""


class Risk(StrEnum):
    """What a person may accept with `--accept`."""

    CALLER_LOCKOUT = "caller-lockout"
    """The caller's own next login is stopped until they set up OTP in a browser."""

    UNWRITABLE_USERS = "unwritable-users"
    """2FA becomes ON although the named users could not be marked."""


def check_consent(words: str | None) -> None:
    """Check the words of consent.

    Raises:
        NoConsentError: There are none.
        ConfirmMismatchError: They are other words.
    """
    hint = f'Enforcing cannot be reverted. Consent with --confirm "{CONSENT}", in exactly these words.'
    if words is None:
        raise NoConsentError("The consent is missing; nothing was changed.", hint)
    if words != CONSENT:
        raise ConfirmMismatchError("The words of consent do not match; nothing was changed.", hint)


def risks(names: Iterable[str]) -> frozenset[Risk]:
    """The risks that a person names.

    Raises:
        UsageError: There is no such risk.
    """
    try:
        return frozenset(Risk(name) for name in names)
    except ValueError as error:
        raise UsageError(f"--accept: {error}.", f"The risks are: {', '.join(Risk)}.") from None


def check(api: AdminApi, who: Caller, server: Mapping[str, Any], accepted: Collection[Risk]) -> None:
    """Refuse what must be refused to a caller who has the roles; writes nothing.

    Args:
        api: The logged-in caller's connection.
        who: The caller.
        server: The server's ServerInfoRepresentation.
        accepted: Risks that a person has accepted.

    Raises:
        ProviderAbsentError: Nobody could set up OTP on this server.
        CallerLockedOutError: The caller would lock themself out, and has not accepted that.
    """
    if required_action.ALIAS not in server["providers"]["required-action"]["providers"]:
        raise required_action.provider_absent()
    if Risk.CALLER_LOCKOUT not in accepted and locks_out(api, who):
        raise CallerLockedOutError(
            f"{who.username} logs in to realm {api.settings.realm!r} with a password and has no OTP: "
            "enforcing would block this login from the command line.",
            "Set up OTP for this account first and give --otp, or use a service account, or accept it "
            f"with --accept {Risk.CALLER_LOCKOUT} (the account then sets up OTP in a browser).",
        )


def realm_to_enforce(api: AdminApi, who: Caller) -> RealmSettings:
    """The realm's settings, for a caller who may enforce.

    Raises:
        UnknownRealmError: There is no such realm.
        RoleMissingError: Names what is missing.
    """
    realm = roles.naming(lambda: check_roles(api, who), lambda: get_settings(api))
    check_roles(api, who)
    return realm


def check_roles(api: AdminApi, who: Caller) -> None:
    """Check that the caller may enforce.

    Raises:
        RoleMissingError: Names what is missing.
    """
    if missing := caller.missing_roles(api, who):
        raise RoleMissingError(
            f"{who.username} lacks {' and '.join(missing)} in realm {api.settings.realm!r}.",
            f"Give it {' and '.join(missing)} of the client realm-management.",
        )


def locks_out(api: AdminApi, who: Caller) -> bool:
    """Whether enforcing stops the caller's own login: a person of this realm without OTP who is not exempt."""
    if not logs_in_without_otp(api, who):
        return False
    return who.user_id not in exemptions.valid(exemptions.list_exemptions(api), timestamps.today())


def logs_in_without_otp(api: AdminApi, who: Caller) -> bool:
    """Whether a flow that demands OTP stops the caller's own login, be they exempt or not."""
    if not who.is_person or who.realm != api.settings.realm or who.user_id is None:
        return False
    return api.get(endpoints.user(api.settings.realm, who.user_id)).get("totp") is not True
