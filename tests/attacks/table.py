"""docs/ways.md: what was written there, and how `make ways` writes it anew."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.attacks.every import EVERY
from tests.attacks.ground import Column
from tests.attacks.way import Way
from tests.attacks.window import Got, Saw

FILE = Path(__file__).parents[2] / "docs" / "ways.md"
HEAD = """\
# Ways past 2FA, and what came of each

Every row was walked on a real Keycloak by `tests/attacks`. `make ways` writes this page from what those tests saw, and
they fail where it says something else. The columns:

- **plain**: a Keycloak without the extension, after `kc2fa enforce`;
- **extension**: a Keycloak with the extension, after `kc2fa enforce`;
- **hardened**: the same, after `kc2fa harden --all --yes`.

The cells:

- **let in**: tokens or an assertion, without the user's second factor;
- **asked**: for the second factor, or to set one up;
- **refused**: an error.

The last column is the id by which `kc2fa verify` names the way where it is open.
"""
_LINE = "| Way | plain | extension | hardened | `verify` |\n| --- | --- | --- | --- | --- |\n"

Key = tuple[str, str]


def read() -> dict[Key, dict[Column, Got]]:
    """What the page says, by group and title of the way."""
    rows: dict[Key, dict[Column, Got]] = {}
    group = ""
    for line in FILE.read_text(encoding="utf-8").splitlines() if FILE.exists() else ():
        group = line.removeprefix("## ") if line.startswith("## ") else group
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if group and len(cells) == 5 and cells[1] in set(Got):
            rows[group, cells[0]] = {column: Got(cell) for column, cell in zip(Column, cells[1:4], strict=True)}
    return rows


@dataclass
class Book:
    """What the tests of this run saw.

    Attributes:
        writing: Whether it becomes the page; then the page decides nothing.
    """

    writing: bool
    _page: Mapping[Key, Mapping[Column, Got]] = field(default_factory=read)
    _seen: dict[Key, dict[Column, Saw]] = field(default_factory=dict)

    def enter(self, way: Way, column: Column, saw: Saw) -> None:
        """Keep what a walk saw."""
        self._seen.setdefault((way.group, way.title), {})[column] = saw

    def says(self, way: Way, column: Column) -> Got:
        """What the page says of a walk; what was seen where the page is written."""
        key = way.group, way.title
        return self._seen[key][column].got if self.writing else self._page[key][column]

    def write(self) -> None:
        """Write the page; what this run did not walk stays as it is by then."""
        page, text, group = read(), HEAD, ""
        for way in EVERY:
            if way.group != group:
                group = way.group
                text += f"\n## {group}\n\n{_LINE}"
            key = group, way.title
            known = dict(page.get(key, {})) | {column: saw.got for column, saw in self._seen.get(key, {}).items()}
            cells = " | ".join(known.get(column, Got.UNKNOWN) for column in Column)
            text += f"| {way.title} | {cells} | {f'`{way.finding}`' if way.finding else '-'} |\n"
        FILE.write_text(text, encoding="utf-8")
