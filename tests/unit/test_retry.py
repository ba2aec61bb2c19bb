"""The retry policy, in tenacity's own loop."""

from collections.abc import Callable
from typing import Any

import pytest
from tenacity import RetryCallState, Retrying

from keycloak_2fa.api import retry
from keycloak_2fa.api.retry import TransientError

LONG = 60.0


class Waits:
    """Instead of sleeping: how long it would have been."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def failing(times: int, fault: BaseException) -> Callable[[], int]:
    """A call that fails so many times, then returns how often it was made."""
    made = 0

    def call() -> int:
        nonlocal made
        made += 1
        if made <= times:
            raise fault
        return made

    return call


def run(call: Callable[[], int], *, retry_timeout: float = LONG, waits: Waits | None = None) -> int:
    return Retrying(**retry.policy(retry_timeout), sleep=waits or Waits())(call)


def waited(fault: TransientError) -> float:
    waits = Waits()
    run(failing(1, fault), waits=waits)
    return waits.seconds[0]


def test_what_works_is_done_once() -> None:
    assert run(failing(0, TransientError("answers 503"))) == 1


def test_a_fault_that_passes_is_tried_until_it_has_passed() -> None:
    assert run(failing(7, TransientError("answers 503"))) == 8


@pytest.mark.parametrize("other", [ValueError("x"), KeyboardInterrupt(), KeyError("totp")], ids=repr)
def test_any_other_exception_ends_it_at_once(other: BaseException) -> None:
    waits = Waits()

    with pytest.raises(type(other)):
        run(failing(1, other), waits=waits)

    assert waits.seconds == []


def test_the_last_fault_is_raised_as_it_is() -> None:
    fault = TransientError("answers 503")

    with pytest.raises(TransientError) as raised:
        run(failing(1, fault), retry_timeout=0)

    assert raised.value is fault


def test_with_no_retry_timeout_it_is_tried_once() -> None:
    waits = Waits()

    with pytest.raises(TransientError):
        run(failing(1, TransientError("answers 503")), retry_timeout=0, waits=waits)

    assert waits.seconds == []


def test_it_is_tried_until_the_retry_timeout() -> None:
    waits = Waits()

    with pytest.raises(TransientError):
        run(failing(10**9, TransientError("answers 503")), retry_timeout=0.05, waits=waits)

    assert len(waits.seconds) > 1


@pytest.mark.parametrize("attempts", [1, 2, 5])
def test_a_fault_may_set_how_often_it_is_tried(attempts: int) -> None:
    waits = Waits()

    with pytest.raises(TransientError):
        run(failing(100, TransientError("answers 500", attempts=attempts)), waits=waits)

    assert len(waits.seconds) == attempts - 1


@pytest.mark.parametrize(
    ("asked_for", "seconds"), [(0.0, 0.0), (3.0, 3.0), (30.0, 30.0), (LONG + 1, LONG), (1e9, LONG)]
)
def test_what_the_server_asks_for_is_waited_until_the_retry_timeout(asked_for: float, seconds: float) -> None:
    assert waited(TransientError("answers 429", retry_after=asked_for)) == pytest.approx(seconds, abs=0.1)


def test_without_being_asked_the_first_wait_is_short() -> None:
    assert 0 <= waited(TransientError("answers 503")) <= 0.2


def test_no_wait_of_our_own_is_longer_than_five_seconds() -> None:
    waits = Waits()

    run(failing(40, TransientError("answers 503")), waits=waits)

    assert max(waits.seconds) <= 5


def test_the_waits_grow() -> None:
    waits = Waits()

    run(failing(40, TransientError("answers 503")), waits=waits)

    # They are random: that none of 35 waits of up to 5 s reaches 1 s happens once in 10**24 runs.
    assert max(waits.seconds) > 1


def test_no_wait_is_begun_that_outlasts_the_retry_timeout() -> None:
    waits = Waits()

    run(failing(1, TransientError("answers 429", retry_after=30)), retry_timeout=1, waits=waits)

    assert max(waits.seconds) <= 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        pytest.param(None, None, id="no header"),
        pytest.param("", None, id="empty"),
        pytest.param("0", 0.0, id="at once"),
        pytest.param("5", 5.0, id="seconds"),
        pytest.param("007", 7.0, id="leading zeroes"),
        pytest.param("1.5", None, id="a fraction"),
        pytest.param("-5", None, id="negative"),
        pytest.param("soon", None, id="a word"),
        pytest.param("٣", None, id="a digit of another script"),
        pytest.param("²", None, id="a superscript"),
        pytest.param("Wed, 21 Oct 2015 07:28:00 GMT", None, id="a date"),
    ],
)
def test_the_delay_that_a_header_asks_for(header: str | None, seconds: float | None) -> None:
    assert retry.retry_after_seconds(header) == seconds


def test_a_number_of_absurd_length_is_a_long_delay_and_no_error() -> None:
    assert waited(TransientError("answers 429", retry_after=retry.retry_after_seconds("9" * 5_000))) == pytest.approx(
        LONG, abs=0.1
    )


def test_the_policy_is_what_tenacity_takes() -> None:
    policy: dict[str, Any] = retry.policy(LONG)
    state = RetryCallState(Retrying(**policy), None, (), {})
    state.set_exception((TransientError, TransientError("x", retry_after=4), None))

    assert policy["wait"](state) == 4
