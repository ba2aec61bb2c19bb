"""Pending invitations; inviting a user, and again. Both kinds of mail in one place.

An invitation to an organization may go to a stranger. The set-up mail goes to a user, who is created for it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from keycloak_2fa.api import caller
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.errors import AmbiguousInvitationError, UnknownInvitationError
from keycloak_2fa.invitations import invitations, mail, organizations, set_up_mail
from keycloak_2fa.invitations.invitations import Invitation
from keycloak_2fa.invitations.organizations import Organization
from keycloak_2fa.invitations.set_up_mail import LOOKED_AT_MOST, SetUpMail, Unfinished
from keycloak_2fa.realm import missing_roles, roles, versions
from keycloak_2fa.realm.settings import RealmSettings, get_settings
from keycloak_2fa.warning_codes import CodedWarning, WarningCode

NOT_COVERED = WarningCode.NEW_USERS_NOT_COVERED.says(
    "CONFIGURE_TOTP is not yet a default action of the realm: users who register before kc2fa enforce are not asked."
)


@dataclass(frozen=True)
class Invited:
    """Everybody who is invited and not in yet.

    Attributes:
        realm: The realm's settings.
        invitations: To every organization; None where the server keeps no list of them.
        unfinished: Users who never finished a set-up mail.
    """

    realm: RealmSettings
    invitations: tuple[Invitation, ...] | None
    unfinished: Unfinished

    @property
    def warnings(self) -> tuple[CodedWarning, ...]:
        """What deserves a look."""
        said = []
        if self.invitations is None:
            said.append(versions.NO_INVITATIONS)
        if self.invitations and not self.realm.new_users_covered:
            said.append(NOT_COVERED)
        if self.unfinished.not_looked_at:
            more = f"{self.unfinished.not_looked_at:,} more users with an address were not looked at"
            said.append(WarningCode.USERS_NOT_LOOKED_AT.says(f"{more}: --all looks at all users, one request each."))
        return tuple(said)


@dataclass(frozen=True)
class Sent:
    """A mail that was sent.

    Attributes:
        realm: The realm's settings.
        email: The address.
        organization: Which one it invites to; None for a set-up mail.
        invitation: As Keycloak lists it now; None for a set-up mail, and where the server keeps no list.
        set_up: The set-up mail; None for an invitation.
    """

    realm: RealmSettings
    email: str
    organization: Organization | None = None
    invitation: Invitation | None = None
    set_up: SetUpMail | None = None

    @property
    def warnings(self) -> tuple[CodedWarning, ...]:
        """What deserves a look."""
        return (NOT_COVERED,) if self.organization and not self.realm.new_users_covered else ()


def everybody(
    api: AdminApi,
    *,
    at_most: int | None = LOOKED_AT_MOST,
    on_progress: Callable[[int, int], None] = lambda _seen, _total: None,
) -> Invited:
    """Everybody who is invited and not in yet.

    Args:
        api: The logged-in caller's connection.
        at_most: See `set_up_mail.unfinished`.
        on_progress: Told how many users were seen, of how many.

    Raises:
        Error: The realm is unknown, a role is missing, or the server fails.
    """
    with missing_roles.named(api, "list invitations", "view-realm", "view-users", missing_roles.ORGANIZATIONS):
        realm = get_settings(api)
    needed = [
        "view-users",
        *([missing_roles.ORGANIZATIONS] if realm.representation.get("organizationsEnabled") else []),
    ]
    with missing_roles.named(api, "list invitations", *needed):
        roles.check_people(api, caller.identify(api))
        listed = invitations.every(api, realm)
        return Invited(
            realm=realm,
            invitations=None if listed is None else tuple(sorted(listed, key=_order)),
            unfinished=set_up_mail.unfinished(api, at_most=at_most, on_progress=on_progress),
        )


def send(api: AdminApi, email: str, organization: str | None = None) -> Sent:
    """Invite an address to an organization; without one create a user and send the set-up mail.

    Args:
        api: The logged-in caller's connection.
        email: The address; may belong to a user where there is an organization.
        organization: Its alias or its name.

    Raises:
        BadAddressError: It is not an email address.
        NoMailServerError: The realm cannot send mail.
        UnknownOrganizationError: There is no such organization, or organizations are off.
        AlreadyThereError: They are invited, a member, or (without an organization) a user already.
        UserRefusedError: Keycloak refuses to create the user.
        MailFailedError: Keycloak could not send the mail.
    """
    _check_address(email)
    with missing_roles.named(
        api, "invite", "view-realm", missing_roles.ORGANIZATIONS if organization else "manage-users"
    ):
        realm = get_settings(api)
        mail.check_server(realm)
        if organization is None:
            return Sent(realm, email, set_up=set_up_mail.send_to_new_user(api, realm, email))
        to = organizations.find(api, realm, organization)
        return Sent(realm, email, organization=to, invitation=invitations.send(api, realm, to, email))


def resend(api: AdminApi, who: str) -> Sent:
    """Send an invitation again; or, where there is none, a user's set-up mail.

    Args:
        api: The logged-in caller's connection.
        who: Id of an invitation or a user, or an email address. An address means its invitation, if it has one.

    Raises:
        UnknownInvitationError: Nobody of that id or address.
        AmbiguousInvitationError: The address has several invitations, or several users.
        AlreadyThereError: The user can log in: they have finished.
        NoMailServerError: The realm cannot send mail.
        UserRefusedError: Keycloak refuses to mail the user.
        MailFailedError: Keycloak could not send the mail.
    """
    with missing_roles.named(api, "invite", "view-realm", missing_roles.ORGANIZATIONS):
        realm = get_settings(api)
        mail.check_server(realm)
        listed = invitations.every(api, realm)
    matching = [each for each in listed or () if who == each.id or who.casefold() == each.email.casefold()]
    if len(matching) > 1:
        named = ", ".join(f"{each.id} ({each.organization.alias})" for each in matching)
        raise AmbiguousInvitationError(
            f"{who} is invited to {len(matching)} organizations.", f"Name one by its id: {named}."
        )
    for old in matching:
        return Sent(realm, old.email, old.organization, invitations.resend(api, realm, old))
    with missing_roles.named(api, "mail users", "manage-users"):
        if user := set_up_mail.find_user(api, who):
            mailed = set_up_mail.send_again(api, realm, user)
            return Sent(realm, mailed.email, set_up=mailed)
    lacking = f" {versions.NO_INVITATIONS}" if listed is None else ""
    raise UnknownInvitationError(
        f"No user with the id or address {who!r} is invited to realm {realm.name!r}.{lacking}",
        "kc2fa invitations list shows all invited users.",
    )


def _order(each: Invitation) -> tuple[bool, str, str]:
    """Those that are pending first; then by organization and address."""
    return each.status != invitations.PENDING, each.organization.alias, each.email.casefold()


def _check_address(email: str) -> None:
    """Refuse what cannot be an address before anything is sent; the rest is Keycloak's to judge."""
    name, _, host = email.rpartition("@")
    if not name or not host or any(char.isspace() or not char.isprintable() for char in email):
        raise invitations.no_address(email)
