"""`kc2fa reset`."""

from typing import Annotated

import typer

from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags


@answers("reset")
def reset(
    flags: Flags,
    user: Annotated[str, typer.Argument(help="Username, email or id.", show_default=False)],
) -> Answer:
    """A lost device: let one person set up a new one.

    Removes their OTP, asks for the set-up at the next login, and ends their sessions.
    """
    from keycloak_2fa import lost_device
    from keycloak_2fa_cli.connection import admin_api
    from keycloak_2fa_cli.views import reset as view

    done = lost_device.reset(admin_api(flags), user)
    return Answer(data=view.document(done), text=lambda console: view.text(console, done))
