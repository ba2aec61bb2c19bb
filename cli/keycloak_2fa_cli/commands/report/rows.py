"""The rows of a report, waiting on the disk until the header is known: administrators first."""

import csv
import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import IO, AnyStr, BinaryIO

from pydantic_core import PydanticSerializationError, to_json

from keycloak_2fa.files import told_as_ours, unwritable
from keycloak_2fa.reporting.row import Row
from keycloak_2fa_cli.commands.report.cells import cells

_BLOCK_BYTES = 1 << 20


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

    def lines(self) -> Iterator[bytes]:
        """Each row as `line` has it."""
        for waiting in (self._admins, self._others):
            yield from self._from_the_start(waiting.lines)

    def tables(self) -> Iterator[IO[str]]:
        """The rows as a table (RFC 4180), in parts."""
        for waiting in (self._admins, self._others):
            if waiting.table is None:
                raise RuntimeError("The rows were not to be a table.")
            yield self._from_the_start(waiting.table)

    def sha256(self) -> str:
        """SHA-256 of the lines."""
        hashed = hashlib.sha256()
        for waiting in (self._admins, self._others):
            for block in iter(partial(self._from_the_start(waiting.lines).read, _BLOCK_BYTES), b""):
                hashed.update(block)
        return hashed.hexdigest()

    def _from_the_start(self, file: IO[AnyStr]) -> IO[AnyStr]:
        with told_as_ours(self._path):
            file.seek(0)
        return file


class _Waiting:
    """Rows in nameless files: as lines of JSON, and as a table where one is wanted.

    Args:
        lines: For the lines.
        table: For the table.
    """

    def __init__(self, lines: IO[bytes], table: IO[str] | None) -> None:
        self.lines, self.table = lines, table
        self._writerow = csv.writer(table).writerow if table else None

    def write(self, row: Row) -> None:
        self.lines.write(line(row))
        if self._writerow:
            self._writerow(cells(row))


def line(row: Row) -> bytes:
    """A row as one line of JSON in UTF-8, with its line feed. Half a character, which some names hold, becomes `?`."""
    try:
        # Takes a fourth of what json.dumps takes, and there may be a million.
        return to_json(row) + b"\n"
    except PydanticSerializationError:
        return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def digest(people: Iterable[Row]) -> str:
    """SHA-256 of rows in memory, as `Rows.sha256`."""
    hashed = hashlib.sha256()
    for each in people:
        hashed.update(line(each))
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
    with _nameless(path) as lines, _table(path) if table else nullcontext() as cells_of_rows:
        yield _Waiting(lines, cells_of_rows)


@contextmanager
def _table(path: Path) -> Iterator[IO[str]]:
    with _nameless(path) as file, TextIOWrapper(file, encoding="utf-8", errors="replace", newline="") as text:
        yield text


@contextmanager
def _nameless(path: Path) -> Iterator[BinaryIO]:
    """A file without a name in the folder of another one, which the user chose for such data."""
    with told_as_ours(path):
        # Closed below: the code that uses it reports its own errors.
        file = tempfile.TemporaryFile(dir=path.parent)  # noqa: SIM115
    with file:
        yield file
