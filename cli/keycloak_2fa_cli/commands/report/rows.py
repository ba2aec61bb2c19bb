"""The rows of a report, waiting on the disk until the header is known: administrators first."""

import csv
import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO

from keycloak_2fa.files import told_as_ours, unwritable
from keycloak_2fa.reporting.row import Row
from keycloak_2fa_cli.commands.report.cells import cells

# Made once: json.dumps makes another one for each row.
_encode = json.JSONEncoder(ensure_ascii=False).encode


class Rows:
    """Takes the rows while users are read, and gives them back in the order of the report.

    Args:
        path: The file that is written in the end, for messages.
        admins: Where the administrators wait.
        others: Where the others do.
    """

    def __init__(self, path: Path, admins: "_Waiting", others: "_Waiting") -> None:
        self._path, self._admins, self._others = path, admins, others

    def write(self, row: Row) -> None:
        """Add a user."""
        # As told_as_ours does, which makes a context for each of a million rows.
        try:
            (self._admins if row["is_admin"] else self._others).write(row)
        except OSError as error:
            raise unwritable(self._path, error) from None

    def lines(self) -> Iterator[str]:
        """Each row as one line of JSON, with its line feed."""
        for waiting in (self._admins, self._others):
            yield from self._from_the_start(waiting.lines)

    def tables(self) -> Iterator[IO[str]]:
        """The rows as a table (RFC 4180), in parts."""
        for waiting in (self._admins, self._others):
            if waiting.table is None:
                raise RuntimeError("The rows were not to be a table.")
            yield self._from_the_start(waiting.table)

    def sha256(self) -> str:
        """SHA-256 of the lines, each with its line feed, in UTF-8."""
        return _sha256(self.lines())

    def _from_the_start(self, file: IO[str]) -> IO[str]:
        with told_as_ours(self._path):
            file.seek(0)
        return file


class _Waiting:
    """Rows in nameless files: as lines of JSON, and as a table where one is wanted.

    Args:
        lines: For the lines.
        table: For the table.
    """

    def __init__(self, lines: IO[str], table: IO[str] | None) -> None:
        self.lines, self.table = lines, table
        self._writerow = csv.writer(table).writerow if table else None

    def write(self, row: Row) -> None:
        self.lines.write(_encode(row) + "\n")
        if self._writerow:
            self._writerow(cells(row))


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
def rows(path: Path, *, table: bool) -> Iterator[Rows]:
    """Rows for a file.

    Args:
        path: The file.
        table: Whether the rows are wanted as a table too. It is made while users are read, when the rows are at hand.

    Raises:
        UnwritableOutputError: Its folder cannot be written to; said before any user is read.
    """
    with _waiting(path, table=table) as admins, _waiting(path, table=table) as others:
        yield Rows(path, admins, others)


@contextmanager
def _waiting(path: Path, *, table: bool) -> Iterator[_Waiting]:
    with _nameless(path) as lines, _nameless(path) if table else nullcontext() as cells_of_rows:
        yield _Waiting(lines, cells_of_rows)


@contextmanager
def _nameless(path: Path) -> Iterator[IO[str]]:
    """A file without a name in the folder of another one, which the user chose for such data."""
    with told_as_ours(path):
        # Closed below: the code that uses it reports its own errors.
        file = tempfile.TemporaryFile(  # noqa: SIM115
            "w+", encoding="utf-8", errors="replace", newline="", dir=path.parent
        )
    with file:
        yield file
