"""The set-up mail: a link that leads a user through required actions, and the users who never finished one.

Keycloak keeps no record of such a link (execute-actions-email): its actions are in a signed token. What can be
seen is the user. A user who is enabled, kept in Keycloak, has an email address, and has nothing to log in with (no
password, passkey or other first factor, and no identity provider) cannot have finished, and gets in by such
a mail only. Who had logged in by something that an administrator has removed since looks the same.
"""

import asyncio
import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.event_loop import async_to_sync
from keycloak_2fa.api.responses import BadRequestError, ConflictError, NotFoundError
from keycloak_2fa.errors import AlreadyThereError, AmbiguousInvitationError, UserRefusedError
from keycloak_2fa.invitations import mail
from keycloak_2fa.people import lookup
from keycloak_2fa.people.bulk import BulkApi
from keycloak_2fa.realm import required_action
from keycloak_2fa.realm.settings import RealmSettings
from keycloak_2fa.timestamps import rfc3339

LOOKED_AT_MOST = 1_000
"""People whose credentials are read, one request each. Those whose address was never verified come first, then the
newest: to open a set-up mail verifies the address, from Keycloak 26.8 on only in a realm that verifies addresses."""

_VERIFY_EMAIL = "VERIFY_EMAIL"

_NO_WAY_IN = frozenset({"otp", "recovery-authn-codes", "webauthn"})
"""Credential types that only ever come after another one."""


@dataclass(frozen=True)
class UnfinishedUser:
    """A user who has nothing to log in with yet.

    Attributes:
        user_id: Their id.
        username: Their name.
        email: Their address.
        created_at: When they were created, RFC 3339 in UTC.
    """

    user_id: str
    username: str
    email: str
    created_at: str


@dataclass(frozen=True)
class Unfinished:
    """Users who never finished a set-up mail, as far as was looked.

    Attributes:
        users: The newest first.
        not_looked_at: Further users who may be among them.
    """

    users: tuple[UnfinishedUser, ...]
    not_looked_at: int


@dataclass(frozen=True)
class SetUpMail:
    """A set-up mail that was sent.

    Attributes:
        user_id: To which user.
        email: Their address.
        actions: The required actions that its link leads through.
    """

    user_id: str
    email: str
    actions: tuple[str, ...]


@async_to_sync
async def unfinished(
    api: AdminApi,
    *,
    at_most: int | None = LOOKED_AT_MOST,
    on_progress: Callable[[int, int], None] = lambda _seen, _total: None,
) -> Unfinished:
    """Find the users who never finished a set-up mail.

    Args:
        api: The logged-in caller's connection.
        at_most: How many people's credentials to read; None for everybody's.
        on_progress: Told how many people were seen, of how many.
    """
    found: list[UnfinishedUser] = []
    likeliest: list[Mapping[str, Any]] = []
    seen = candidates = 0
    async with BulkApi(api) as bulk:
        total, _ = await bulk.counts()
        async for rows in bulk.rows():
            some = [row for row in rows if _may_be_unfinished(row)]
            seen, candidates = seen + len(rows), candidates + len(some)
            if at_most is None:
                found += await _without_a_way_in(bulk, some, api.settings.concurrency)
            else:
                likeliest = heapq.nsmallest(at_most, [*likeliest, *some], key=_likelihood)
            on_progress(seen, total)
        found += await _without_a_way_in(bulk, likeliest, api.settings.concurrency)
    found.sort(key=lambda user: user.created_at, reverse=True)
    return Unfinished(tuple(found), not_looked_at=0 if at_most is None else candidates - len(likeliest))


def actions(credential_types: Iterable[str], *, verify_email: bool) -> tuple[str, ...]:
    """The required actions that a set-up mail leads through: what the user does not have yet.

    Args:
        credential_types: What the user has.
        verify_email: Whether the address is to be verified too; see `must_verify_email`.
    """
    have = set(credential_types)
    wanted = {"password": "UPDATE_PASSWORD", "otp": required_action.ALIAS}
    lacking = tuple(action for kind, action in wanted.items() if kind not in have)
    return (*lacking, _VERIFY_EMAIL) if verify_email else lacking


def must_verify_email(realm: RealmSettings, user: Mapping[str, Any]) -> bool:
    """Whether a user's set-up mail must verify the address, so that the realm does not send a second mail for that.

    Up to Keycloak 26.7 opening the link verifies the address by itself, and the action has nothing left to do. From
    26.8 on the link verifies it only where VERIFY_EMAIL is among its actions (Keycloak's upgrading guide, "Email is no
    longer marked as verified by other flows").

    Args:
        realm: The realm's settings.
        user: As `find_user` gives one.
    """
    if not realm.representation.get("verifyEmail") or user.get("emailVerified"):
        return False
    # Where the action is off, the realm asks nobody for it, and Keycloak refuses a mail that has it.
    action = required_action.find(realm.required_actions, _VERIFY_EMAIL)
    return action is not None and action.enabled


def can_log_in(credential_types: Iterable[str], *, identity_provider: bool) -> bool:
    """Whether a user has something to begin a login with."""
    return identity_provider or bool(set(credential_types) - _NO_WAY_IN)


def find_user(api: AdminApi, who: str) -> Mapping[str, Any] | None:
    """The user with that id or email address, as a UserRepresentation.

    Raises:
        AmbiguousInvitationError: Several users share the address.
    """
    realm = api.settings.realm
    if user := lookup.get_user(api, who):
        return user
    users = [dict(each) for each in api.get(endpoints.users(realm), email=who, exact="true")]
    if len(users) > 1:
        ids = ", ".join(user["id"] for user in users)
        raise AmbiguousInvitationError(f"{len(users)} users have the address {who}.", f"Name one by its id: {ids}.")
    return users[0] if users else None


def send_to_new_user(api: AdminApi, realm: RealmSettings, email: str) -> SetUpMail:
    """Create a user for an address, and send the mail.

    Args:
        api: The logged-in caller's connection.
        realm: The realm's settings.
        email: The address.

    Raises:
        AlreadyThereError: There is such a user.
        UserRefusedError: Keycloak refuses to create or to mail them.
        MailFailedError: Keycloak could not send the mail; the user stays.
    """
    if user := find_user(api, email):
        raise AlreadyThereError(
            f"{email} is already a user of realm {realm.name!r}.",
            f"Where they never finished: kc2fa invitations resend {user['id']}.",
        )
    # The action stands on the user as well as in the link: it counts whichever way they come in first.
    body = {"username": email, "email": email, "enabled": True, "requiredActions": [required_action.ALIAS]}
    wanted = actions((), verify_email=must_verify_email(realm, body))
    try:
        user_id = api.create(endpoints.users(realm.name), body)
    except ConflictError as error:
        raise AlreadyThereError(f"{email} is already the username of a user.", "Look at that user first.") from error
    except BadRequestError as error:
        raise UserRefusedError(
            f"Keycloak refuses to create {email}: {error.detail}.",
            "Create the user with what the realm's user profile requires, then: kc2fa invitations resend.",
        ) from error
    return _send(api, user_id, email, wanted)


def send_again(api: AdminApi, realm: RealmSettings, user: Mapping[str, Any]) -> SetUpMail:
    """Send a user who never finished the mail once more.

    Args:
        api: The logged-in caller's connection.
        realm: The realm's settings.
        user: As `find_user` gives one.

    Raises:
        AlreadyThereError: The user can log in.
        UserRefusedError: The user has no address, or Keycloak refuses to mail them.
        MailFailedError: Keycloak could not send the mail.
    """
    user_id = user["id"]
    types = [each["type"] for each in api.get(endpoints.credentials(realm.name, user_id))]
    linked = bool(api.get(endpoints.identity_provider_links(realm.name, user_id)))
    if user.get("federationLink") or can_log_in(types, identity_provider=linked):
        raise AlreadyThereError(
            f"{user['username']} can log in, so no set-up mail is open.",
            "The user sets up 2FA at the next login, once it is enforced; see kc2fa status.",
        )
    if not user.get("email"):
        raise UserRefusedError(f"{user['username']} has no email address.", "Give the user one, and run again.")
    wanted = actions(types, verify_email=must_verify_email(realm, user))
    return _send(api, user_id, user["email"], wanted)


def _send(api: AdminApi, user_id: str, email: str, wanted: tuple[str, ...]) -> SetUpMail:
    path = endpoints.set_up_mail(api.settings.realm, user_id)
    try:
        mail.send(email, lambda: api.put_once(path, list(wanted)))
    except BadRequestError as error:
        raise UserRefusedError(
            f"Keycloak refuses to mail {email}: {error.detail}.",
            f"The user must be enabled, and so must the required actions {' and '.join(wanted)}.",
        ) from error
    return SetUpMail(user_id, email, wanted)


async def _without_a_way_in(bulk: BulkApi, rows: Iterable[Mapping[str, Any]], concurrency: int) -> list[UnfinishedUser]:
    slots = asyncio.Semaphore(concurrency)

    async def look(row: Mapping[str, Any]) -> UnfinishedUser | None:
        async with slots:
            try:
                types = await bulk.credential_types(row["id"])
                linked = not can_log_in(types, identity_provider=False) and await bulk.has_identity_provider(row["id"])
            except NotFoundError:
                # Removed since the list was read.
                return None
        if can_log_in(types, identity_provider=linked):
            return None
        return UnfinishedUser(row["id"], row["username"], row["email"], _created_at(row))

    return [user for user in await asyncio.gather(*map(look, rows)) if user]


def _may_be_unfinished(row: Mapping[str, Any]) -> bool:
    return bool(row["enabled"] and row.get("email") and not row.get("federationLink"))


def _likelihood(row: Mapping[str, Any]) -> tuple[bool, int]:
    return bool(row.get("emailVerified")), -_created(row)


def _created(row: Mapping[str, Any]) -> int:
    """Milliseconds since the epoch; an import may leave it out."""
    return int(row.get("createdTimestamp") or 0)


def _created_at(row: Mapping[str, Any]) -> str:
    return rfc3339(_created(row) / 1000)
