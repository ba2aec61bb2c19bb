"""`kc2fa exempt add`."""

from typing import TYPE_CHECKING, Annotated

import typer

from keycloak_2fa.errors import UsageError
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.commands.user import User
from keycloak_2fa_cli.flags import Flags
from keycloak_2fa_cli.terminal import plain

if TYPE_CHECKING:
    from rich.console import Console

    from keycloak_2fa.accounts.exempt import Given
    from keycloak_2fa.documents import ExemptionAddedDocument


@answers("exempt add")
def exempt_add(  # noqa: PLR0917
    flags: Flags,
    user: User,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in a sentence.", show_default=False)],
    approver: Annotated[
        str, typer.Option("--approver", metavar="NAME", help="Who answers for it.", show_default=False)
    ],
    expires: Annotated[
        str, typer.Option("--expires", metavar="DATE", help="Last day, such as 2026-12-31.", show_default=False)
    ],
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept",
            metavar="RISK",
            help="Accept a risk. exempt-asked: the realm's flows ask the account for 2FA anyway.",
            show_default=False,
        ),
    ] = None,
) -> Answer:
    r"""Exempt a break-glass account from 2FA until a date.

    Takes back a set-up that is pending. An account that is already exempt gets the new date.

    Example:
        kc2fa exempt add rescue --reason "Lost phones" --approver "J. Doe" \
            --expires 2026-12-31
    """
    from keycloak_2fa.accounts.exempt import add_exemption
    from keycloak_2fa.verification import exempt_logins
    from keycloak_2fa_cli.connection import admin_api

    if unknown := set(accept or ()) - {exempt_logins.ACCEPT}:
        raise UsageError(f"--accept: {unknown.pop()!r} is not a risk.", f"The risk is: {exempt_logins.ACCEPT}.")
    given = add_exemption(
        admin_api(flags), user, reason=reason, approver=approver, expires=expires, though_asked=bool(accept)
    )
    return Answer(
        data=lambda: document(given).as_json(), text=lambda console: text(console, given), warnings=given.warnings
    )


def document(given: "Given") -> "ExemptionAddedDocument":
    """The JSON data."""
    from keycloak_2fa.documents import ExemptionAddedDocument
    from keycloak_2fa_cli import documents

    return ExemptionAddedDocument(
        realm=given.realm,
        exemption=documents.exemption(given.exemption),
        set_up_taken_back=given.set_up_taken_back,
    )


def text(console: "Console", given: "Given") -> None:
    """An exemption that was given."""
    name = plain(given.exemption.username)
    console.print(f"{name} is exempt from 2FA in realm {plain(given.realm)!r} until {given.exemption.expires}.")
    if given.set_up_taken_back:
        console.print("The pending set-up was removed.")
