"""`kc2fa invitations send`."""

from typing import TYPE_CHECKING, Annotated

import typer

from keycloak_2fa_cli import tables
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.commands.invitations.list import invitation
from keycloak_2fa_cli.flags import Flags

if TYPE_CHECKING:
    from rich.console import Console

    from keycloak_2fa.documents import InvitationSentDocument
    from keycloak_2fa.invitations.inviting import Sent


@answers("invitations send")
def invitations_send(
    flags: Flags,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Address to invite.", show_default=False)],
    organization: Annotated[
        str | None,
        typer.Option(
            "--organization", metavar="NAME", help="Alias or name of the organization to join.", show_default=False
        ),
    ] = None,
) -> Answer:
    """Invite a user by email.

    Without --organization it creates a user and sends a link to set up 2FA and a password.

    Example:
        kc2fa invitations send alice@example.org --organization acme
    """
    from keycloak_2fa.invitations import inviting
    from keycloak_2fa_cli.connection import admin_api

    return sent(inviting.send(admin_api(flags), email, organization))


def sent(done: "Sent") -> Answer:
    """The answer of `send` and `resend`."""
    return Answer(
        data=lambda: document(done).as_json(), text=lambda console: text(console, done), warnings=done.warnings
    )


def document(done: "Sent") -> "InvitationSentDocument":
    """The JSON data."""
    from keycloak_2fa.documents import InvitationSentDocument

    return InvitationSentDocument(
        realm=done.realm.name,
        email=done.email,
        sent="set-up-mail" if done.set_up else "invitation",
        organization=done.organization.alias if done.organization else None,
        invitation=invitation(done.invitation) if done.invitation else None,
        user_id=done.set_up.user_id if done.set_up else None,
        actions=list(done.set_up.actions) if done.set_up else [],
    )


def text(console: "Console", done: "Sent") -> None:
    """The same for people."""
    rows = [("Realm", done.realm.name), ("Sent to", done.email)]
    if done.set_up:
        rows += [("Mail", "set-up"), ("Leads to", ", ".join(done.set_up.actions)), ("User", done.set_up.user_id)]
    if done.organization:
        rows += [("Mail", "invitation"), ("Organization", done.organization.alias)]
    if done.invitation:
        rows += [("Expires", done.invitation.expires_at), ("Id", done.invitation.id)]
    tables.facts(console, rows)
