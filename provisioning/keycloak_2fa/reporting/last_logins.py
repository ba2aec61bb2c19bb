"""When users last logged in, as far as the realm keeps events."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from keycloak_2fa import timestamps
from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi

EVENTS_AT_MOST = 100_000
"""Logins that are read, the newest first: they fit into a few megabytes."""


@dataclass(frozen=True)
class LastLogins:
    """The newest login of each user.

    Attributes:
        at: RFC 3339 in UTC, by user id. A user who is not in it did not log in since `since`.
        since: The time of the oldest login that was read; None where the realm has kept none.
    """

    at: Mapping[str, str]
    since: str | None


def read(api: AdminApi) -> LastLogins:
    """Read the newest logins from the realm's events.

    Raises:
        RoleMissingError: The caller lacks view-events.
    """
    newest: dict[str, int] = {}
    oldest = None
    for event in islice(api.pages(endpoints.events(api.settings.realm), type="LOGIN"), EVENTS_AT_MOST):
        oldest = event["time"]
        if user_id := event.get("userId"):
            newest[user_id] = max(newest.get(user_id, 0), event["time"])
    at = {user_id: timestamps.rfc3339(time / 1000) for user_id, time in newest.items()}
    return LastLogins(at, timestamps.rfc3339(oldest / 1000) if oldest is not None else None)
