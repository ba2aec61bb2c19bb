"""Moments in output: RFC 3339 in UTC, to the second."""

import time
from datetime import UTC, date, datetime


def rfc3339(seconds: float) -> str:
    """A moment given in seconds since the epoch."""
    # Without a datetime in between, which takes twice as long: a report has some of them for each user.
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def at(seconds: float) -> datetime:
    """A moment given in seconds since the epoch."""
    return datetime.fromtimestamp(seconds, UTC)


def now() -> str:
    """This moment."""
    return rfc3339(time.time())


def today() -> date:
    """This day in UTC, by which exemptions are measured."""
    return datetime.now(UTC).date()


def parse(text: str | None) -> datetime | None:
    """A moment as it was kept; None where it is not one. Without a zone it is in UTC."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
