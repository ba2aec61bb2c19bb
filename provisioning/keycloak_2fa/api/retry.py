"""The one retry policy: what is tried again, how soon, and for how long (contract, rule 4)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tenacity import RetryCallState, retry_if_exception_type, wait_random_exponential

TRANSIENT_STATUSES = frozenset({408, 429, 502, 503, 504})
"""HTTP statuses that a busy server or a proxy before it gives and that pass by themselves."""

_backoff = wait_random_exponential(multiplier=0.2, max=5)


class TransientError(Exception):
    """A fault that may pass: the same request is worth sending again.

    Args:
        what: The fault, as the end of a sentence that begins "the server ...".
        retry_after: Seconds that the server asked us to wait, if it did.
        attempts: How often at most the request is sent, where the retry timeout alone would be too long.
    """

    def __init__(self, what: str, *, retry_after: float | None = None, attempts: int | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.retry_after = retry_after
        self.attempts = attempts


@dataclass(frozen=True)
class Waiting:
    """A request that failed and is to be sent again.

    Attributes:
        what: The fault, as the end of a sentence that begins "the server ...".
        seconds: Since the request was first sent.
        retry_timeout: Seconds after which it is given up.
    """

    what: str
    seconds: float
    retry_timeout: float


OnWait = Callable[[Waiting], None]
"""Is told each time before a request is sent again; from any thread."""


def unheard(_waiting: Waiting) -> None:
    """Tell nobody."""


def retry_after_seconds(header: str | None) -> float | None:
    """The delay a Retry-After header asks for, in seconds; its date form is ignored (RFC 9110, 10.2.3)."""
    return float(header) if header is not None and header.isascii() and header.isdigit() else None


def policy(retry_timeout: float, on_wait: OnWait = unheard) -> dict[str, Any]:
    """Arguments for tenacity's `Retrying` and `AsyncRetrying`.

    Args:
        retry_timeout: Seconds after which the last fault is raised as it is.
        on_wait: Told before each further attempt.
    """

    def stop(state: RetryCallState) -> bool:
        attempts = _fault(state).attempts
        worn_out = attempts is not None and state.attempt_number >= attempts
        return worn_out or _elapsed(state) >= retry_timeout

    def wait(state: RetryCallState) -> float:
        asked_for = _fault(state).retry_after
        return min(_backoff(state) if asked_for is None else asked_for, retry_timeout - _elapsed(state))

    def before_sleep(state: RetryCallState) -> None:
        on_wait(Waiting(_fault(state).what, _elapsed(state), retry_timeout))

    return {
        "retry": retry_if_exception_type(TransientError),
        "stop": stop,
        "wait": wait,
        "before_sleep": before_sleep,
        "reraise": True,
    }


def _elapsed(state: RetryCallState) -> float:
    return state.seconds_since_start or 0.0


def _fault(state: RetryCallState) -> TransientError:
    fault = state.outcome.exception() if state.outcome else None
    assert isinstance(fault, TransientError)  # noqa: S101  # nothing else is ever tried again
    return fault
