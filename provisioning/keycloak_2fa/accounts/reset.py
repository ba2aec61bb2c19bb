"""A lost device: the user's OTP goes, the set-up comes back, and the user is signed out."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from typing import Any

from keycloak_2fa.accounts import required_actions
from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.endpoints import segment
from keycloak_2fa.api.responses import BadRequestError, ConflictError, NotFoundError
from keycloak_2fa.enforcement import engine
from keycloak_2fa.errors import PartlyDoneError
from keycloak_2fa.people import lookup, reset_reason
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.reset_reason import ResetReason
from keycloak_2fa.people.standing import actions_to_write
from keycloak_2fa.realm import missing_roles
from keycloak_2fa.warning_codes import CodedWarning, WarningCode

OTP = "otp"
"""Type of Keycloak's OTP credentials."""

OPEN_UNTIL_SET_UP = WarningCode.OPEN_UNTIL_SET_UP.says(
    "Until the set-up is done, anyone who has the password can set up 2FA on their own device."
)
"""What a reset cannot prevent: the set-up page asks for nothing but the password."""


@dataclass(frozen=True)
class Credential:
    """Something a user logs in with.

    Attributes:
        id: Keycloak's id; None for one that a user federation provider keeps, such as an LDAP password.
        type: As Keycloak calls it: `password`, `otp`, `webauthn`, `recovery-authn-codes`, ...
        label: The name that the user gave it, such as the device's.
    """

    id: str | None
    type: str
    label: str | None


@dataclass(frozen=True)
class Reset:
    """A reset of one user: what it removes, or has removed.

    Attributes:
        realm: The realm's name.
        person: The user, as they were before.
        removed: OTP credentials that go.
        left: What else the user has.
        reason: Why; None where no reason was given.
        by_extension: Whether the extension does it; only where there is a reason, which it keeps.
        kept: Whether the realm's admin events keep the reason. None where there is none, and where the caller may not
            see it.
    """

    realm: str
    person: Person
    removed: tuple[Credential, ...]
    left: tuple[Credential, ...]
    reason: ResetReason | None = None
    by_extension: bool = False
    kept: bool | None = None

    @property
    def warnings(self) -> tuple[CodedWarning, ...]:
        """What deserves a look."""
        if self.reason is None or self.kept:
            return (OPEN_UNTIL_SET_UP,)
        return OPEN_UNTIL_SET_UP, _MAYBE_NOT_KEPT if self.kept is None else _NOT_KEPT


_NOT_KEPT = WarningCode.REASON_NOT_KEPT.says(
    "Reason and ticket are not kept: the realm keeps no admin events, or the server lacks the extension and the events "
    "do not include representations."
)
_MAYBE_NOT_KEPT = WarningCode.REASON_NOT_KEPT.says(
    "Whether the realm's admin events keep reason and ticket is not known: view-events is missing."
)


def plan_reset(api: AdminApi, name: str, *, reason: str | None = None, ticket: str | None = None) -> Reset:
    """Find out what a reset of one user comes to; writes nothing.

    Args:
        api: The caller's connection.
        name: Username, email or id.
        reason: Why, for the realm's admin events; up to 255 characters.
        ticket: The help desk's, beside a reason.

    Raises:
        UsageError: Nobody, or more than one, is called that; a text is empty or too long; a ticket has no reason.
        PartlyDoneError: The OTP is not Keycloak's to remove.
        RoleMissingError: It names the role.
        Error: The server fails.
    """
    realm = api.settings.realm
    why = reset_reason.new_reason(reason, ticket)
    with _allowed(api):
        person = lookup.get_person(api, name)
        have = credentials(api.get(endpoints.credentials(realm, person.id)))
    otp = tuple(each for each in have if each.type == OTP and each.id)
    if person.has_otp and not otp:
        raise PartlyDoneError(
            f"The OTP of {person.username} is in a user federation provider, not in Keycloak. Nothing was changed.",
            "Remove it there, then run it again.",
        )
    planned = Reset(realm, person, otp, tuple(each for each in have if each not in otp))
    if why is None:
        return planned
    by_extension = engine.choose_engine(api).name == "extension"
    kept = reset_reason.kept(api, in_details=by_extension)
    return replace(planned, reason=why, by_extension=by_extension, kept=kept)


def apply_reset(api: AdminApi, planned: Reset) -> Reset:
    """Let the user set up a new device.

    The set-up is made due before the OTP goes, so that no moment is left in which a password is enough. The extension
    does both in one transaction.

    Returns:
        What was done: as planned, but for what became of the reason.

    Raises:
        PartlyDoneError: The set-up cannot be made due; nothing was removed.
        RoleMissingError: It names the role.
        Error: The server fails; the same call again goes on.
    """
    person = planned.person
    with _allowed(api):
        if planned.by_extension and planned.reason:
            _by_extension(api, planned, planned.reason)
            return planned
        done = _asked(api, planned)
        for each in planned.removed:
            with suppress(NotFoundError):
                # Removed by another caller in the meantime: it is gone.
                api.delete(endpoints.credential(planned.realm, person.id, str(each.id)))
        # Keycloak also sets the user's notBefore, so offline tokens are refused too.
        api.call(api.keycloak.user_logout, segment(person.id))
    return done


def _by_extension(api: AdminApi, planned: Reset, why: ResetReason) -> None:
    body = {"reason": why.reason, "ticket": why.ticket}
    try:
        api.post(endpoints.two_factor_reset(planned.realm, planned.person.id), body)
    except ConflictError as error:
        raise PartlyDoneError(f"{planned.person.username} cannot be reset: {error.detail}.", _MEND) from None


_MEND = "Nothing was changed. Fix that and run it again."


def _asked(api: AdminApi, planned: Reset) -> Reset:
    """Make the set-up due, and tell the reason in the same write, whose event is kept."""
    person = planned.person
    if planned.reason is None:
        required_actions.ask(api, person)
        return planned
    try:
        required_actions.write(api, person, actions_to_write(person), planned.reason.representation())
    except BadRequestError:
        # Reached by a workflow, whose event has no room for it.
        required_actions.ask(api, person)
        return replace(planned, kept=False)
    return planned


def credentials(representations: Iterable[Mapping[str, Any]]) -> tuple[Credential, ...]:
    """A user's credentials, from their CredentialRepresentations; no secret is taken from them."""
    return tuple(Credential(each.get("id"), each["type"], each.get("userLabel")) for each in representations)


def _allowed(api: AdminApi) -> AbstractContextManager[None]:
    return missing_roles.named(api, "reset a user", "manage-users")
