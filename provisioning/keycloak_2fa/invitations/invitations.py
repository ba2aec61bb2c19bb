"""Invitations to organizations, for people who may not be users yet.

A new invitee has no user: what reaches them is that CONFIGURE_TOTP is a default action. An invited user is
reached like every other one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.responses import BadRequestError, ConflictError, NotFoundError
from keycloak_2fa.errors import AlreadyThereError, BadAddressError, RefusedError, RoleMissingError
from keycloak_2fa.invitations import mail, organizations
from keycloak_2fa.invitations.organizations import Organization
from keycloak_2fa.realm import versions
from keycloak_2fa.realm.settings import RealmSettings
from keycloak_2fa.timestamps import rfc3339
from keycloak_2fa.warning_codes import WarningCode

NOT_VISIBLE = WarningCode.INVITATIONS_NOT_COUNTED.says(
    "Pending invitations could not be counted: "
    f"Keycloak lists them from {versions.INVITATIONS_SINCE} on, to callers with manage-organizations or manage-realm."
)

PENDING = "PENDING"


@dataclass(frozen=True)
class Invitation:
    """An invitation to an organization. Its link is the invitee's secret and is never read.

    Attributes:
        id: Its id; a new one each time it is sent.
        organization: Which organization.
        email: Who is invited.
        status: As Keycloak names it: PENDING or EXPIRED.
        sent_at: RFC 3339 in UTC.
        expires_at: RFC 3339 in UTC.
    """

    id: str
    organization: Organization
    email: str
    status: str
    sent_at: str
    expires_at: str


def pending(api: AdminApi, realm: RealmSettings) -> int | None:
    """How many invitations to the realm's organizations are open.

    Returns:
        None where they cannot be counted, see `NOT_VISIBLE`.
    """
    try:
        found = every(api, realm, status=PENDING)
    except RoleMissingError:
        return None
    return None if found is None else len(found)


def every(api: AdminApi, realm: RealmSettings, **query: str) -> tuple[Invitation, ...] | None:
    """Invitations to every organization.

    Args:
        api: The logged-in caller's connection.
        realm: The realm's settings.
        query: What Keycloak filters by, such as `status` or `email`.

    Returns:
        None where the server keeps no list of them.

    Raises:
        RoleMissingError: The caller may not see them.
    """
    found: list[Invitation] = []
    for organization in organizations.every(api, realm):
        some = _to(api, realm, organization, **query)
        if some is None:
            return None
        found += some
    return tuple(found)


def send(api: AdminApi, realm: RealmSettings, organization: Organization, email: str) -> Invitation | None:
    """Invite an address, a user's or a stranger's.

    Returns:
        The invitation; None where the server keeps no list of them.

    Raises:
        BadAddressError: It is not an email address.
        AlreadyThereError: They are invited or a member already.
        RefusedError: The organization is disabled.
        MailFailedError: Keycloak could not send the mail.
    """
    _check_enabled(organization)
    # Keycloak would mail first, and find only then that an expired invitation is in the way.
    for there in _to(api, realm, organization, email=email) or ():
        raise AlreadyThereError(
            f"{email} is already invited to {organization.alias} ({there.status}).",
            f"Send it again: kc2fa invitations resend {there.id}.",
        )
    try:
        # For users too: the endpoint that is for users alone invites members once more.
        mail.send(email, lambda: api.post_once(endpoints.invite(realm.name, organization.id), {"email": email}))
    except ConflictError as error:
        raise AlreadyThereError(
            f"{email} is already a member of {organization.alias}, or was invited just now.",
            "Nothing needs to be sent: the user sets up 2FA at the next login, once it is enforced.",
        ) from error
    except BadRequestError as error:
        raise BadAddressError(
            f"Keycloak refuses to invite {email!r}: {error.detail}.", "Give an address such as jane@example.org."
        ) from error
    return _newest(api, realm, organization, email)


def resend(api: AdminApi, realm: RealmSettings, old: Invitation) -> Invitation | None:
    """Send an invitation again: Keycloak replaces it by one with a new id and a new time to expire.

    Returns:
        The new one; None where it was removed or accepted in the same moment.

    Raises:
        MailFailedError: Keycloak could not send the mail.
    """
    _check_enabled(old.organization)
    path = endpoints.resend_invitation(realm.name, old.organization.id, old.id)
    mail.send(old.email, lambda: api.post_once(path))
    return _newest(api, realm, old.organization, old.email)


def _check_enabled(organization: Organization) -> None:
    if not organization.enabled:
        raise RefusedError(
            f"Nothing was sent: organization {organization.alias} is disabled.",
            "Enable it (admin console: Organizations), and run again.",
        )


def no_address(text: str) -> BadAddressError:
    """The error for what is not an email address."""
    return BadAddressError(f"{text!r} is not an email address.", "Give one such as jane@example.org.")


def _to(api: AdminApi, realm: RealmSettings, organization: Organization, **query: str) -> list[Invitation] | None:
    """Invitations to one organization, none where it was removed; None where the server keeps no list."""
    path = endpoints.invitations(realm.name, organization.id)
    try:
        return [_invitation(organization, each) for each in api.pages(path, **query)]
    except NotFoundError:
        return None if organization in organizations.every(api, realm) else []


def _newest(api: AdminApi, realm: RealmSettings, organization: Organization, email: str) -> Invitation | None:
    sent = _to(api, realm, organization, email=email) or []
    return max(sent, key=lambda each: each.sent_at, default=None)


def _invitation(organization: Organization, found: Mapping[str, Any]) -> Invitation:
    return Invitation(
        id=found["id"],
        organization=organization,
        email=found["email"],
        status=found["status"],
        sent_at=rfc3339(found["sentDate"]),
        expires_at=rfc3339(found["expiresAt"]),
    )
