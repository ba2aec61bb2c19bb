"""`kc2fa preview`."""

from pathlib import Path
from typing import Annotated

import typer

from keycloak_2fa_cli import terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags


@answers("preview")
def preview(
    flags: Flags,
    output: Annotated[
        Path | None,
        typer.Option("--output", help="Also write everybody to a file, .csv or .json, readable by you alone."),
    ] = None,
) -> Answer:
    """Who would be asked, and what would break.

    Writes nothing to Keycloak.
    """
    from keycloak_2fa import people_file
    from keycloak_2fa import preview as previews
    from keycloak_2fa_cli import documents, tables
    from keycloak_2fa_cli.connection import admin_api

    api = admin_api(flags)
    with people_file.writer(output) as write, terminal.reading(flags) as on_progress:
        found = previews.make(api, write if output else None, on_progress)
    return Answer(
        data=documents.preview(found),
        text=lambda console: tables.preview(console, found),
        warnings=found.warnings,
    )
