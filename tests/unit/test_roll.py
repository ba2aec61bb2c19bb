"""The roll: equal exactly where the same people were seen."""

import random
import uuid

import pytest

from keycloak_2fa.roll import Roll


def roll(*ids: str) -> Roll:
    called = Roll()
    for each in ids:
        called.call(each)
    return called


@pytest.fixture(params=range(20))
def ids(request: pytest.FixtureRequest) -> list[str]:
    """A realm's ids, in some order."""
    any_ = random.Random(request.param)
    return [str(uuid.UUID(int=any_.getrandbits(128))) for _ in range(any_.randint(1, 500))]


def test_the_order_does_not_matter(ids: list[str]) -> None:
    assert roll(*ids) == roll(*reversed(ids))


def test_somebody_missing_shows(ids: list[str]) -> None:
    assert roll(*ids) != roll(*ids[1:])


def test_somebody_more_shows(ids: list[str]) -> None:
    assert roll(*ids) != roll(*ids, "f:storage:jane")


def test_somebody_seen_twice_does_not_hide_somebody_missed(ids: list[str]) -> None:
    assert roll("missed", *ids) != roll(ids[0], *ids)


def test_two_who_are_seen_twice_do_not_cancel_out() -> None:
    assert roll("jane", "jane") != roll()


def test_an_id_in_any_script_counts() -> None:
    assert roll("f:storage:λ") != roll("f:storage:μ")


def test_nobody_is_nobody() -> None:
    assert roll() == roll()
