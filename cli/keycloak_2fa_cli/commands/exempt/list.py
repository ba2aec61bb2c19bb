"""`kc2fa exempt list`."""

from typing import TYPE_CHECKING

from keycloak_2fa_cli import tables
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags
from keycloak_2fa_cli.terminal import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from keycloak_2fa.documents import ExemptionsDocument
    from keycloak_2fa.people.exemptions import Exemption


@answers("exempt list")
def exempt_list(flags: Flags) -> Answer:
    """List exempt accounts: who, why, approved by whom, until when.

    Example:
        kc2fa exempt list
    """
    from keycloak_2fa.accounts.exempt import list_exemptions
    from keycloak_2fa_cli.connection import admin_api

    api = admin_api(flags)
    kept = list_exemptions(api)
    return Answer(
        data=lambda: document(api.settings.realm, kept).as_json(),
        text=lambda console: text(console, api.settings.realm, kept),
    )


def document(realm: str, kept: "Sequence[Exemption]") -> "ExemptionsDocument":
    """The JSON data."""
    from keycloak_2fa.documents import ExemptionsDocument
    from keycloak_2fa_cli import documents

    return ExemptionsDocument(realm=realm, exemptions=documents.exemptions(kept))


def text(console: "Console", realm: str, kept: "Sequence[Exemption]") -> None:
    """All exemptions."""
    if not kept:
        console.print(f"Nobody is exempt in realm {plain(realm)!r}.")
    tables.exemptions(console, kept)
