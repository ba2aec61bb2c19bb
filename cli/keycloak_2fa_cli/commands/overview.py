"""`kc2fa` without a command: the state of the configured realm, and the next step."""

import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from keycloak_2fa_cli import connection, terminal
from keycloak_2fa_cli.answer import Answer, run
from keycloak_2fa_cli.commands.status import view
from keycloak_2fa_cli.flags import Flags

if TYPE_CHECKING:
    from rich.console import Console


def overview(context: typer.Context, flags: Flags) -> int:
    """Answer, and give the exit code.

    Where nothing is configured the help stands above what is missing.
    """
    if not flags.json and not connection.configured(flags, os.environ):
        typer.echo(context.get_help() + "\n", err=True)
    return run("", flags, lambda: _overview(flags))


def _overview(flags: Flags) -> Answer:
    from keycloak_2fa.documents import OverviewDocument
    from keycloak_2fa.enforcement.next_step import next_step
    from keycloak_2fa.enforcement.status import get_status
    from keycloak_2fa_cli import documents

    api = connection.admin_api(flags)
    with terminal.reading(flags) as on_reading:
        found = get_status(api, on_progress=on_reading, count=False)
    step = next_step(found)

    def text(console: "Console") -> None:
        view.text(console, found)
        console.print(f"\nNext: {step.command}", style="bold")
        console.print(step.why)

    def data() -> dict[str, Any]:
        whole = documents.status(found).as_json() | {"next": asdict(step)}
        return OverviewDocument.model_validate(whole).as_json()

    return Answer(data=data, text=text, warnings=view.warnings(found))
