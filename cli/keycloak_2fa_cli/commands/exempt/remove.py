"""`kc2fa exempt remove`."""

from typing import TYPE_CHECKING

from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.commands.user import User
from keycloak_2fa_cli.flags import Flags
from keycloak_2fa_cli.terminal import plain

if TYPE_CHECKING:
    from rich.console import Console

    from keycloak_2fa.accounts.exempt import Ended
    from keycloak_2fa.documents import ExemptionRemovedDocument


@answers("exempt remove")
def exempt_remove(flags: Flags, user: User) -> Answer:
    """End an exemption.

    Where 2FA is ON, the account must set it up at the next login.

    Example:
        kc2fa exempt remove rescue
    """
    from keycloak_2fa.accounts.exempt import end_exemption
    from keycloak_2fa_cli.connection import admin_api

    ended = end_exemption(admin_api(flags), user)
    return Answer(data=lambda: document(ended).as_json(), text=lambda console: text(console, ended))


def document(ended: "Ended") -> "ExemptionRemovedDocument":
    """The JSON data."""
    from keycloak_2fa.documents import ExemptionRemovedDocument
    from keycloak_2fa_cli import documents

    return ExemptionRemovedDocument(
        realm=ended.realm, exemption=documents.exemption(ended.exemption), asked=ended.asked
    )


def text(console: "Console", ended: "Ended") -> None:
    """An exemption that was ended."""
    name = plain(ended.exemption.username)
    console.print(f"{name} is no longer exempt in realm {plain(ended.realm)!r}.")
    if ended.asked:
        console.print("The user must set up 2FA at the next login.")
