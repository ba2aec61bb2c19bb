"""`kc2fa status`."""

from typing import TYPE_CHECKING

from keycloak_2fa_cli import terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags
from keycloak_2fa_cli.several import AllRealms, in_each

if TYPE_CHECKING:
    from keycloak_2fa.admin_api import AdminApi


@answers("status")
def status(flags: Flags, all_realms: AllRealms = False) -> Answer:
    """What 2FA is set to, since when, by whom, for whom."""
    from keycloak_2fa_cli import tables

    return in_each(flags, lambda api: _status(flags, api), every=all_realms, table=tables.realms)


def _status(flags: Flags, api: "AdminApi") -> Answer:
    from keycloak_2fa import guard, invitations
    from keycloak_2fa import status as statuses
    from keycloak_2fa_cli import documents, tables

    with terminal.reading(flags) as on_progress:
        found = statuses.read(api, on_progress=on_progress)
    warnings = list(found.warnings)
    if any(each != guard.PROVIDER_GONE for each in found.drift):
        warnings.append("The realm has drifted since enforcement: kc2fa enforce brings it back.")
    if found.pending_invitations is None:
        warnings.append(invitations.NOT_VISIBLE)
    return Answer(data=documents.status(found), text=lambda console: tables.status(console, found), warnings=warnings)
