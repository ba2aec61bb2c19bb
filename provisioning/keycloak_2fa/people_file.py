"""A file that names people: CSV or JSON, written as a stream, readable by its owner alone."""

import csv
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from keycloak_2fa.census import Visit
from keycloak_2fa.errors import UnwritableOutputError, UsageError
from keycloak_2fa.people import Person
from keycloak_2fa.selection import Standing

_COLUMNS = ("user_id", "username", "email", "enabled", "standing", "required_actions", "federation")

_Row = dict[str, str | bool | list[str] | None]


@contextmanager
def writer(path: Path | None) -> Iterator[Visit]:
    """Write each person that the yielded function is given.

    Args:
        path: Where to, ending in .csv or .json; None writes nothing. The file appears whole or not at all.

    Raises:
        UsageError: The ending is another.
        UnwritableOutputError: It cannot be written.
    """
    if path is None:
        yield lambda _person, _standing: None
        return
    formats = {".csv": _csv, ".json": _json}
    if path.suffix.lower() not in formats:
        raise UsageError(f"--output {path}: the ending says no format.", "Let it end in .csv or .json.")
    part = path.with_name(f".{path.name}.part")
    try:
        with _private(part) as file, formats[path.suffix.lower()](file) as write:
            yield lambda person, standing: write(_row(person, standing))
        part.replace(path)
    except OSError as error:
        raise UnwritableOutputError(
            f"--output {path} cannot be written: {error.strerror}.", "Check the folder, its permissions and its space."
        ) from None
    finally:
        part.unlink(missing_ok=True)


def _private(path: Path) -> IO[str]:
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline="")


def _row(person: Person, standing: Standing) -> _Row:
    return {
        "user_id": person.id,
        "username": person.username,
        "email": person.email,
        "enabled": person.enabled,
        "standing": standing.value,
        "required_actions": list(person.required_actions),
        "federation": person.federation,
    }


@contextmanager
def _csv(file: IO[str]) -> Iterator[Callable[[_Row], None]]:
    rows = csv.DictWriter(file, _COLUMNS)
    rows.writeheader()

    def write(row: _Row) -> None:
        rows.writerow({name: _cell(value) for name, value in row.items()})

    yield write


@contextmanager
def _json(file: IO[str]) -> Iterator[Callable[[_Row], None]]:
    separator = "[\n"

    def write(row: _Row) -> None:
        nonlocal separator
        file.write(separator + json.dumps(row, ensure_ascii=False))
        separator = ",\n"

    yield write
    file.write(("[" if separator == "[\n" else "\n") + "]\n")


def _cell(value: str | bool | list[str] | None) -> str:
    text = " ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    # A spreadsheet would run a name that begins like a formula (OWASP, CSV injection).
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
