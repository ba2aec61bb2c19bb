"""`kc2fa invitations list`, `send` and `resend`."""

from typing import TYPE_CHECKING, Annotated

import typer

from keycloak_2fa_cli import terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags

if TYPE_CHECKING:
    from keycloak_2fa.invitations.inviting import Sent


@answers("invitations list")
def list_(
    flags: Flags,
    everybody: Annotated[
        bool, typer.Option("--all", help="Look at every user for an unfinished set-up, one request each.")
    ] = False,
) -> Answer:
    """Who is invited and not in yet.

    Pending and expired invitations of every organization, and users who never finished a set-up mail.
    """
    from keycloak_2fa.invitations import inviting, set_up_mail
    from keycloak_2fa_cli.connection import admin_api
    from keycloak_2fa_cli.views import invitations

    api = admin_api(flags)
    with terminal.reading(flags) as on_progress:
        at_most = None if everybody else set_up_mail.LOOKED_AT_MOST
        found = inviting.everybody(api, at_most=at_most, on_progress=on_progress)
    return Answer(
        data=invitations.document(found),
        text=lambda console: invitations.text(console, found),
        warnings=found.warnings,
    )


@answers("invitations send")
def send(
    flags: Flags,
    email: Annotated[str, typer.Argument(help="Whom to invite.", show_default=False)],
    organization: Annotated[
        str | None,
        typer.Option("--organization", help="Alias or name of the organization to join.", show_default=False),
    ] = None,
) -> Answer:
    """Invite somebody.

    Without --organization a user is created, and the mail leads to set up 2FA and a password.
    """
    from keycloak_2fa.invitations import inviting
    from keycloak_2fa_cli.connection import admin_api

    return _sent(inviting.send(admin_api(flags), email, organization))


@answers("invitations resend")
def resend(
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

    return _sent(inviting.resend(admin_api(flags), who))


def _sent(done: "Sent") -> Answer:
    from keycloak_2fa_cli.views import invitations

    return Answer(
        data=invitations.sent_document(done),
        text=lambda console: invitations.sent_text(console, done),
        warnings=done.warnings,
    )
