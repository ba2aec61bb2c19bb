"""`kc2fa extension install`."""

from pathlib import Path
from typing import Annotated

import typer

from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.flags import Flags


@answers("extension install")
def install(
    flags: Flags,  # noqa: ARG001
    keycloak_home: Annotated[
        Path, typer.Argument(help="Folder of a Keycloak on this machine, as in /opt/keycloak.", show_default=False)
    ],
    jar: Annotated[
        Path | None,
        typer.Option("--jar", help="The jar that make extension built, where kc2fa carries none.", show_default=False),
    ] = None,
) -> Answer:
    """Put the extension's jar into a Keycloak on this machine.

    It does not touch the running server; it says what to run next.
    """
    from keycloak_2fa import extension_jar
    from keycloak_2fa_cli.views import extension as view

    done = extension_jar.install(keycloak_home, jar)
    return Answer(data=view.document(done), text=lambda console: view.text(console, done), warnings=done.warnings)
