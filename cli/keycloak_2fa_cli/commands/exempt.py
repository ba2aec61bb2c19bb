"""`kc2fa exempt add`, `list` and `remove`."""

from typing import Annotated

import typer

from keycloak_2fa.errors import UsageError
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags

User = Annotated[str, typer.Argument(help="Username, email or id.", show_default=False)]


@answers("exempt add")
def add(  # noqa: PLR0917
    flags: Flags,
    user: User,
    reason: Annotated[str, typer.Option("--reason", help="Why, in a sentence.", show_default=False)],
    approver: Annotated[str, typer.Option("--approver", help="Who answers for it.", show_default=False)],
    expires: Annotated[str, typer.Option("--expires", help="The last day, as 2026-12-31.", show_default=False)],
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", help="exempt-asked: do it although the realm's flows ask the account all the same."),
    ] = None,
) -> Answer:
    """Exempt a break-glass account from 2FA, until a day.

    Takes a set-up that is due from the account. One that is exempt already is given the new day.
    """
    from keycloak_2fa.accounts import exempt as break_glass
    from keycloak_2fa.verification import exempt_logins
    from keycloak_2fa_cli.connection import admin_api
    from keycloak_2fa_cli.views import exempt as view

    if unknown := set(accept or ()) - {exempt_logins.ACCEPT}:
        raise UsageError(f"--accept: {unknown.pop()!r} is not a risk.", f"The risk is: {exempt_logins.ACCEPT}.")
    given = break_glass.exempt(
        admin_api(flags), user, reason=reason, approver=approver, expires=expires, though_asked=bool(accept)
    )
    return Answer(data=view.document(given), text=lambda console: view.text(console, given), warnings=given.warnings)


@answers("exempt list")
def list_(flags: Flags) -> Answer:
    """Who is exempt, why, by whom, until when."""
    from keycloak_2fa.accounts import exempt as break_glass
    from keycloak_2fa_cli.connection import admin_api
    from keycloak_2fa_cli.views import exempt as view

    api = admin_api(flags)
    kept = break_glass.given(api)
    return Answer(
        data=view.list_document(api.settings.realm, kept),
        text=lambda console: view.list_text(console, api.settings.realm, kept),
    )


@answers("exempt remove")
def remove(flags: Flags, user: User) -> Answer:
    """End an exemption.

    Where 2FA is ON, the account is asked to set it up at the next login.
    """
    from keycloak_2fa.accounts import exempt as break_glass
    from keycloak_2fa_cli.connection import admin_api
    from keycloak_2fa_cli.views import exempt as view

    ended = break_glass.end(admin_api(flags), user)
    return Answer(
        data=view.ended_document(ended),
        text=lambda console: view.ended_text(console, ended),
    )
