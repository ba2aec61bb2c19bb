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
from keycloak_2fa_cli.commands.preview import preview
from keycloak_2fa_cli.commands.prove import prove
from keycloak_2fa_cli.commands.realm.apply import realm_apply
from keycloak_2fa_cli.commands.realm.diff import realm_diff
from keycloak_2fa_cli.commands.report.command import report
from keycloak_2fa_cli.commands.reset import reset
from keycloak_2fa_cli.commands.status import status
from keycloak_2fa_cli.commands.verify import verify
from keycloak_2fa_cli.flags import Flags, with_flags

_MARKUP = None  # plain help: reads well in 80 columns, and starts faster

app = typer.Typer(
    name="kc2fa",
    no_args_is_help=True,
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
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """Enforce two-factor authentication on a whole Keycloak realm, once and for good."""


app.callback()(_kc2fa)
app.command()(status)
app.command()(preview)
app.command()(enforce)
app.command()(report)
app.command()(prove)
app.command()(reset)
app.command()(verify)
app.command()(harden)
app.command()(demo)


def _group(name: str, said: str, commands: Mapping[str, Callable[..., None]]) -> None:
    """Commands below one name, between whose words flags may stand too."""

    @with_flags
    def between(context: typer.Context, flags: Flags) -> None:
        """Nothing to do: the flags are kept."""

    group = typer.Typer(no_args_is_help=True, rich_markup_mode=_MARKUP)
    group.callback()(between)
    for word, command in commands.items():
        group.command(word)(command)
    app.add_typer(group, name=name, help=said)


_group(
    "exempt",
    "Break-glass accounts, and who answers for each.",
    {"add": exempt_add, "list": exempt_list, "remove": exempt_remove},
)
_group("extension", "The extension for Keycloak itself.", {"install": extension_install})
_group("realm", "The realm's own settings.", {"apply": realm_apply, "diff": realm_diff})
_group(
    "invitations",
    "Who is invited and not in yet.",
    {"list": invitations_list, "send": invitations_send, "resend": invitations_resend},
)
