"""What `kc2fa exempt` shows."""

from typing import TYPE_CHECKING, Any

from keycloak_2fa_cli import documents, tables
from keycloak_2fa_cli.terminal import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from keycloak_2fa.accounts.exempt import Ended, Given
    from keycloak_2fa.people.exemptions import Exemption


def document(given: "Given") -> dict[str, Any]:
    """Data of `kc2fa exempt add`."""
    (exemption,) = documents.exemptions([given.exemption])
    return {"realm": given.realm, "exemption": exemption, "set_up_taken_back": given.set_up_taken_back}


def text(console: "Console", given: "Given") -> None:
    """An exemption that was given."""
    name = plain(given.exemption.username)
    console.print(f"{name} is exempt from 2FA in realm {plain(given.realm)!r} until {given.exemption.expires}.")
    if given.set_up_taken_back:
        console.print("The set-up that was due at the next login was taken back.")


def list_document(realm: str, kept: "Sequence[Exemption]") -> dict[str, Any]:
    """Data of `kc2fa exempt list`."""
    return {"realm": realm, "exemptions": documents.exemptions(kept)}


def list_text(console: "Console", realm: str, kept: "Sequence[Exemption]") -> None:
    """All exemptions."""
    if not kept:
        console.print(f"Nobody is exempt in realm {plain(realm)!r}.")
    tables.exemptions(console, kept)


def ended_document(ended: "Ended") -> dict[str, Any]:
    """Data of `kc2fa exempt remove`."""
    (exemption,) = documents.exemptions([ended.exemption])
    return {"realm": ended.realm, "exemption": exemption, "asked": ended.asked}


def ended_text(console: "Console", ended: "Ended") -> None:
    """An exemption that was ended."""
    name = plain(ended.exemption.username)
    console.print(f"{name} is no longer exempt in realm {plain(ended.realm)!r}.")
    if ended.asked:
        console.print("They must set up 2FA at the next login.")
