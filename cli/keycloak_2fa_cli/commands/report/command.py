"""`kc2fa report`."""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from keycloak_2fa.errors import UsageError
from keycloak_2fa.warning_codes import CodedWarning, WarningCode
from keycloak_2fa_cli import several, tables, terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.commands.status import view
from keycloak_2fa_cli.flags import Flags
from keycloak_2fa_cli.several import AllRealms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from keycloak_2fa.api.admin import AdminApi
    from keycloak_2fa.reporting.report import Report
    from keycloak_2fa_cli.commands.report.rows import Rows


@answers("report")
def report(
    flags: Flags,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="Write the report to a .csv, .json or .html file that only you can read.",
            show_default=False,
        ),
    ] = None,
    evidence: Annotated[
        Path | None,
        typer.Option(
            "--evidence",
            metavar="DIR",
            help="Write a folder for an auditor: report, verify, prove, exemptions, checksums.",
            show_default=False,
        ),
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option(
            "--since",
            metavar="FILE",
            help="Compare with an earlier report (.json): who enrolled, lost OTP, is new, is gone.",
            show_default=False,
        ),
    ] = None,
    all_realms: AllRealms = False,
) -> Answer:
    """Report where each user stands, as evidence.

    One row per user, administrators first, below a header that accounts for all of them. With --json and without
    --output the JSON document holds the rows. Writes nothing to Keycloak, except that --evidence makes a throwaway user
    and removes it, as kc2fa prove does.

    Example:
        kc2fa report --output report.html
    """
    if output and evidence:
        raise UsageError("--output and --evidence exclude each other.", "The folder of --evidence holds the report.")
    if since and several.asked_for(flags, every=all_realms):
        raise UsageError("--since compares one realm.", "Name one realm by --realm.")

    def one(api: "AdminApi") -> Answer:
        def file(path: Path | None) -> Path | None:
            return several.file_for(path, api.settings.realm, flags, every=all_realms)

        return _report(flags, api, file(output), file(evidence), since)

    return several.in_each(flags, one, every=all_realms)


def _report(flags: Flags, api: "AdminApi", output: Path | None, evidence: Path | None, since: Path | None) -> Answer:
    from keycloak_2fa.reporting.report import make_report
    from keycloak_2fa_cli.commands.report import document
    from keycloak_2fa_cli.commands.report.evidence import write_evidence
    from keycloak_2fa_cli.commands.report.file import write_file
    from keycloak_2fa_cli.commands.report.rows import digest

    people: list[dict[str, Any]] = []
    with _rows(output, evidence) as rows:
        write = rows.write if rows else people.append if flags.json else _nobody
        with terminal.reading(flags) as on_progress:
            made = make_report(api, write, since=since, on_progress=on_progress)
        people.sort(key=lambda each: not each["is_admin"])
        sha256 = rows.sha256() if rows else digest(people) if flags.json else None
        header = document.header(made, server_url=api.settings.server_url, sha256=sha256)
        if rows and output:
            write_file(output, header, rows)
        if rows and evidence:
            terminal.step("Creating a user and walking through the login pages")
            write_evidence(evidence, api, header, rows)
    return Answer(
        # The rows are documents already, and may be a million.
        data=lambda: header | ({"output": str(output or evidence)} if rows else {"people": people}),
        text=lambda console: _text(console, made),
        warnings=[*made.status.warnings, *made.notes, *_warnings(header, output, evidence)],
    )


@contextmanager
def _rows(output: Path | None, evidence: Path | None) -> "Iterator[Rows | None]":
    from keycloak_2fa_cli.commands.report import rows
    from keycloak_2fa_cli.commands.report.evidence import begin_evidence
    from keycloak_2fa_cli.commands.report.file import check_file

    if output:
        check_file(output)
    path = begin_evidence(evidence) if evidence else output
    if path is None:
        yield None
        return
    with rows.rows(path, table=evidence is not None or path.suffix.lower() == ".csv") as found:
        yield found


def _nobody(_row: dict[str, Any]) -> None:
    """Where no user is named."""


def _text(console: "Console", made: "Report") -> None:
    view.text(console, made.status)
    figures = made.summary
    apart = {f"From {origin}": figures.origins[origin] for origin in sorted(figures.origins)}
    if figures.admins:
        apart = {"Administrators": figures.admins, **apart}
    tables.facts(
        console, [(name, f"{each['enrolled']:,} of {each.total():,} enrolled") for name, each in apart.items()]
    )
    if made.changes:
        console.print()
        console.print(f"Since {made.changes.since}:")
        tables.facts(console, [(f"  {kind}", f"{count:,}") for kind, count in made.changes.counts.items()])


def _warnings(header: dict[str, Any], output: Path | None, evidence: Path | None) -> list[CodedWarning]:
    written = output or evidence
    names = f"{written} names every user." if written else "--output FILE.csv, .json or .html names every user."
    said = [WarningCode.FILE_NAMES_USERS.says(names)]
    if header["reconciliation"]["difference"]:
        moved = "Users came or went while they were read: Keycloak had counted another number before."
        said.append(WarningCode.POPULATION_MOVED.says(moved))
    return said
