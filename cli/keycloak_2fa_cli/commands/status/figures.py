"""`kc2fa status --format openmetrics`."""

from pathlib import Path
from typing import TYPE_CHECKING

from keycloak_2fa_cli import several, terminal
from keycloak_2fa_cli.answer import Answer
from keycloak_2fa_cli.flags import Flags

if TYPE_CHECKING:
    from rich.console import Console

    from keycloak_2fa.api.admin import AdminApi
    from keycloak_2fa.monitoring.figures import Figures

_READABLE_BY_ALL = 0o644
"""There is no user in it, and the collector that reads it is another user."""


def told(flags: Flags, output: Path | None, *, count: bool, every: bool) -> Answer:
    """The figures of a realm, or of several in one document.

    Args:
        flags: As given.
        output: The file to write; None says them on stdout.
        count: Count the users now.
        every: All realms that the caller may see.

    Raises:
        UnwritableOutputError: The file cannot be written; what was there stays.
        Error: See `several.in_each`.
    """
    from keycloak_2fa.monitoring import openmetrics
    from keycloak_2fa.monitoring.figures import get_figures
    from keycloak_2fa_cli import documents
    from keycloak_2fa_cli.commands.status import view

    looks: list[Figures] = []

    def one(api: "AdminApi") -> Answer:
        with terminal.reading(flags) as on_progress:
            look = get_figures(api, on_progress, count=count)
        looks.append(look)
        return Answer(
            data=lambda: documents.status(look.status).as_json(), text=say, warnings=view.warnings(look.status)
        )

    def say(console: "Console") -> None:
        if output:
            console.print(f"{output} holds the figures.", soft_wrap=True)
        else:
            terminal.say_utf8(openmetrics.render(looks))

    answer = several.in_each(flags, one, every=every, table=lambda console, _found: say(console))
    if output and looks:
        _write(output, openmetrics.render(looks))
    return answer


def _write(output: Path, text: str) -> None:
    from keycloak_2fa.files import told_as_ours, whole_file

    with whole_file(output, _READABLE_BY_ALL) as file, told_as_ours(output):
        file.write(text.encode())
