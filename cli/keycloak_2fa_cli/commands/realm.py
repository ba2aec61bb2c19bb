"""`kc2fa realm apply` and `kc2fa realm diff`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from keycloak_2fa_cli import terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags

if TYPE_CHECKING:
    from rich.console import Console

    from keycloak_2fa.realm.file import Plan

File = Annotated[
    Path | None,
    typer.Option("--file", help="A realm JSON of your own instead of the one that comes with kc2fa."),
]


@answers("realm diff")
def diff(
    flags: Flags,
    file: File = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="End with 7 where something differs.")] = False,
) -> Answer:
    """Show what `realm apply` would change. Writes nothing."""
    from keycloak_2fa.realm import file as realm_plan
    from keycloak_2fa_cli.connection import admin_api

    plan = realm_plan.make(admin_api(flags), realm_plan.load(file))
    return Answer(
        data=_data(plan),
        text=lambda console: _text(console, plan),
        error=realm_plan.difference(plan) if exit_code else None,
    )


@answers("realm apply")
def apply(
    flags: Flags,
    file: File = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
) -> Answer:
    """Create the realm, or bring it to what 2FA needs.

    Of an existing realm it sets the OTP policy and the required action CONFIGURE_TOTP.

    It touches nothing else.
    """
    from keycloak_2fa.errors import NoConsentError
    from keycloak_2fa.realm import file as realm_plan
    from keycloak_2fa_cli.connection import admin_api

    api = admin_api(flags)
    plan = realm_plan.make(api, realm_plan.load(file))
    if plan.something_to_do and not yes:
        if terminal.interactive(flags):
            console = terminal.stderr()
            _text(console, plan)
            yes = terminal.confirm("Do it?", plan.realm)
        if not yes:
            raise NoConsentError("Not confirmed; nothing was changed.", "Add --yes to do it without being asked.")
    realm_plan.carry_out(api, plan)
    return Answer(
        data=_data(plan) | {"created": not plan.exists},
        text=lambda console: _text(console, plan, done=True),
    )


def _data(plan: "Plan") -> dict[str, Any]:
    from keycloak_2fa_cli import documents

    return {"realm": plan.realm, "exists": plan.exists, "changes": documents.changes(plan.changes)}


def _text(console: "Console", plan: "Plan", *, done: bool = False) -> None:
    from keycloak_2fa_cli import tables

    name = terminal.plain(plan.realm)
    if not plan.exists:
        console.print(f"Realm {name!r} {'was' if done else 'does not exist and will be'} created.")
    elif not plan.changes:
        console.print(f"Realm {name!r} is as it should be: nothing to change.")
    else:
        console.print(f"Realm {name!r} {'was changed' if done else 'differs'}:")
        tables.changes(console, plan.changes)
