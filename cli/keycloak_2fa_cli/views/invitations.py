"""`kc2fa invitations`: who is invited, and what was sent."""

from dataclasses import asdict
from typing import Any

from rich.console import Console

from keycloak_2fa.invitations.invitations import PENDING, Invitation
from keycloak_2fa.invitations.inviting import Invited, Sent
from keycloak_2fa.invitations.set_up_mail import Unfinished
from keycloak_2fa_cli import tables

_ROWS_ON_A_TERMINAL = 50
"""What still fits on a few screens; a pipe is given every row."""


def document(found: Invited) -> dict[str, Any]:
    """Data of `kc2fa invitations list`."""
    listed = found.invitations
    return {
        "realm": found.realm.name,
        "pending": None if listed is None else len(_with_status(listed, pending=True)),
        "expired": None if listed is None else len(_with_status(listed, pending=False)),
        "invitations": None if listed is None else [_invitation(each) for each in listed],
        "unfinished": [asdict(each) for each in found.unfinished.users],
        "not_looked_at": found.unfinished.not_looked_at,
    }


def text(console: Console, found: Invited) -> None:
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


def sent_document(done: Sent) -> dict[str, Any]:
    """Data of `kc2fa invitations send` and `resend`."""
    return {
        "realm": done.realm.name,
        "email": done.email,
        "sent": "set-up-mail" if done.set_up else "invitation",
        "organization": done.organization.alias if done.organization else None,
        "invitation": _invitation(done.invitation) if done.invitation else None,
        "user_id": done.set_up.user_id if done.set_up else None,
        "actions": list(done.set_up.actions) if done.set_up else [],
    }


def sent_text(console: Console, done: Sent) -> None:
    """The same for people."""
    rows = [("Realm", done.realm.name), ("Sent to", done.email)]
    if done.set_up:
        rows += [("Mail", "set-up"), ("Leads to", ", ".join(done.set_up.actions)), ("User", done.set_up.user_id)]
    if done.organization:
        rows += [("Mail", "invitation"), ("Organization", done.organization.alias)]
    if done.invitation:
        rows += [("Expires", done.invitation.expires_at), ("Id", done.invitation.id)]
    tables.facts(console, rows)


def _at_least(unfinished: Unfinished) -> str:
    count = f"{len(unfinished.users):,}"
    return f"at least {count}" if unfinished.not_looked_at else count


def _with_status(listed: tuple[Invitation, ...], *, pending: bool) -> list[Invitation]:
    return [each for each in listed if (each.status == PENDING) is pending]


def _invitation(invitation: Invitation) -> dict[str, Any]:
    return asdict(invitation) | {"organization": invitation.organization.alias}
