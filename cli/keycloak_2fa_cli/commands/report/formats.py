"""A report as CSV, JSON or one HTML page, each written as a stream."""

import base64
import csv
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from typing import IO, Any

from keycloak_2fa_cli.commands.report.cells import CSV_COLUMNS, text
from keycloak_2fa_cli.commands.report.rows import Rows

Header = Mapping[str, Any]
Write = Callable[[IO[str], Header, Rows], None]
"""Writes a report: to a file, its header, its rows."""


def write_csv(file: IO[str], header: Header, rows: Rows) -> None:
    """Lines of `# name: value`, then a table (RFC 4180)."""
    for name, value in flat(header):
        file.write(f"# {name}: {value}\r\n")
    csv.writer(file).writerow(CSV_COLUMNS)
    for part in rows.tables():
        shutil.copyfileobj(part, file)


def write_json(file: IO[str], header: Header, rows: Rows) -> None:
    """One document; each row is one line of it, so that it can be read as a stream."""
    file.write(f'{json.dumps(dict(header), ensure_ascii=False)[:-1]}, "people": [\n')
    before = ""
    for line in rows.lines():
        file.write(before + line.decode().removesuffix("\n"))
        before = ",\n"
    file.write("\n]}\n" if before else "]}\n")


def write_html(file: IO[str], header: Header, rows: Rows) -> None:
    """One page that needs nothing else: figures, charts, and a table to search, sort and print."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_resource),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["text"] = text
    script = _resource("report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    template = environment.get_template("report.html.j2")
    for part in template.generate(
        header=header,
        rows=(json.loads(line) for line in rows.lines()),
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
            yield f"{before}{name}", text(value)


def _resource(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
