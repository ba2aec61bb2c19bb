"""Logins that skipped the pages that were due, as the realm's events show them. Pure.

Such a login ends with an answered consent at a client that asks nobody for consent. Only the device authorization grant
does so rightly, so clients with it are left out. So are clients that ask for consent: there it looks like any login.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from keycloak_2fa.timestamps import rfc3339
from keycloak_2fa.verification.findings import Found
from keycloak_2fa.verification.snapshot import DEVICE_GRANT, Client

LOOKED_AT = 1_000
"""Logins that are looked at, the newest first."""


def logins(events: Iterable[Mapping[str, Any]], clients: Iterable[Client], since: datetime) -> Iterator[Found]:
    """One finding for each user.

    Args:
        events: EventRepresentations of logins.
        clients: The realm's clients that are on.
        since: Earlier ones are left out.
    """
    concerned = {each.client_id for each in clients if not each.consent_required and not each.has(DEVICE_GRANT)}
    seen: set[str] = set()
    for event in events:
        details = event.get("details") or {}
        who = details.get("username") or event.get("userId") or "unknown"
        if (
            details.get("consent") != "consent_granted"
            or event.get("clientId") not in concerned
            or event["time"] < since.timestamp() * 1000
            or who in seen
        ):
            continue
        seen.add(who)
        yield Found(
            who, title=f"The login to {event['clientId']} at {rfc3339(event['time'] / 1000)} skipped required pages"
        )
