"""Splitting ids into searches: nobody is lost or asked for twice, and each search fits its request."""

import random
import uuid
from urllib.parse import quote

import pytest

from keycloak_2fa.people.bulk import _searches

KINDS = (
    lambda any_: str(uuid.UUID(int=any_.getrandbits(128))),
    lambda any_: f"f:{uuid.UUID(int=any_.getrandbits(128))}:jane.doe@example.org",
    lambda any_: "λ" * any_.randint(1, 200),
    lambda any_: "x" * any_.choice([1, 3_398, 3_399, 3_400, 3_401, 5_000]),
)
WITH_WHITE_SPACE = ("jane doe", "a\tb", " a", "a ", "a\u00a0b", "a\u3000b", "a\nb", " ", "")


def ids(seed: int, *, white_space: bool) -> list[str]:
    any_ = random.Random(seed)
    made = {any_.choice(KINDS)(any_) for _ in range(any_.randint(0, 400))}
    if white_space:
        made |= set(any_.sample(WITH_WHITE_SPACE, any_.randint(1, len(WITH_WHITE_SPACE))))
    shuffled = sorted(made)
    any_.shuffle(shuffled)
    return shuffled


@pytest.fixture(params=range(25))
def plain(request: pytest.FixtureRequest) -> list[str]:
    """Ids of every kind without white space."""
    return ids(request.param, white_space=False)


@pytest.fixture(params=range(25))
def mixed(request: pytest.FixtureRequest) -> list[str]:
    """Ids of every kind."""
    return ids(request.param, white_space=True)


def test_the_order_is_kept(plain: list[str]) -> None:
    assert [each for lot in _searches(plain) for each in lot] == plain


def test_everybody_is_in_one_search_and_in_one_only(mixed: list[str]) -> None:
    assert sorted(each for lot in _searches(mixed) for each in lot) == sorted(mixed)


def test_no_search_is_empty(mixed: list[str]) -> None:
    assert all(_searches(mixed))


def test_no_search_has_more_than_90_ids(mixed: list[str]) -> None:
    assert max(map(len, _searches(mixed)), default=0) <= 90


def test_a_search_of_several_ids_fits_into_a_request_line(mixed: list[str]) -> None:
    texts = [" ".join(lot) for lot in _searches(mixed) if len(lot) > 1]

    assert all(len(quote(text).replace("%20", "+")) <= 3_400 for text in texts)


@pytest.mark.parametrize("special", WITH_WHITE_SPACE, ids=repr)
def test_an_id_that_a_search_would_split_stands_alone(special: str) -> None:
    assert [special] in list(_searches(["a", special, "b"]))


def test_an_id_too_long_for_a_search_stands_alone() -> None:
    assert ["x" * 5_000] in list(_searches(["a", "x" * 5_000, "b"]))


def test_keycloaks_own_ids_fill_a_search() -> None:
    lots = list(_searches([str(uuid.UUID(int=number)) for number in range(200)]))

    assert [len(lot) for lot in lots] == [90, 90, 20]


def test_nobody_needs_no_search() -> None:
    assert list(_searches([])) == []
