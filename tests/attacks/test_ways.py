"""Every way past 2FA, walked on a real server in three states; docs/ways.md says what came of it."""

from collections.abc import Callable

import pytest
from tests.attacks import table
from tests.attacks.every import EVERY
from tests.attacks.ground import Column, Ground
from tests.attacks.table import Book
from tests.attacks.way import Way
from tests.attacks.window import Got

WAYS = [pytest.param(way, id=way.id) for way in EVERY]


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_the_way(ground: Ground, way: Way, book: Book, record_property: Callable[[str, object], None]) -> None:
    """What the table says is what happens; and `verify` names what is open."""
    # When
    saw = way.walk(ground)
    record_property("saw", f"{saw.got}: {saw.detail}")
    # Then
    book.enter(way, ground.column, saw)
    assert saw.got == book.says(way, ground.column), saw.detail
    if saw.got is Got.LET_IN and (way.finding or ground.column is Column.HARDENED):
        assert way.finding in ground.findings(), saw.detail


def test_the_table_has_every_way_and_no_other() -> None:
    rows = table.read()
    assert list(rows) == [(way.group, way.title) for way in EVERY]
