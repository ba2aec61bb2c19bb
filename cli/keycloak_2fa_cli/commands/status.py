"""`kc2fa status`."""

from typing import TYPE_CHECKING, Annotated

import typer

from keycloak_2fa_cli import terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags
from keycloak_2fa_cli.several import AllRealms, in_each

if TYPE_CHECKING:
    from keycloak_2fa.api.admin import AdminApi
    from keycloak_2fa.enforcement.status import Status


@answers("status")
def status(
    flags: Flags,
    count: Annotated[
        bool, typer.Option("--count", help="Count the users now, however many they are: about 2 ms each.")
    ] = False,
    all_realms: AllRealms = False,
) -> Answer:
    """What 2FA is set to, since when, by whom, for whom.

    Quick at any size: where counting would take long, the figures are those that were counted last.
    """
    from keycloak_2fa_cli import tables

    return in_each(flags, lambda api: _status(flags, api, count=count), every=all_realms, table=tables.realms)


def _status(flags: Flags, api: "AdminApi", *, count: bool) -> Answer:
    from keycloak_2fa.enforcement import status as statuses
    from keycloak_2fa.invitations import invitations
    from keycloak_2fa.realm import guard
    from keycloak_2fa_cli import documents, tables

    with terminal.reading(flags) as on_progress:
        found = statuses.read(api, on_progress=on_progress, count=count)
    warnings = [*_not_counted(found), *found.warnings]
    if any(each != guard.PROVIDER_GONE for each in found.drift):
        warnings.append("The realm has drifted since enforcement: kc2fa enforce brings it back.")
    if found.pending_invitations is None:
        warnings.append(invitations.NOT_VISIBLE)
    return Answer(data=documents.status(found), text=lambda console: tables.status(console, found), warnings=warnings)


def _not_counted(found: "Status") -> list[str]:
    """What to say of figures that are not of now."""
    if found.people:
        return []
    said = f"The users are as counted at {found.counted.at}" if found.counted else "The users were not counted"
    return [f"{said}: --count counts all {found.total:,} now, in {terminal.duration_of_reading(found.total)}."]
