"""Why a user was reset, and by which ticket: how it is kept in the realm's admin events, and read from them.

With the extension it is the details of an event of its own. Without it, it stands in the event of Keycloak's own update
of the user, whose representation Keycloak keeps as it was sent: in the field `self`, which Keycloak ignores on a write.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from keycloak_2fa import timestamps
from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.responses import NotFoundError
from keycloak_2fa.errors import RoleMissingError, UsageError

RESETS_AT_MOST = 1_000
"""Events that a report reads, the newest first: of resets, and of users who were signed out."""

_LONGEST = 255
"""Characters of an event's detail, as the extension takes them."""

_SIGN = "kc2fa reset "
"""Before the reason in a user's representation."""


@dataclass(frozen=True)
class ResetReason:
    """Why a user is reset.

    Attributes:
        reason: In a sentence.
        ticket: Of the help desk; empty where there is none.
    """

    reason: str
    ticket: str

    def representation(self) -> dict[str, str]:
        """What is sent beside the required actions, for the event."""
        return {"self": _SIGN + json.dumps({"reason": self.reason, "ticket": self.ticket}, ensure_ascii=False)}


@dataclass(frozen=True)
class ResetEvent:
    """A reset with its reason, as the realm's admin events keep it.

    Attributes:
        at: RFC 3339 in UTC.
        user_id: Who was reset.
        username: Their name; None where the user is gone.
        by: Name of the caller; the id where Keycloak does not tell the name.
        reason: As it was given.
        ticket: As it was given; empty where there was none.
    """

    at: str
    user_id: str
    username: str | None
    by: str
    reason: str
    ticket: str


def new_reason(reason: str | None, ticket: str | None) -> ResetReason | None:
    """A reason as an administrator gives it; None where none is given.

    Raises:
        UsageError: A text is empty, too long, or has a control character; or there is a ticket and no reason.
    """
    if reason is None:
        if ticket is not None:
            raise UsageError("--ticket needs a reason beside it.", "Give the reason with --reason.")
        return None
    for flag, text in (("--reason", reason), ("--ticket", "none" if ticket is None else ticket)):
        if not text.strip() or len(text) > _LONGEST or not text.isprintable():
            raise UsageError(
                f"{flag} is empty, too long, or has a control character.", f"Give it in 1 to {_LONGEST} characters."
            )
    return ResetReason(reason.strip(), (ticket or "").strip())


def kept(api: AdminApi, *, in_details: bool) -> bool | None:
    """Whether the realm's admin events will keep a reason.

    Args:
        api: The caller's connection.
        in_details: Whether it is in an event's details, which are always kept, rather than in its representation.

    Returns:
        None where the caller may not see it: view-events is missing.
    """
    try:
        config = api.get(endpoints.events_config(api.settings.realm))
    except RoleMissingError:
        return None
    return bool(config.get("adminEventsEnabled") and (in_details or config.get("adminEventsDetailsEnabled")))


def list_resets(api: AdminApi) -> tuple[ResetEvent, ...]:
    """Resets with a reason that the realm's admin events keep, the newest first.

    Raises:
        RoleMissingError: The caller lacks view-events.
    """
    names: dict[str, str | None] = {}

    def name(user_id: str) -> str | None:
        if user_id not in names:
            names[user_id] = _username(api, user_id)
        return names[user_id]

    found = sorted(_events(api), key=lambda each: -each[0]["time"])
    return tuple(
        ResetEvent(
            at=timestamps.rfc3339(event["time"] / 1000),
            user_id=user_id,
            username=name(user_id),
            by=name(caller) or caller if (caller := event["authDetails"].get("userId")) else "",
            reason=said.reason,
            ticket=said.ticket,
        )
        for event, said in found
        if (user_id := _user_id(event))
    )


def _events(api: AdminApi) -> Iterator[tuple[Mapping[str, Any], ResetReason]]:
    path = endpoints.admin_events(api.settings.realm)
    of_users: dict[str, Any] = {"resourceTypes": "USER"}
    by_extension = api.pages(path, operationTypes="ACTION", resourcePath="users/*/two-factor-reset", **of_users)
    for event in islice(by_extension, RESETS_AT_MOST):
        details = event.get("details") or {}
        yield event, ResetReason(details.get("reason", ""), details.get("ticket", ""))
    # Each reset signs the user out. There are few of these, and of updates there may be one for each user.
    signed_out = api.pages(path, operationTypes="ACTION", resourcePath="users/*/logout", **of_users)
    for user_id in {_user_id(event): None for event in islice(signed_out, RESETS_AT_MOST)}:
        for event in api.pages(path, operationTypes="UPDATE", resourcePath=f"users/{user_id}", **of_users):
            if said := _said(event.get("representation")):
                yield event, said


def _said(representation: str | None) -> ResetReason | None:
    try:
        told = json.loads(representation or "null")
        text = told.get("self") if isinstance(told, dict) else None
        said = json.loads(text.removeprefix(_SIGN)) if isinstance(text, str) and text.startswith(_SIGN) else None
    except ValueError:
        return None
    return ResetReason(str(said.get("reason", "")), str(said.get("ticket", ""))) if isinstance(said, dict) else None


def _user_id(event: Mapping[str, Any]) -> str:
    return str(event["resourcePath"]).split("/")[1]


def _username(api: AdminApi, user_id: str) -> str | None:
    try:
        return str(api.get(endpoints.user(api.settings.realm, user_id))["username"])
    except (NotFoundError, RoleMissingError):
        return None
