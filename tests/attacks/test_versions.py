"""The core of the ways on the older Keycloaks that are supported: the same came of them."""

import pytest
from tests.attacks.every import EVERY
from tests.attacks.ground import Ground
from tests.attacks.table import Book
from tests.attacks.way import Way

pytestmark = pytest.mark.slow

VERSIONS = ["26.4.7", "26.5.6", "26.7.3"]


@pytest.mark.parametrize("way", [pytest.param(each, id=each.id) for each in EVERY if each.core])
def test_the_way(ground: Ground, way: Way, book: Book) -> None:
    saw = way.walk(ground)
    assert saw.got == book.says(way, ground.column), saw.detail
