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
) -> Answer:
    """Put the extension's jar into a Keycloak on this machine.

    It does not touch the running server; it says what to run next.
    """
    from keycloak_2fa import extension_jar
    from keycloak_2fa_cli.views import extension as view

    done = extension_jar.install(keycloak_home)
    return Answer(data=view.document(done), text=lambda console: view.text(console, done), warnings=done.warnings)
