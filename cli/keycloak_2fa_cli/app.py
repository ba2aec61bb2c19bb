"""The command line: every command and where it lives."""

from typing import Annotated

import typer

from keycloak_2fa import __version__
from keycloak_2fa_cli.commands import invitations
from keycloak_2fa_cli.commands.demo import demo
from keycloak_2fa_cli.commands.enforce import enforce
from keycloak_2fa_cli.commands.exempt import add, list_, remove
from keycloak_2fa_cli.commands.harden import harden
from keycloak_2fa_cli.commands.preview import preview
from keycloak_2fa_cli.commands.prove import prove
from keycloak_2fa_cli.commands.realm import apply, diff
from keycloak_2fa_cli.commands.report import report
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


@with_flags
def _exempt(context: typer.Context, flags: Flags) -> None:
    """Break-glass accounts, each with reason, approver and last day."""


exempt = typer.Typer(no_args_is_help=True, rich_markup_mode=_MARKUP)
exempt.callback()(_exempt)
exempt.command("add")(add)
exempt.command("list")(list_)
exempt.command("remove")(remove)
app.add_typer(exempt, name="exempt")


@with_flags
def _realm(context: typer.Context, flags: Flags) -> None:
    """The realm's own settings."""


realm = typer.Typer(no_args_is_help=True, rich_markup_mode=_MARKUP)
realm.callback()(_realm)
realm.command("apply")(apply)
realm.command("diff")(diff)
app.add_typer(realm, name="realm")


@with_flags
def _invitations(context: typer.Context, flags: Flags) -> None:
    """Who is invited and not in yet."""


invited = typer.Typer(no_args_is_help=True, rich_markup_mode=_MARKUP)
invited.callback()(_invitations)
invited.command("list")(invitations.list_)
invited.command("send")(invitations.send)
invited.command("resend")(invitations.resend)
app.add_typer(invited, name="invitations")
