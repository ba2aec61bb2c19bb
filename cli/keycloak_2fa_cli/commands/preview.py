"""`kc2fa preview`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keycloak_2fa_cli import several, terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags
from keycloak_2fa_cli.several import AllRealms

if TYPE_CHECKING:
    from keycloak_2fa.api.admin import AdminApi


@answers("preview")
def preview(
    flags: Flags,
    output: Annotated[
        Path | None,
        typer.Option("--output", help="Also write everybody to a file, .csv or .json, readable by you alone."),
    ] = None,
    all_realms: AllRealms = False,
) -> Answer:
    """Who would be asked, and what would break.

    Writes nothing to Keycloak.
    """

    def one(api: "AdminApi") -> Answer:
        return _preview(flags, api, several.file_for(output, api.settings.realm, flags, every=all_realms))

    return several.in_each(flags, one, every=all_realms)


def _preview(flags: Flags, api: "AdminApi", output: Path | None) -> Answer:
    from keycloak_2fa.enforcement import preview as previews
    from keycloak_2fa.people import export
    from keycloak_2fa_cli import documents, tables

    with export.writer(output) as write, terminal.reading(flags) as on_progress:
        found = previews.make(api, write if output else None, on_progress)
    return Answer(
        data=documents.preview(found),
        text=lambda console: tables.preview(console, found),
        warnings=found.warnings,
    )
