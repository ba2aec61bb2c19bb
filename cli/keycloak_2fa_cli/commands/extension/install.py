"""`kc2fa extension install`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags
from keycloak_2fa_cli.terminal import plain

if TYPE_CHECKING:
    from rich.console import Console

    from keycloak_2fa.documents import InstallationDocument
    from keycloak_2fa.extension_jar import Installed

_SAID = {
    "installed": "The extension is in {jar} now.",
    "replaced": "The extension in {jar} was another version; it is replaced.",
    "unchanged": "The same extension was already in {jar}.",
}


@answers("extension install", connects=False)
def extension_install(
    flags: Flags,  # noqa: ARG001
    keycloak_home: Annotated[
        Path,
        typer.Argument(
            metavar="KEYCLOAK_HOME",
            help="Folder of a Keycloak on this machine, such as /opt/keycloak.",
            show_default=False,
        ),
    ],
    jar: Annotated[
        Path | None,
        typer.Option(
            "--jar", metavar="FILE", help="Jar to install instead of the one that kc2fa carries.", show_default=False
        ),
    ] = None,
) -> Answer:
    """Put the extension's jar into a Keycloak on this machine.

    Does not touch a running server. Shows what to run next.

    Example:
        kc2fa extension install /opt/keycloak
    """
    from keycloak_2fa import extension_jar

    done = extension_jar.install(keycloak_home, jar)
    return Answer(
        data=lambda: document(done).as_json(), text=lambda console: text(console, done), warnings=done.warnings
    )


def document(done: "Installed") -> "InstallationDocument":
    """The JSON data."""
    from keycloak_2fa.documents import InstallationDocument

    return InstallationDocument(
        keycloak_home=str(done.home),
        keycloak_version=done.version,
        jar=str(done.jar),
        outcome=done.outcome.value,
        next=list(done.next),
    )


def text(console: "Console", done: "Installed") -> None:
    """What became of the jar, and what to run next."""
    console.print(plain(_SAID[done.outcome].format(jar=done.jar)), soft_wrap=True)
    # The jar alone does not tell whether the server was built with it.
    unless = ", unless you did it already" if done.outcome.value == "unchanged" else ""
    console.print(f"Keycloak {plain(done.version)}. Next{unless}:")
    for sentence in done.next:
        console.print(f"- {plain(sentence)}", soft_wrap=True)
