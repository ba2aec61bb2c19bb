"""What `kc2fa reset` shows."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from keycloak_2fa_cli.terminal import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from keycloak_2fa.accounts.reset import Credential, Reset


def document(done: "Reset") -> dict[str, Any]:
    """Data of `kc2fa reset`."""
    return {
        "realm": done.realm,
        "user_id": done.person.id,
        "username": done.person.username,
        "removed": [asdict(each) for each in done.removed],
        "still_has": [asdict(each) for each in done.left],
    }


def preview(console: "Console", planned: "Reset") -> None:
    """What it will do."""
    console.print(f"User {plain(planned.person.username)} of realm {plain(planned.realm)!r}:")
    console.print(f"  will be removed: {_named(planned.removed) or 'nothing, there is no OTP'}")
    console.print(f"  stays: {_named(planned.left) or 'nothing'}")
    console.print("  must set up 2FA at the next login, and is signed out everywhere")


def text(console: "Console", done: "Reset") -> None:
    """What was done, and what the user can still log in with."""
    name = plain(done.person.username)
    console.print(f"{name} must set up 2FA at the next login to realm {plain(done.realm)!r}, and is signed out.")
    console.print(f"Removed: {_named(done.removed) or 'nothing, there was no OTP'}.")
    console.print(f"Still there: {_named(done.left) or 'nothing'}.")


def _named(credentials: "Iterable[Credential]") -> str:
    return ", ".join(each.type + (f" {plain(each.label)!r}" if each.label else "") for each in credentials)
