"""`kc2fa realm diff`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keycloak_2fa_cli import tables
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags
from keycloak_2fa_cli.terminal import plain

if TYPE_CHECKING:
    from rich.console import Console

    from keycloak_2fa.documents import RealmPlanDocument
    from keycloak_2fa.realm.file import RealmPlan

File = Annotated[
    Path | None,
    typer.Option(
        "--file", metavar="FILE", help="Realm JSON to use instead of the one that kc2fa carries.", show_default=False
    ),
]


@answers("realm diff")
def realm_diff(
    flags: Flags,
    file: File = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 7 when something differs.")] = False,
) -> Answer:
    """Show what kc2fa realm apply would change.

    Writes nothing.

    Example:
        kc2fa realm diff --exit-code
    """
    from keycloak_2fa.realm.file import difference, load_realm_file, plan_realm
    from keycloak_2fa_cli.connection import admin_api

    plan = plan_realm(admin_api(flags), load_realm_file(file))
    return Answer(
        data=lambda: document(plan).as_json(),
        text=lambda console: text(console, plan),
        error=difference(plan) if exit_code else None,
    )


def document(plan: "RealmPlan", *, applied: bool = False) -> "RealmPlanDocument":
    """The JSON data."""
    from keycloak_2fa.documents import RealmPlanDocument
    from keycloak_2fa_cli import documents

    changes = documents.changes(plan.changes)
    if applied:
        return RealmPlanDocument(realm=plan.realm, exists=plan.exists, changes=changes, created=not plan.exists)
    return RealmPlanDocument(realm=plan.realm, exists=plan.exists, changes=changes)


def text(console: "Console", plan: "RealmPlan", *, done: bool = False) -> None:
    """What will be changed, or was."""
    name = plain(plan.realm)
    if not plan.exists:
        console.print(f"Realm {name!r} {'was' if done else 'does not exist and will be'} created.")
    elif not plan.changes:
        console.print(f"Realm {name!r} is as it should be: nothing to change.")
    else:
        console.print(f"Realm {name!r} {'was changed' if done else 'differs'}:")
        tables.changes(console, plan.changes)
