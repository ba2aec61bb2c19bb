"""`kc2fa prove`."""

from typing import TYPE_CHECKING, Annotated

import typer

from keycloak_2fa.errors import Error, NotHoldingError, UsageError
from keycloak_2fa_cli import terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keycloak_2fa.login.prove import Check, Proof


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

    The user is removed at the end. Ends with 7 where a check fails, and with 6 where one could not be tried.
    """
    from keycloak_2fa.login import prove as proof
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


def _failed(done: "Proof") -> Error | None:
    from keycloak_2fa.login import prove as proof

    failed = [each for each in done.checks if each.passed is False]
    if failed:
        names = " ".join(each.title for each in failed)
        return NotHoldingError(
            f"{len(failed)} of {len(done.checks)} checks in realm {done.realm!r} failed: {names}", _mends(failed)
        )
    if left := [each for each in done.checks if each.passed is None]:
        names = " ".join(f"{each.title} ({each.detail})" for each in left)
        return proof.CouldNotTryError(
            f"{len(left)} of {len(done.checks)} checks in realm {done.realm!r} could not be tried: {names}",
            "Enable the clients account-console and admin-cli while you prove. Where a page asks for a value of the "
            "user profile, give it by --attribute NAME=VALUE.",
        )
    return None


def _mends(failed: "Sequence[Check]") -> str:
    from keycloak_2fa.login.prove import SET_UP_SKIPPED

    hints = []
    if any(each.id == SET_UP_SKIPPED for each in failed):
        hints.append(
            "No setting mends the set-up page: install the extension, or see docs/proxy.md for a rule at the proxy."
        )
    if any(each.id != SET_UP_SKIPPED for each in failed):
        hints.append("kc2fa verify names the ways around 2FA, and kc2fa harden closes them.")
    return " ".join(hints)
