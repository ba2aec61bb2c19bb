"""Pages of a list that moves, each proven to follow the pages before it. Pure.

Keycloak lists users by username and takes an offset, so rows move between two pages: removals pull rows over the
border, insertions push rows back, a renamed user jumps. Usernames are never compared here: the database orders them
by its own collation.

A page is proven by a user that the list has shown before, under the same username. Such a user has not moved against
the others. Users before it were shown already, and users after it, up to the end of the page, are
on the page. So nobody who stayed in their place is between. Without such a user the list steps back, at the worst to
its beginning, which needs no proof. What this cannot show is a user who moved from ahead of the page to behind it,
by a rename: a second listing does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

Row = tuple[str, str]
"""A user's id and username, as one page shows them."""

_REMEMBERED = 20_000
"""Rows that can prove a page. More than this many removed or inserted at once before a page make it begin again."""

_SHARED = 50
"""One row in so many is asked for twice while nothing moves."""


@dataclass
class Listing:
    """Which offset to ask for next, and whether what came follows.

    Args:
        size: Rows that are asked for in a page.

    Attributes:
        first: The offset to ask for next.
        overlap: How many rows of the page before are asked for again.
        gap: Whether the last page was not proven to follow.
    """

    size: int
    first: int = 0
    overlap: int = field(init=False)
    gap: bool = False
    _remembered: dict[str, str] = field(default_factory=dict, repr=False)
    _unproven: bool = False

    def __post_init__(self) -> None:
        self.overlap = max(1, self.size // _SHARED)

    def after(self, first: int) -> int:
        """The offset of the page after one that will be full."""
        return first + max(1, self.size - self.overlap)

    def take(self, first: int, rows: Iterable[Row]) -> set[str] | None:
        """Take a page.

        Args:
            first: The offset that it was asked for with.
            rows: What came.

        Returns:
            The ids that no page has shown lately; None where the page is not proven to follow, and is to be asked for
            at an earlier offset.
        """
        page = dict(rows)
        self.gap = bool(first) and not self._unproven and not self._proves(page)
        if self.gap:
            self.first = max(0, first - max(1, self.size // 2))
            self.overlap = min(4 * self.overlap, max(1, self.size // 2))
            return None
        self._unproven = False
        fresh = page.keys() - self._remembered.keys()
        self._remember(page)
        self.first = self.after(first) if len(page) >= self.size else max(0, first + len(page) - self.overlap)
        return fresh

    def widen(self, size: int) -> None:
        """Go on in longer pages."""
        self.size = size
        self.overlap = max(self.overlap, size // _SHARED)

    def skip(self, first: int) -> None:
        """Go on behind a page that holds nothing new although the list is longer: Keycloak hides users there."""
        self.first = first + self.size
        self._unproven = True

    def _proves(self, page: dict[str, str]) -> bool:
        return any(self._remembered.get(user_id) == name for user_id, name in page.items())

    def _remember(self, page: dict[str, str]) -> None:
        for user_id, name in page.items():
            # The latest last, so that the oldest are forgotten.
            self._remembered.pop(user_id, None)
            self._remembered[user_id] = name
        for user_id in list(self._remembered)[: max(0, len(self._remembered) - max(_REMEMBERED, 2 * self.size))]:
            del self._remembered[user_id]
