"""A report as CSV, JSON or one HTML page, each written as a stream."""

import base64
import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import resources
from operator import itemgetter
from typing import IO, Any

from pydantic_core import from_json

from keycloak_2fa.people import export
from keycloak_2fa.reporting.row import COLUMNS, Row

Header = Mapping[str, Any]
Write = Callable[[IO[str], Header, Iterable[str]], None]
"""Writes a report: to a file, its header, its rows as lines of JSON."""

_EXEMPTION = ("reason", "approver", "expires")
_NO_EXEMPTION = (None,) * len(_EXEMPTION)
_SPLIT = COLUMNS.index("exemption")
_before, _after = itemgetter(*COLUMNS[:_SPLIT]), itemgetter(*COLUMNS[_SPLIT + 1 :])
CSV_COLUMNS = (*COLUMNS[:_SPLIT], *(f"exemption_{each}" for each in _EXEMPTION), *COLUMNS[_SPLIT + 1 :])


def write_csv(file: IO[str], header: Header, lines: Iterable[str]) -> None:
    """Lines of `# name: value`, then a table (RFC 4180)."""
    for name, value in flat(header):
        file.write(f"# {name}: {value}\r\n")
    table = csv.writer(file)
    table.writerow(CSV_COLUMNS)
    table.writerows(_cells(from_json(line)) for line in lines)


def write_json(file: IO[str], header: Header, lines: Iterable[str]) -> None:
    """One document; each row is one line of it, so that it can be read as a stream."""
    file.write(f'{json.dumps(dict(header), ensure_ascii=False)[:-1]}, "people": [\n')
    before = ""
    for line in lines:
        file.write(before + line.removesuffix("\n"))
        before = ",\n"
    file.write("\n]}\n" if before else "]}\n")


def write_html(file: IO[str], header: Header, lines: Iterable[str]) -> None:
    """One page that needs nothing else: figures, charts, and a table to search, sort and print."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_resource),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["text"] = _text
    script = _resource("report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    template = environment.get_template("report.html.j2")
    for part in template.generate(
        header=header,
        rows=(from_json(line) for line in lines),
        facts=flat({name: value for name, value in header.items() if name not in _SHOWN_APART}),
        script=script,
        script_digest=digest,
    ):
        file.write(part)


FORMATS: Mapping[str, Write] = {".csv": write_csv, ".json": write_json, ".html": write_html}
"""By the ending of the file's name."""

_SHOWN_APART = frozenset(
    {"summary", "verification", "service_account_list", "exemptions", "resets", "changes", "notes"}
)


def flat(header: Header, before: str = "") -> Iterator[tuple[str, str]]:
    """The header as names and values, nested names joined by dots."""
    for name, value in header.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{before}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for number, each in enumerate(value, 1):
                yield from flat(each, f"{before}{name}.{number}.")
        else:
            yield f"{before}{name}", _text(value)


def _cells(row: Row) -> list[str]:
    exemption = row["exemption"]
    values = (*_before(row), *(map(exemption.get, _EXEMPTION) if exemption else _NO_EXEMPTION), *_after(row))
    # Half of them are empty in most rows, of which there may be a million.
    return ["" if value is None or value == [] else export.cell(_text(value)) for value in values]


def _text(value: Any) -> str:
    """A value on one line, whatever a user put into a name."""
    if isinstance(value, str):
        return " ".join(value.split())
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(_text(each) for each in value)
    if isinstance(value, Mapping):  # a method
        label = f" ({value['label']})" if value.get("label") else ""
        return " ".join(f"{value['type']}{label}".split())
    return str(value)


def _resource(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
