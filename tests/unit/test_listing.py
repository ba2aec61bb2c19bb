"""Pages of a list that moves: nobody who stays in their place is missed, whatever comes, goes and is renamed."""

import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keycloak_2fa.people.listing import Listing, Row

NAIVE_READINGS = 60


@dataclass
class Users:
    """A list ordered as a database might: by a collation that is not Python's."""

    any_: random.Random
    names: dict[str, str] = field(default_factory=dict)
    made: int = 0

    def add(self, count: int, near: str | None = None) -> None:
        for _ in range(count):
            self.made += 1
            name = f"{self.any_.random():.9f}" if near is None else f"{near}-{self.made:06d}"
            self.names[f"id-{self.made}"] = name

    def remove(self, count: int) -> set[str]:
        gone = self.any_.sample(sorted(self.names), min(count, len(self.names)))
        for each in gone:
            del self.names[each]
        return set(gone)

    def rename(self, count: int) -> set[str]:
        moved = self.any_.sample(sorted(self.names), min(count, len(self.names)))
        for each in moved:
            self.names[each] = f"{self.any_.random():.9f}"
        return set(moved)

    def page(self, first: int, size: int) -> list[Row]:
        # The collation looks at the name from its end.
        ordered = sorted(self.names.items(), key=lambda row: row[1][::-1])
        return ordered[first : first + size]


@dataclass(frozen=True)
class Reading:
    stayed: set[str]
    seen: set[str]
    requests: int


def churn(users: Users, strength: int) -> set[str]:
    """Something happens between two pages; who did not stay in their place."""
    if not strength:
        return set()
    users.add(users.any_.randint(0, strength))
    if users.any_.random() < 0.1:
        users.add(users.any_.randint(0, 10 * strength), near=f"{users.any_.random():.3f}")
    moved = users.remove(users.any_.randint(0, strength)) | users.rename(users.any_.randint(0, 1 + strength // 4))
    if users.any_.random() < 0.05:
        moved |= users.remove(len(users.names) // 3)
    return moved


def read(users: Users, size: int, strength: int) -> Reading:
    """Read the list to its end with what `bulk_api` does, while it moves."""
    listing, stayed, seen, requests = Listing(size), set(users.names), set[str](), 0
    while True:
        requests += 1
        assert requests < 5_000, "it does not end"
        first = listing.first
        page = users.page(first, size)
        fresh = listing.take(first, page)
        seen |= fresh or set()
        if fresh is not None and not fresh and len(page) < size and first + size >= len(users.names):
            return Reading(stayed & set(users.names), seen, requests)
        stayed -= churn(users, strength)


def read_naively(users: Users, size: int, strength: int) -> Reading:
    """What offsets alone give."""
    stayed, seen, first = set(users.names), set[str](), 0
    while page := users.page(first, size):
        seen |= {user_id for user_id, _ in page}
        first += size
        stayed -= churn(users, strength)
    return Reading(stayed & set(users.names), seen, first // size)


def some(any_: random.Random) -> Users:
    users = Users(any_)
    users.add(users.any_.randint(0, 400))
    return users


@settings(max_examples=360, deadline=None)
@given(
    any_=st.randoms(use_true_random=True),
    shape=st.sampled_from([(2, 1), (10, 0), (10, 2), (10, 12), (50, 10), (100, 40)])
    # In pages of 2, users may come faster than one row a page passes them: such a reading need not end.
    | st.tuples(st.integers(3, 100), st.just(2)),
)
def test_nobody_who_stayed_is_missed(any_: random.Random, shape: tuple[int, int]) -> None:
    size, strength = shape
    reading = read(some(any_), size, strength)
    assert reading.stayed <= reading.seen


def test_pages_without_proof_miss_users_who_stayed() -> None:
    # The test above could not fail, were it not so.
    readings = [read_naively(some(random.Random(number)), 10, 2) for number in range(NAIVE_READINGS)]
    assert sum(not reading.stayed <= reading.seen for reading in readings) > NAIVE_READINGS // 2


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 5_000])
def test_where_nothing_moves_hardly_anything_is_asked_for_twice(count: int) -> None:
    users = Users(random.Random(count))
    users.add(count)
    reading = read(users, 100, 0)
    assert (reading.seen, reading.requests <= 3 + count / 97) == (set(users.names), True)


def test_everybody_before_the_page_may_go_at_once() -> None:
    # Given a list of which the first page was read
    users = Users(random.Random(1))
    users.add(300)
    listing = Listing(10)
    listing.take(0, users.page(0, 10))
    # When all of that page, and many behind it, are removed
    for user_id, _ in users.page(0, 200):
        del users.names[user_id]
    seen = set[str]()
    for _ in range(60):
        first = listing.first
        seen |= listing.take(first, users.page(first, 10)) or set()
    # Then everybody who is left is seen
    assert seen == set(users.names)


def test_a_page_is_not_proven_by_somebody_who_was_renamed_onto_it() -> None:
    listing = Listing(2)
    assert listing.take(0, [("a", "anna"), ("b", "bert")]) == {"a", "b"}
    assert listing.take(2, [("b", "zora"), ("c", "carl")]) is None


def test_hidden_users_do_not_hold_a_list_up() -> None:
    listing = Listing(4)
    assert listing.take(0, [("a", "anna")]) == {"a"}
    listing.skip(0)
    assert (listing.first, listing.take(4, [("x", "xena")])) == (4, {"x"})
