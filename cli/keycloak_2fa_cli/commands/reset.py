"""`kc2fa reset`."""

from typing import TYPE_CHECKING, Annotated

import typer

from keycloak_2fa_cli import terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags

if TYPE_CHECKING:
    from keycloak_2fa.accounts.reset import Reset


@answers("reset")
def reset(
    flags: Flags,
    user: Annotated[str, typer.Argument(help="Username, email or id.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="On a terminal: do it without asking.")] = False,
) -> Answer:
    """Let a user who lost a device set up a new one.

    Removes the user's OTP, asks for the set-up at the next login, and ends the user's sessions.
    On a terminal it shows what will go, and asks first. In a script the name is the consent.
    """
    from keycloak_2fa.accounts import reset as lost_device
    from keycloak_2fa_cli.connection import admin_api
    from keycloak_2fa_cli.views import reset as view

    api = admin_api(flags)
    planned = lost_device.plan(api, user)
    if terminal.interactive(flags) and not yes:
        _ask(planned)
    lost_device.carry_out(api, planned)
    return Answer(
        data=view.document(planned), text=lambda console: view.text(console, planned), warnings=planned.warnings
    )


def _ask(planned: "Reset") -> None:
    from keycloak_2fa.errors import NoConsentError
    from keycloak_2fa_cli.views import reset as view

    view.preview(terminal.stderr(), planned)
    terminal.notes(planned.warnings)
    if not terminal.confirm(f"Reset {planned.person.username}?", planned.realm):
        raise NoConsentError("Not confirmed; nothing was changed.", "Answer y, or add --yes.")
