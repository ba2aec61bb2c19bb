"""The rows of a report, waiting on the disk until the header is known: administrators first."""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from keycloak_2fa.files import told_as_ours, unwritable
from keycloak_2fa.reporting.row import Row

# Made once: json.dumps makes another one for each row.
_encode = json.JSONEncoder(ensure_ascii=False).encode


class Rows:
    """Takes the rows while users are read, and gives them back in the order of the report.

    Args:
        path: The file that is written in the end, for messages.
        admins: A nameless file for the administrators.
        others: A nameless file for the others.
    """

    def __init__(self, path: Path, admins: IO[str], others: IO[str]) -> None:
        self._path, self._admins, self._others = path, admins, others

    def write(self, row: Row) -> None:
        """Add a user."""
        # As told_as_ours does, which makes a context for each of a million rows.
        try:
            (self._admins if row["is_admin"] else self._others).write(line(row))
        except OSError as error:
            raise unwritable(self._path, error) from None

    def lines(self) -> Iterator[str]:
        """Each row as one line of JSON, with its line feed."""
        for file in (self._admins, self._others):
            with told_as_ours(self._path):
                file.seek(0)
            yield from file

    def sha256(self) -> str:
        """SHA-256 of the lines, each with its line feed, in UTF-8."""
        return _sha256(self.lines())


def line(row: Row) -> str:
    """A row as one line of JSON, with its line feed. Half a character, which some names hold, becomes `?`."""
    return _encode(row).encode("utf-8", "replace").decode() + "\n"


def digest(people: Iterable[Row]) -> str:
    """SHA-256 of rows in memory, as `Rows.sha256`."""
    return _sha256(line(each) for each in people)


def _sha256(lines: Iterable[str]) -> str:
    hashed = hashlib.sha256()
    for each in lines:
        hashed.update(each.encode())
    return hashed.hexdigest()


@contextmanager
def rows(path: Path) -> Iterator[Rows]:
    """Rows for a file.

    Raises:
        UnwritableOutputError: Its folder cannot be written to; said before any user is read.
    """
    with _nameless(path) as admins, _nameless(path) as others:
        yield Rows(path, admins, others)


@contextmanager
def _nameless(path: Path) -> Iterator[IO[str]]:
    """A file without a name in the folder of another one, which the user chose for such data."""
    with told_as_ours(path):
        # Closed below: the code that uses it reports its own errors.
        file = tempfile.TemporaryFile("w+", encoding="utf-8", newline="", dir=path.parent)  # noqa: SIM115
    with file:
        yield file
