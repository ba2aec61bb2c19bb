"""`kc2fa preview`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keycloak_2fa_cli import several, tables, terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags
from keycloak_2fa_cli.several import AllRealms
from keycloak_2fa_cli.terminal import plain

if TYPE_CHECKING:
    from rich.console import Console

    from keycloak_2fa.api.admin import AdminApi
    from keycloak_2fa.enforcement.preview import Preview
_NAMES_SHOWN = 20


@answers("preview")
def preview(
    flags: Flags,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="Also write all users to a .csv or .json file that only you can read.",
            show_default=False,
        ),
    ] = None,
    all_realms: AllRealms = False,
) -> Answer:
    """Show what enforcing would change and break.

    Lists the users who would have to set up 2FA, in groups and by name. Writes nothing to Keycloak.

    Example:
        kc2fa preview
        kc2fa preview --output users.csv
    """

    def one(api: "AdminApi") -> Answer:
        return _preview(flags, api, several.file_for(output, api.settings.realm, flags, every=all_realms))

    return several.in_each(flags, one, every=all_realms)


def _preview(flags: Flags, api: "AdminApi", output: Path | None) -> Answer:
    from keycloak_2fa.enforcement.preview import plan_enforcement
    from keycloak_2fa.people import export
    from keycloak_2fa_cli import documents

    with export.writer(output) as write, terminal.reading(flags) as on_progress:
        found = plan_enforcement(api, write if output else None, on_progress)
    return Answer(
        data=lambda: documents.preview(found).as_json(),
        text=lambda console: text(console, found),
        warnings=found.warnings,
    )


def text(console: "Console", found: "Preview") -> None:
    """What enforcing would do."""
    tables.headline(console, found.enforcement)
    people = found.people.population
    tables.facts(
        console,
        [
            ("Realm", found.realm.name),
            ("Users", f"{people.total:,}"),
            ("  to mark", f"{found.to_mark:,}"),
            ("  set-up pending", f"{people.pending:,}"),
            ("  enrolled", f"{people.enrolled:,}"),
            ("  exempt", f"{people.exempt:,}"),
            ("  cannot be marked", f"{len(found.refused):,}"),
            ("Service accounts, left alone", f"{found.people.service_accounts:,}"),
            ("Pending invitations", tables.invitations(found.pending_invitations)),
        ],
    )
    if found.groups:
        console.print("\nOf those to mark:")
        tables.facts(console, [(f"  {group}", f"{count:,}") for group, count in sorted(found.groups.items())])
    if found.named:
        console.print()
        table = tables.columns("To mark", "Email", "Enabled")
        for person in found.named[:_NAMES_SHOWN]:
            table.add_row(plain(person.username), plain(person.email or ""), "yes" if person.enabled else "no")
        tables.draw(console, table)
        if (more := found.to_mark - min(_NAMES_SHOWN, len(found.named))) > 0:
            console.print(f"and {more:,} more: --output FILE.csv lists all users.")
    tables.refusals(console, found.refused)
    tables.exemptions(console, found.exemptions)
    if found.changes:
        console.print("\nOn the realm:")
        tables.changes(console, found.changes)
