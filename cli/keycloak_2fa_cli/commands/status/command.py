"""`kc2fa status`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keycloak_2fa.errors import UsageError
from keycloak_2fa_cli import several, terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags
from keycloak_2fa_cli.several import AllRealms

if TYPE_CHECKING:
    from collections.abc import Callable

    from keycloak_2fa.api.admin import AdminApi


class Format(StrEnum):
    """The form of the status."""

    TEXT = "text"
    OPENMETRICS = "openmetrics"


@answers("status")
def status(  # noqa: PLR0917
    flags: Flags,
    count: Annotated[bool, typer.Option("--count", help="Count all users now, about 2 ms each.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Refresh it on a terminal until all users are enrolled.")
    ] = False,
    format_: Annotated[
        Format,
        typer.Option("--format", metavar="FORMAT", help="text, or openmetrics with what verify finds."),
    ] = Format.TEXT,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="Write the metrics of --format openmetrics to a world-readable file.",
            show_default=False,
        ),
    ] = None,
    all_realms: AllRealms = False,
) -> Answer:
    """Show the realm's 2FA state.

    Also shows since when, by whom, the OTP policy and its apps, and how many users are enrolled. Quick at any size:
    where counting would take long it shows the last count.

    Example:
        kc2fa status
        kc2fa status --all-realms --json
        kc2fa status --format openmetrics --output kc2fa.prom
    """
    if format_ is Format.OPENMETRICS:
        from keycloak_2fa_cli.commands.status import figures

        if flags.json or watch:
            raise UsageError(
                f"--format openmetrics and {'--json' if flags.json else '--watch'} exclude each other.",
                "Give one of them.",
            )
        return figures.told(flags, output, count=count, every=all_realms)
    if output:
        raise UsageError("--output needs --format openmetrics.", "For users in a file, see kc2fa report.")
    if watch:
        from keycloak_2fa_cli.commands.status.watch import watch_status

        return watch_status(flags, lambda api: _status(api, count=count), every=all_realms)
    from keycloak_2fa_cli.commands.status import view

    def one(api: "AdminApi") -> Answer:
        with terminal.reading(flags) as on_progress:
            return _status(api, on_progress, count=count)

    return several.in_each(flags, one, every=all_realms, table=view.realms)


def _status(
    api: "AdminApi", on_progress: "Callable[[int, int], None]" = lambda _seen, _total: None, *, count: bool
) -> Answer:
    from keycloak_2fa.enforcement.status import get_status
    from keycloak_2fa_cli import documents
    from keycloak_2fa_cli.commands.status import view

    found = get_status(api, on_progress=on_progress, count=count)
    return Answer(
        data=lambda: documents.status(found).as_json(),
        text=lambda console: view.text(console, found),
        warnings=view.warnings(found),
    )
