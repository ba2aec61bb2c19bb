"""The report as a file: a header that reconciles the population, and one row for each person.

The header's figures are known only when everybody was read, and it stands first: rows wait in a nameless file.
"""

import csv
import html
import io
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from string import Template
from typing import IO, Any, Protocol

from keycloak_2fa.files import told_as_ours
from keycloak_2fa.people import export
from keycloak_2fa.people.export import COLUMNS, Row
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.standing import Standing

Header = Mapping[str, Any]


class ReportFile:
    """Takes people while they are read, and the header afterwards.

    Args:
        path: Where to; None writes nothing.
        rows: A nameless file for the rows.
    """

    def __init__(self, path: Path | None, rows: IO[str]) -> None:
        self._path, self._rows = path, rows
        self._format = _FORMATS[path.suffix.lower()] if path else None
        self._first = True

    def write(self, person: Person, standing: Standing) -> None:
        """Add one person."""
        if self._path and self._format:
            with told_as_ours(self._path):
                self._rows.write(self._format.row(export.row(person, standing), first=self._first))
            self._first = False

    def conclude(self, header: Header) -> None:
        """Write the file.

        Raises:
            UnwritableOutputError: It cannot be written.
        """
        if not self._path or not self._format:
            return
        with export.private_file(self._path) as file, told_as_ours(self._path):
            file.write(self._format.begin(header))
            self._rows.seek(0)
            shutil.copyfileobj(self._rows, file)
            file.write(self._format.end())


@contextmanager
def writer(path: Path | None) -> Iterator[ReportFile]:
    """A report that is written when it is concluded.

    Args:
        path: Where to, ending in .csv, .json or .html; None writes nothing.

    Raises:
        UsageError: The ending is another.
        UnwritableOutputError: The folder cannot be written to; said before anybody is read.
    """
    if path is None:
        with io.StringIO() as nothing:
            yield ReportFile(None, nothing)
        return
    export.check_ending(path, _FORMATS)
    with _rows(path) as rows:
        yield ReportFile(path, rows)


@contextmanager
def _rows(path: Path) -> Iterator[IO[str]]:
    with told_as_ours(path):
        # Closed below: what is done with it meanwhile is told by whoever does it.
        rows = tempfile.TemporaryFile("w+", encoding="utf-8", newline="", dir=path.parent)  # noqa: SIM115
    with rows:
        yield rows


class _Format(Protocol):
    def begin(self, header: Header) -> str: ...
    def row(self, row: Row, *, first: bool) -> str: ...
    def end(self) -> str: ...


class _Csv:
    """Lines of `# name: value`, then a table."""

    def begin(self, header: Header) -> str:
        lines = [f"# {name}: {value}\r\n" for name, value in _flat(header)]
        return "".join(lines) + _line(COLUMNS)

    def row(self, row: Row, *, first: bool) -> str:  # noqa: ARG002
        return _line([export.cell(row[name]) for name in COLUMNS])

    def end(self) -> str:
        return ""


class _Json:
    def begin(self, header: Header) -> str:
        return f'{json.dumps(dict(header), ensure_ascii=False)[:-1]}, "people": [\n'

    def row(self, row: Row, *, first: bool) -> str:
        return ("" if first else ",\n") + json.dumps(row, ensure_ascii=False)

    def end(self) -> str:
        return "\n]}\n"


class _Html:
    def begin(self, header: Header) -> str:
        title = html.escape(f"2FA report of realm {header['realm']}")
        figures = header["reconciliation"]
        kinds = [(name, figures[name]) for name in ("enrolled", "asked", "exempt", "uncovered")]
        bar = "".join(f'<span class="{name}" style="flex:{count}"></span>' for name, count in kinds if count)
        legend = "".join(f'<li class="{name}">{name} <b>{count:,}</b></li>' for name, count in kinds)
        facts = "".join(
            f"<tr><th scope=row>{html.escape(name)}</th><td>{html.escape(value)}</td></tr>"
            for name, value in _flat(header)
        )
        page = resources.files(__package__).joinpath("report.html").read_text(encoding="utf-8")
        return Template(page).substitute(
            title=title,
            message=html.escape(header["message"]),
            rows=f"{figures['rows']:,}",
            bar=bar,
            legend=legend,
            facts=facts,
            columns="".join(f"<th scope=col>{name}</th>" for name in COLUMNS),
        )

    def row(self, row: Row, *, first: bool) -> str:  # noqa: ARG002
        cells = "".join(f"<td>{html.escape(_plain(row[name]))}</td>" for name in COLUMNS)
        return f'<tr class="{row["standing"]}">{cells}</tr>\n'

    def end(self) -> str:
        return "</tbody>\n</table>\n</main>\n</body>\n</html>\n"


_FORMATS: Mapping[str, _Format] = {".csv": _Csv(), ".json": _Json(), ".html": _Html()}


def _flat(header: Header, before: str = "") -> Iterator[tuple[str, str]]:
    """The header as names and values, nested names joined by dots."""
    for name, value in header.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for number, each in enumerate(value, 1):
                yield from _flat(each, f"{before}{name}.{number}.")
        else:
            yield f"{before}{name}", _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(_plain(each) for each in value)
    # One line each, whatever somebody put into a name.
    return "" if value is None else " ".join(str(value).split())


def _line(cells: Any) -> str:
    with io.StringIO(newline="") as line:
        csv.writer(line).writerow(cells)
        return line.getvalue()
