"""What a way past 2FA is, and the list of all of them."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.attacks.ground import Ground
from tests.attacks.window import Saw

Walk = Callable[[Ground], Saw]


@dataclass(frozen=True)
class Way:
    """One way in.

    Attributes:
        id: Its name in tests.
        group: The heading that it stands under in the table.
        title: Who tries what, in words that do not say how.
        walk: Tries it.
        finding: Id of the finding by which `verify` names it where it is open; None where no setting tells.
        core: Whether it is walked on every supported Keycloak.
    """

    id: str
    group: str
    title: str
    walk: Walk
    finding: str | None
    core: bool


WAYS: list[Way] = []
"""In the order of the table."""


def way(group: str, title: str, *, finding: str | None, core: bool = False) -> Callable[[Walk], Walk]:
    """Put a walk into the table."""

    def add(walk: Walk) -> Walk:
        assert (group, title) not in {(each.group, each.title) for each in WAYS}, title
        WAYS.append(Way(walk.__name__.replace("_", "-"), group, title, walk, finding, core))
        return walk

    return add
