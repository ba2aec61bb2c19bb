"""Moments as people and programs are told them: RFC 3339 in UTC, to the second."""

import time
from datetime import UTC, datetime


def rfc3339(seconds: float) -> str:
    """A moment given in seconds since the epoch."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def now() -> str:
    """This moment."""
    return rfc3339(time.time())
