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
        typer.Argument(
            metavar="ID_OR_EMAIL", help="Id of an invitation or user, or an email address.", show_default=False
        ),
    ],
) -> Answer:
    """Send an invitation or a set-up mail again.

    An invitation gets a new id and a new expiry.

    Example:
        kc2fa invitations resend alice@example.org
    """
    from keycloak_2fa.invitations import inviting
    from keycloak_2fa_cli.connection import admin_api

    return sent(inviting.resend(admin_api(flags), who))
