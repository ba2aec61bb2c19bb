"""`kc2fa report`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from keycloak_2fa.warning_codes import CodedWarning, WarningCode
from keycloak_2fa_cli import several, terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.commands.status import view
from keycloak_2fa_cli.flags import Flags
from keycloak_2fa_cli.several import AllRealms

if TYPE_CHECKING:
    from keycloak_2fa.api.admin import AdminApi


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
    all_realms: AllRealms = False,
) -> Answer:
    """Report where each user stands, as evidence.

    One row per user, below a header that accounts for all of them. With --json and without --output the JSON document
    holds the rows. Writes nothing to Keycloak.

    Example:
        kc2fa report --output report.html
    """

    def one(api: "AdminApi") -> Answer:
        return _report(flags, api, several.file_for(output, api.settings.realm, flags, every=all_realms))

    return several.in_each(flags, one, every=all_realms)


def _report(flags: Flags, api: "AdminApi", output: Path | None) -> Answer:
    from keycloak_2fa import timestamps
    from keycloak_2fa.enforcement.status import get_status
    from keycloak_2fa.people import export
    from keycloak_2fa.people.person import Person
    from keycloak_2fa.people.standing import Standing
    from keycloak_2fa_cli import documents
    from keycloak_2fa_cli.commands.report.file import writer

    rows: list[dict[str, Any]] = []
    with writer(output) as file:

        def visit(person: Person, standing: Standing) -> None:
            file.write(person, standing)
            if flags.json and output is None:
                rows.append(export.row(person, standing))

        with terminal.reading(flags) as on_progress:
            found = get_status(api, visit, on_progress)
        header = documents.report(found, at=timestamps.now()).as_json()
        file.conclude(header)
    return Answer(
        # The rows are documents already, and may be a million.
        data=lambda: header | ({"people": rows} if output is None else {"output": str(output)}),
        text=lambda console: view.text(console, found),
        warnings=[*found.warnings, *_warnings(header, output)],
    )


def _warnings(header: dict[str, Any], output: Path | None) -> list[CodedWarning]:
    names = f"{output} names everybody." if output else "--output FILE.csv, .json or .html names everybody."
    said = [WarningCode.FILE_NAMES_USERS.says(names)]
    if header["reconciliation"]["difference"]:
        moved = "Somebody came or went while people were read: Keycloak had counted another number before."
        said.append(WarningCode.POPULATION_MOVED.says(moved))
    return said
