"""`kc2fa invitations resend`."""

from typing import Annotated

import typer

from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.commands.invitations.send import sent
from keycloak_2fa_cli.flags import Flags


@answers("invitations resend")
def invitations_resend(
    flags: Flags,
    who: Annotated[
        str,
        typer.Argument(metavar="ID_OR_EMAIL", help="Id of an invitation or user, or an address.", show_default=False),
    ],
) -> Answer:
    """Send an invitation, or else a set-up mail, once more.

    An invitation gets a new id and a new time to expire.
    """
    from keycloak_2fa.invitations import inviting
    from keycloak_2fa_cli.connection import admin_api

    return sent(inviting.resend(admin_api(flags), who))
