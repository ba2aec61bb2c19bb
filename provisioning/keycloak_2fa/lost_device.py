"""A lost device: the person's OTP goes, the set-up comes back, and whoever is logged in as them is logged out."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from keycloak_2fa import asking, endpoints, lookup
from keycloak_2fa.admin_api import AdminApi
from keycloak_2fa.endpoints import segment
from keycloak_2fa.errors import PartlyDoneError
from keycloak_2fa.people import Person
from keycloak_2fa.responses import NotFoundError

OTP = "otp"
"""Type of Keycloak's OTP credentials."""


@dataclass(frozen=True)
class Credential:
    """Something a person logs in with.

    Attributes:
        id: Keycloak's id.
        type: As Keycloak calls it: `password`, `otp`, `webauthn`, `recovery-authn-codes`, ...
        label: The name that the person gave it, such as the device's.
    """

    id: str
    type: str
    label: str | None


@dataclass(frozen=True)
class Reset:
    """What a reset came to.

    Attributes:
        realm: The realm's name.
        person: Who, as they were before.
        removed: OTP credentials that are gone.
        left: What else the person still has.
    """

    realm: str
    person: Person
    removed: tuple[Credential, ...]
    left: tuple[Credential, ...]


def reset(api: AdminApi, name: str) -> Reset:
    """Let one person set up a new device.

    The set-up is made due before the OTP goes, so that no moment is left in which a password is enough.

    Args:
        api: The caller's connection.
        name: Username, email or id.

    Raises:
        UsageError: Nobody, or more than one, is called that; nothing was changed.
        PartlyDoneError: The set-up cannot be made due, or the OTP is not Keycloak's to remove; nothing was removed.
        Error: A role is missing, or the server fails; the same call again goes on.
    """
    realm = api.settings.realm
    person = lookup.person(api, name)
    have = credentials(api.get(endpoints.credentials(realm, person.id)))
    otp = tuple(each for each in have if each.type == OTP)
    if person.has_otp and not otp:
        raise PartlyDoneError(
            f"The OTP of {person.username} is kept in their user storage, not in Keycloak. Nothing was changed.",
            "Remove it there, then run again.",
        )
    asking.ask(api, person)
    for each in otp:
        with suppress(NotFoundError):
            # Removed by somebody else meanwhile: gone is gone.
            api.delete(endpoints.credential(realm, person.id, each.id))
    # Keycloak also sets the user's notBefore, so offline tokens are refused too.
    api.call(api.keycloak.user_logout, segment(person.id))
    return Reset(realm, person, otp, tuple(each for each in have if each.type != OTP))


def credentials(representations: Iterable[Mapping[str, Any]]) -> tuple[Credential, ...]:
    """A user's credentials, from their CredentialRepresentations; no secret is taken from them."""
    return tuple(Credential(each["id"], each["type"], each.get("userLabel")) for each in representations)
