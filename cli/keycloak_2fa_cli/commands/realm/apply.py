"""`kc2fa realm apply`."""

from typing import Annotated

import typer

from keycloak_2fa_cli import terminal
from keycloak_2fa_cli.answer import Answer, answers
from keycloak_2fa_cli.commands.realm.diff import File, document, text
from keycloak_2fa_cli.flags import Flags


@answers("realm apply")
def realm_apply(
    flags: Flags,
    file: File = None,
    yes: Annotated[bool, typer.Option("--yes", help="Change the settings without asking.")] = False,
) -> Answer:
    """Create the realm, or set what 2FA needs.

    On an existing realm it sets the OTP policy and the required action CONFIGURE_TOTP, and nothing else.

    Example:
        kc2fa realm apply --yes
    """
    from keycloak_2fa.errors import NoConsentError
    from keycloak_2fa.realm.file import apply_realm, load_realm_file, plan_realm
    from keycloak_2fa_cli.connection import admin_api

    api = admin_api(flags)
    plan = plan_realm(api, load_realm_file(file))
    if plan.something_to_do and not yes:
        if terminal.interactive(flags):
            text(terminal.stderr(), plan)
            yes = terminal.confirm("Do it?", plan.realm)
        if not yes:
            raise NoConsentError("Not confirmed; nothing was changed.", "Add --yes to change it without a prompt.")
    apply_realm(api, plan)
    return Answer(
        data=lambda: document(plan, applied=True).as_json(),
        text=lambda console: text(console, plan, done=True),
    )
