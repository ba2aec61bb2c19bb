"""Splitting ids into searches: nobody is lost or asked for twice, and each search fits its request."""

import uuid
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keycloak_2fa.people.bulk import _searches

WITH_WHITE_SPACE = ("jane doe", "a\tb", " a", "a ", "a\u00a0b", "a\u3000b", "a\nb", " ", "")

PLAIN = st.one_of(
    st.uuids().map(str),
    st.uuids().map(lambda each: f"f:{each}:jane.doe@example.org"),
    st.integers(1, 200).map(lambda length: "λ" * length),
    st.sampled_from([1, 3_398, 3_399, 3_400, 3_401, 5_000]).map(lambda length: "x" * length),
)
plain_ids = given(plain=st.lists(PLAIN, unique=True, max_size=300))
mixed_ids = given(mixed=st.lists(PLAIN | st.sampled_from(WITH_WHITE_SPACE), unique=True, max_size=300))


@plain_ids
def test_the_order_is_kept(plain: list[str]) -> None:
    assert [each for lot in _searches(plain) for each in lot] == plain


@mixed_ids
def test_everybody_is_in_one_search_and_in_one_only(mixed: list[str]) -> None:
    assert sorted(each for lot in _searches(mixed) for each in lot) == sorted(mixed)


@mixed_ids
def test_no_search_is_empty(mixed: list[str]) -> None:
    assert all(_searches(mixed))


@mixed_ids
def test_no_search_has_more_than_90_ids(mixed: list[str]) -> None:
    assert max(map(len, _searches(mixed)), default=0) <= 90


@mixed_ids
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
