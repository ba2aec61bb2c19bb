"""The command line: every command and where it lives."""

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from keycloak_2fa import __version__
from keycloak_2fa_cli.commands.demo import demo
from keycloak_2fa_cli.commands.enforce import enforce
from keycloak_2fa_cli.commands.exempt.add import exempt_add
from keycloak_2fa_cli.commands.exempt.list import exempt_list
from keycloak_2fa_cli.commands.exempt.remove import exempt_remove
from keycloak_2fa_cli.commands.extension.install import extension_install
from keycloak_2fa_cli.commands.harden import harden
from keycloak_2fa_cli.commands.invitations.list import invitations_list
from keycloak_2fa_cli.commands.invitations.resend import invitations_resend
from keycloak_2fa_cli.commands.invitations.send import invitations_send
from keycloak_2fa_cli.commands.overview import overview
from keycloak_2fa_cli.commands.preview import preview
from keycloak_2fa_cli.commands.prove import prove
from keycloak_2fa_cli.commands.realm.apply import realm_apply
from keycloak_2fa_cli.commands.realm.diff import realm_diff
from keycloak_2fa_cli.commands.report.command import report
from keycloak_2fa_cli.commands.reset import reset
from keycloak_2fa_cli.commands.status.command import status
from keycloak_2fa_cli.commands.verify import verify
from keycloak_2fa_cli.flags import Flags, with_flags
from keycloak_2fa_cli.help import Command, Group

_MARKUP = None  # plain help: reads well in 80 columns, and starts faster

app = typer.Typer(
    name="kc2fa",
    cls=Group,
    invoke_without_command=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=_MARKUP,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kc2fa {__version__}")
        raise typer.Exit


@with_flags
def _kc2fa(
    context: typer.Context,
    flags: Flags,
    version: Annotated[  # noqa: ARG001
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """Enforce two-factor authentication on a whole Keycloak realm, once and for good.

    Without a command: show the state of the configured realm and the next step.

    Example:
        export KC2FA_SERVER_URL=https://id.example.org KC2FA_REALM=example
        kc2fa preview --username admin
        kc2fa enforce --username admin
    """
    if context.invoked_subcommand is None:
        raise typer.Exit(overview(context, flags))


app.callback()(_kc2fa)
for _name, _command in {
    "status": status,
    "preview": preview,
    "enforce": enforce,
    "verify": verify,
    "harden": harden,
    "prove": prove,
    "report": report,
    "reset": reset,
    "demo": demo,
}.items():
    app.command(_name, cls=Command)(_command)


def _group(name: str, said: str, commands: Mapping[str, Callable[..., None]], *, connects: bool = True) -> None:
    """Commands below one name, between whose words flags may stand too."""

    def between(context: typer.Context, flags: Flags) -> None:
        """Nothing to do: the flags are kept."""

    group = typer.Typer(cls=Group, no_args_is_help=True, rich_markup_mode=_MARKUP)
    group.callback()(with_flags(between, connects=connects))
    for word, command in commands.items():
        group.command(word, cls=Command)(command)
    app.add_typer(group, name=name, help=said)


_group(
    "exempt",
    "Manage accounts that are exempt from 2FA.",
    {"add": exempt_add, "list": exempt_list, "remove": exempt_remove},
)
_group(
    "invitations",
    "Manage invitations and set-up mails.",
    {"list": invitations_list, "send": invitations_send, "resend": invitations_resend},
)
_group("realm", "Compare or set the realm's own settings.", {"diff": realm_diff, "apply": realm_apply})
_group("extension", "Manage the extension for Keycloak.", {"install": extension_install}, connects=False)
