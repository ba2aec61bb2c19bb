"""`kc2fa invitations list`."""

from typing import TYPE_CHECKING, Annotated

import typer

from keycloak_2fa_cli import tables, terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags

if TYPE_CHECKING:
    from rich.console import Console

    from keycloak_2fa.documents import InvitationDocument, InvitationListDocument
    from keycloak_2fa.invitations.invitations import Invitation
    from keycloak_2fa.invitations.inviting import Invited
    from keycloak_2fa.invitations.set_up_mail import Unfinished

_ROWS_ON_A_TERMINAL = 50
"""What still fits on a few screens; a pipe is given every row."""


@answers("invitations list")
def invitations_list(
    flags: Flags,
    everybody: Annotated[
        bool, typer.Option("--all", help="Look at every user for an unfinished set-up; one request each.")
    ] = False,
) -> Answer:
    """List pending invitations and unfinished set-ups.

    Shows pending and expired invitations of every organization, and users who never finished a set-up mail.

    Example:
        kc2fa invitations list
    """
    from keycloak_2fa.invitations import inviting, set_up_mail
    from keycloak_2fa_cli.connection import admin_api

    api = admin_api(flags)
    with terminal.reading(flags) as on_progress:
        at_most = None if everybody else set_up_mail.LOOKED_AT_MOST
        found = inviting.everybody(api, at_most=at_most, on_progress=on_progress)
    return Answer(
        data=lambda: document(found).as_json(), text=lambda console: text(console, found), warnings=found.warnings
    )


def document(found: "Invited") -> "InvitationListDocument":
    """The JSON data."""
    from keycloak_2fa.documents import InvitationListDocument, UnfinishedUserDocument

    listed = found.invitations
    return InvitationListDocument(
        realm=found.realm.name,
        pending=None if listed is None else len(_with_status(listed, pending=True)),
        expired=None if listed is None else len(_with_status(listed, pending=False)),
        invitations=None if listed is None else [invitation(each) for each in listed],
        unfinished=[
            UnfinishedUserDocument(
                user_id=each.user_id, username=each.username, email=each.email, created_at=each.created_at
            )
            for each in found.unfinished.users
        ],
        not_looked_at=found.unfinished.not_looked_at,
    )


def text(console: "Console", found: "Invited") -> None:
    """The same for people."""
    listed = found.invitations
    tables.facts(
        console,
        [
            ("Realm", found.realm.name),
            ("Pending invitations", "not listed" if listed is None else f"{len(_with_status(listed, pending=True)):,}"),
            (
                "Expired invitations",
                "not listed" if listed is None else f"{len(_with_status(listed, pending=False)):,}",
            ),
            ("Users with a set-up to finish", _at_least(found.unfinished)),
        ],
    )
    if listed:
        console.print()
        tables.rows(
            console,
            ("Invited", "Organization", "Status", "Sent", "Expires", "Id"),
            [
                (each.email, each.organization.alias, each.status, each.sent_at, each.expires_at, each.id)
                for each in listed
            ],
            at_most=_ROWS_ON_A_TERMINAL,
        )
    if found.unfinished.users:
        console.print()
        tables.rows(
            console,
            ("Set-up not finished", "Email", "Created", "Id"),
            [(each.username, each.email, each.created_at, each.user_id) for each in found.unfinished.users],
            at_most=_ROWS_ON_A_TERMINAL,
        )


def invitation(sent: "Invitation") -> "InvitationDocument":
    """An invitation as JSON."""
    from keycloak_2fa.documents import InvitationDocument

    return InvitationDocument(
        id=sent.id,
        organization=sent.organization.alias,
        email=sent.email,
        status=sent.status,
        sent_at=sent.sent_at,
        expires_at=sent.expires_at,
    )


def _at_least(unfinished: "Unfinished") -> str:
    count = f"{len(unfinished.users):,}"
    return f"at least {count}" if unfinished.not_looked_at else count


def _with_status(listed: "tuple[Invitation, ...]", *, pending: bool) -> "list[Invitation]":
    from keycloak_2fa.invitations.invitations import PENDING

    return [each for each in listed if (each.status == PENDING) is pending]
