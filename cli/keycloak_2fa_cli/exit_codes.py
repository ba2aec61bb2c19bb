"""Which exit code a kind of trouble ends with. Scripts rely on these numbers."""

from keycloak_2fa.errors import (
    AccessError,
    Error,
    NotHoldingError,
    PartlyDoneError,
    RefusedError,
    ServerError,
    UsageError,
)

DONE = 0
BUG = 1
USAGE = 2
INTERRUPTED = 130

_FAMILIES: dict[type[Error], int] = {
    UsageError: USAGE,
    AccessError: 3,
    ServerError: 4,
    PartlyDoneError: 5,
    RefusedError: 6,
    NotHoldingError: 7,
}


def of(error: Error) -> int:
    """The exit code of an error."""
    return next((code for family, code in _FAMILIES.items() if isinstance(error, family)), BUG)
