"""`kc2fa prove`."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from keycloak_2fa.errors import Error, NotHoldingError, UsageError
from keycloak_2fa_cli import terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags
from keycloak_2fa_cli.terminal import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from keycloak_2fa.documents import ProofDocument
    from keycloak_2fa.login.prove import Check, Proof

_MARKS = {True: ("ok       ", "green"), False: ("FAILED   ", "bold red"), None: ("not tried", "bold yellow")}


@answers("prove")
def prove(
    flags: Flags,
    attribute: Annotated[
        list[str] | None,
        typer.Option(
            "--attribute",
            metavar="NAME=VALUE",
            help="Value for an attribute that the user profile requires. Repeatable.",
            show_default=False,
        ),
    ] = None,
) -> Answer:
    """Log in as a throwaway user and check that 2FA is required.

    Creates a user, sets up TOTP on the real login pages, logs in again, and tries what must fail. Removes the user at
    the end. Exits with 7 when a check fails, with 6 when one could not be tried.

    Example:
        kc2fa prove
        kc2fa prove --attribute department=it
    """
    from keycloak_2fa.login.prove import prove
    from keycloak_2fa_cli.connection import admin_api

    attributes = dict(_pair(each) for each in attribute or [])
    terminal.step("Creating a user and walking through the login pages")
    done = prove(admin_api(flags), attributes)
    return Answer(data=lambda: document(done).as_json(), text=lambda console: text(console, done), error=_failed(done))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise UsageError(f"--attribute {text!r} is not a pair.", "Give it as NAME=VALUE.")
    return name, value


def _failed(done: "Proof") -> Error | None:
    from keycloak_2fa.login.prove import CouldNotTryError

    failed = [each for each in done.checks if each.passed is False]
    if failed:
        names = " ".join(f'"{each.title}"' for each in failed)
        return NotHoldingError(
            f"{len(failed)} of {len(done.checks)} checks in realm {done.realm!r} failed: {names}", _mends(failed)
        )
    if left := [each for each in done.checks if each.passed is None]:
        names = " ".join(f'"{each.title}" ({each.detail})' for each in left)
        return CouldNotTryError(
            f"{len(left)} of {len(done.checks)} checks in realm {done.realm!r} could not be tried: {names}",
            "Enable the clients account-console and admin-cli during the proof. Where a page asks for a value of the "
            "user profile, give it with --attribute NAME=VALUE.",
        )
    return None


def _mends(failed: "Sequence[Check]") -> str:
    from keycloak_2fa.login.prove import SET_UP_SKIPPED

    hints = []
    if any(each.id == SET_UP_SKIPPED for each in failed):
        hints.append(
            "No setting closes this: install the extension, or add the rule of docs/proxy.md to the reverse proxy."
        )
    if any(each.id != SET_UP_SKIPPED for each in failed):
        hints.append("kc2fa verify names the gaps, and kc2fa harden closes them.")
    return " ".join(hints)


def document(done: "Proof") -> "ProofDocument":
    """Data of `kc2fa prove`."""
    from keycloak_2fa.documents import ProofCheckDocument, ProofDocument

    checks = [
        ProofCheckDocument(id=each.id, title=each.title, passed=each.passed, detail=each.detail) for each in done.checks
    ]
    return ProofDocument(realm=done.realm, holds=done.holds, checks=checks)


def text(console: "Console", done: "Proof") -> None:
    """Each check and what Keycloak showed."""
    for each in done.checks:
        console.print(Text.assemble(_MARKS[each.passed], f"  {each.title} ({plain(each.detail)})"), soft_wrap=True)
    if done.holds:
        console.print(f"{sentence(done)} The throwaway user is removed.", soft_wrap=True)


def sentence(done: "Proof") -> str:
    """What was seen, and no more."""
    passed = sum(1 for each in done.checks if each.passed)
    of = f"{passed} of {len(done.checks)} checks"
    return f"The login of a new user of realm {plain(done.realm)!r} asks for 2FA: {of}."
