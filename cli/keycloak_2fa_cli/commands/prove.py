"""`kc2fa prove`."""

from typing import TYPE_CHECKING, Annotated

import typer

from keycloak_2fa.errors import NotHoldingError, UsageError
from keycloak_2fa_cli import terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags

if TYPE_CHECKING:
    from keycloak_2fa.proof import Proof


@answers("prove")
def prove(
    flags: Flags,
    attribute: Annotated[
        list[str] | None,
        typer.Option(
            "--attribute",
            metavar="NAME=VALUE",
            help="A value for an attribute that the user profile asks for; repeatable.",
            show_default=False,
        ),
    ] = None,
) -> Answer:
    """Prove 2FA by a throwaway user on the real login pages.

    The user is removed at the end. Ends with 7 where something lets them in that should not.
    """
    from keycloak_2fa import proof
    from keycloak_2fa_cli.connection import admin_api
    from keycloak_2fa_cli.views import prove as view

    attributes = dict(_pair(each) for each in attribute or [])
    terminal.step("Making a user and going through the login pages")
    done = proof.prove(admin_api(flags), attributes)
    return Answer(data=view.document(done), text=lambda console: view.text(console, done), error=_failed(done))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise UsageError(f"--attribute {text!r} is no pair.", "Give it as NAME=VALUE.")
    return name, value


def _failed(done: "Proof") -> NotHoldingError | None:
    failed = [each for each in done.checks if not each.passed]
    if not failed:
        return None
    return NotHoldingError(
        f"2FA does not hold in realm {done.realm!r}: {failed[0].title} It was not so.",
        "kc2fa verify names the ways around 2FA, and kc2fa harden closes them.",
    )
