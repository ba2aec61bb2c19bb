"""A lost device: the user's OTP goes, the set-up comes back, and the user is signed out."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Any

from keycloak_2fa.accounts import required_actions
from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.endpoints import segment
from keycloak_2fa.api.responses import NotFoundError
from keycloak_2fa.errors import PartlyDoneError
from keycloak_2fa.people import lookup
from keycloak_2fa.people.person import Person
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
    """

    realm: str
    person: Person
    removed: tuple[Credential, ...]
    left: tuple[Credential, ...]

    @property
    def warnings(self) -> tuple[CodedWarning, ...]:
        """What deserves a look."""
        return (OPEN_UNTIL_SET_UP,)


def plan_reset(api: AdminApi, name: str) -> Reset:
    """Find out what a reset of one user comes to; writes nothing.

    Args:
        api: The caller's connection.
        name: Username, email or id.

    Raises:
        UsageError: Nobody, or more than one, is called that.
        PartlyDoneError: The OTP is not Keycloak's to remove.
        RoleMissingError: It names the role.
        Error: The server fails.
    """
    realm = api.settings.realm
    with _allowed(api):
        person = lookup.get_person(api, name)
        have = credentials(api.get(endpoints.credentials(realm, person.id)))
    otp = tuple(each for each in have if each.type == OTP and each.id)
    if person.has_otp and not otp:
        raise PartlyDoneError(
            f"The OTP of {person.username} is in a user federation provider, not in Keycloak. Nothing was changed.",
            "Remove it there, then run it again.",
        )
    return Reset(realm, person, otp, tuple(each for each in have if each not in otp))


def apply_reset(api: AdminApi, planned: Reset) -> None:
    """Let the user set up a new device.

    The set-up is made due before the OTP goes, so that no moment is left in which a password is enough.

    Raises:
        PartlyDoneError: The set-up cannot be made due; nothing was removed.
        RoleMissingError: It names the role.
        Error: The server fails; the same call again goes on.
    """
    person = planned.person
    with _allowed(api):
        required_actions.ask(api, person)
        for each in planned.removed:
            with suppress(NotFoundError):
                # Removed by another caller in the meantime: it is gone.
                api.delete(endpoints.credential(planned.realm, person.id, str(each.id)))
        # Keycloak also sets the user's notBefore, so offline tokens are refused too.
        api.call(api.keycloak.user_logout, segment(person.id))


def credentials(representations: Iterable[Mapping[str, Any]]) -> tuple[Credential, ...]:
    """A user's credentials, from their CredentialRepresentations; no secret is taken from them."""
    return tuple(Credential(each.get("id"), each["type"], each.get("userLabel")) for each in representations)


def _allowed(api: AdminApi) -> AbstractContextManager[None]:
    return missing_roles.named(api, "reset a user", "manage-users")
