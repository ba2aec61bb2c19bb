"""The exit code of each kind of error. Scripts rely on these numbers."""

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

MEANINGS: dict[int, str] = {
    DONE: "Done, or 2FA holds.",
    BUG: "A bug in kc2fa.",
    USAGE: "Wrong usage.",
    3: "Not logged in, or a role is missing; the message names it.",
    4: "The server cannot be reached or keeps failing.",
    5: "Done in part: some users could not be written. Each is named with the reason and the fix. Run it again.",
    6: "Refused: no consent, or a check failed. Nothing was written.",
    7: "verify found a gap or drift, or could not check everything; harden left a gap open; a check of prove failed; "
    "realm diff --exit-code found a difference.",
    INTERRUPTED: "Interrupted. Nothing is lost; run it again to resume.",
}


def of(error: Error) -> int:
    """The exit code of an error."""
    return next((code for family, code in _FAMILIES.items() if isinstance(error, family)), BUG)
