"""A file that names people: CSV or JSON, written as a stream, readable by its owner alone."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol, TextIO

from keycloak_2fa.errors import UsageError
from keycloak_2fa.files import told_as_ours, whole_file
from keycloak_2fa.people.census import Visit
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.standing import Standing

COLUMNS = ("user_id", "username", "email", "enabled", "standing", "required_actions", "federation")

Row = dict[str, str | bool | list[str] | None]


class _Rows(Protocol):
    def __init__(self, file: IO[str]) -> None: ...
    def write(self, row: Row) -> None: ...
    def end(self) -> None: ...


@contextmanager
def writer(path: Path | None) -> Iterator[Visit]:
    """Write each person that the yielded function is given.

    Args:
        path: Where to, ending in .csv or .json; None writes nothing. The file appears whole or not at all.

    Raises:
        UsageError: The ending is another.
        UnwritableOutputError: It cannot be written; said before anybody is read, where that can be known.
    """
    if path is None:
        yield lambda _person, _standing: None
        return
    check_ending(path, _FORMATS)
    with private_file(path) as file:
        with told_as_ours(path):
            rows = _FORMATS[path.suffix.lower()](file)

        def write(person: Person, standing: Standing) -> None:
            with told_as_ours(path):
                rows.write(row(person, standing))

        yield write
        with told_as_ours(path):
            rows.end()


def check_ending(path: Path, known: Iterable[str]) -> None:
    """Check that a file's ending says one of the formats.

    Raises:
        UsageError: It does not.
    """
    if path.suffix.lower() not in known:
        raise UsageError(f"{path}: the file name has no known ending.", f"Let it end in {' or '.join(known)}.")


@contextmanager
def private_file(path: Path) -> Iterator[TextIO]:
    """A text to write, readable by its owner alone, that appears when all went well, and else not at all.

    Raises:
        UnwritableOutputError: It cannot be written.
    """
    with whole_file(path, 0o600) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        yield text
        with told_as_ours(path):
            text.detach()


def row(person: Person, standing: Standing) -> Row:
    """A person as a row of `COLUMNS`."""
    return {
        "user_id": person.id,
        "username": person.username,
        "email": person.email,
        "enabled": person.enabled,
        "standing": standing.value,
        "required_actions": sorted(person.required_actions),  # a database gives them in any order
        "federation": person.federation,
    }


class _Csv:
    def __init__(self, file: IO[str]) -> None:
        self._rows = csv.DictWriter(file, COLUMNS)
        self._rows.writeheader()

    def write(self, row: Row) -> None:
        self._rows.writerow({name: cell(value) for name, value in row.items()})

    def end(self) -> None:
        """A CSV file has no end of its own."""


class _Json:
    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._before = "[\n"

    def write(self, row: Row) -> None:
        self._file.write(self._before + json.dumps(row, ensure_ascii=False))
        self._before = ",\n"

    def end(self) -> None:
        self._file.write("[]\n" if self._before == "[\n" else "\n]\n")


_FORMATS: dict[str, type[_Rows]] = {".csv": _Csv, ".json": _Json}


_FORMULA = frozenset("=+-@\t\r")
"""A spreadsheet would run a name that begins like a formula (OWASP, CSV injection)."""


def cell(value: str | bool | list[str] | None) -> str:
    """A value as a cell of a spreadsheet."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else " ".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text[:1] in _FORMULA else text
