"""The flags that every command takes, before or after its name alike."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from keycloak_2fa.settings import EngineChoice

_CONNECTION = "Connection"


def _flag(name: str, metavar: str | None, text: str, **more: Any) -> Any:
    return typer.Option(name, metavar=metavar, help=text, rich_help_panel=_CONNECTION, show_default=False, **more)


@dataclass(frozen=True)
class Flags:
    """What was given on the command line. None (or False) where a flag was not given."""

    server_url: Annotated[
        str | None,
        _flag("--server-url", "URL", "Keycloak's base URL, with its path prefix if it has one. [KC2FA_SERVER_URL]"),
    ] = None
    realm: Annotated[
        list[str] | None,
        _flag("--realm", "NAME", "Realm to act on. Some commands take it more than once. [KC2FA_REALM]"),
    ] = None
    auth_realm: Annotated[
        str | None,
        _flag(
            "--auth-realm",
            "NAME",
            "Realm to log in to. Default: the realm itself for a service account, master for an admin user. "
            "[KC2FA_AUTH_REALM]",
        ),
    ] = None
    client_id: Annotated[
        str | None,
        _flag("--client-id", "ID", "Service account to log in as. Its secret: KC2FA_CLIENT_SECRET. [KC2FA_CLIENT_ID]"),
    ] = None
    client_secret_file: Annotated[
        Path | None, _flag("--client-secret-file", "FILE", "File with the client secret; - reads it from stdin.")
    ] = None
    username: Annotated[
        str | None,
        _flag(
            "--username",
            "NAME",
            "Admin user to log in as. The password: KC2FA_PASSWORD, or a prompt. [KC2FA_USERNAME]",
        ),
    ] = None
    password_file: Annotated[
        Path | None, _flag("--password-file", "FILE", "File with the password; - reads it from stdin.")
    ] = None
    otp: Annotated[str | None, _flag("--otp", "CODE", "The admin user's current one-time code. [KC2FA_OTP]")] = field(
        default=None, repr=False
    )
    ca_file: Annotated[
        Path | None,
        _flag("--ca-file", "FILE", "PEM file with the CA to trust instead of the system's. [KC2FA_CA_FILE]"),
    ] = None
    concurrency: Annotated[
        int | None,
        _flag(
            "--concurrency",
            "NUMBER",
            "Requests in flight at once, 1 to 256. Default: 16. [KC2FA_CONCURRENCY]",
            min=1,
            max=256,
        ),
    ] = None
    engine: Annotated[
        EngineChoice | None,
        _flag(
            "--engine",
            "ENGINE",
            "What reads and marks users: auto (default), admin-api or extension. [KC2FA_ENGINE]",
        ),
    ] = None
    allow_http: Annotated[bool, _flag("--allow-http", None, "Accept plain http to another machine.")] = False
    profile: Annotated[
        str | None, _flag("--profile", "NAME", "Profile of the configuration file to use. [KC2FA_PROFILE]")
    ] = None
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document; never prompt.", show_default=False)] = (
        False
    )


def merged(before: Flags, after: Flags) -> Flags:
    """Flags given before the command's name and after it; the later one wins."""
    return Flags(**{each.name: getattr(after, each.name) or getattr(before, each.name) for each in fields(Flags)})


def with_flags(command: Callable[..., Any], *, connects: bool = True) -> Callable[..., Any]:
    """Give a Typer callback the flags of `Flags`.

    Args:
        command: Takes the context as `context` and the flags as `flags`, then parameters of its own. The
            flags it is handed hold those given before the command's name too.
        connects: Whether it connects to a server; otherwise it takes `--json` alone.
    """

    @functools.wraps(command)
    def wrapper(context: typer.Context, **given: Any) -> Any:
        return command(context=context, flags=take(context, given, connects=connects), **given)

    return signed(wrapper, command, connects=connects)


def take(context: typer.Context, given: dict[str, Any], *, connects: bool) -> Flags:
    """The flags of one command, those given before its name too.

    Args:
        context: The command's; keeps the flags for the words below.
        given: What Typer hands to a function that is `signed`. The flags are taken out of it.
        connects: See `with_flags`.
    """
    flags = merged(context.obj or Flags(), Flags(**{name: given.pop(name) for name in _names(connects)}))
    context.obj = flags
    return flags


def signed(wrapper: Callable[..., Any], command: Callable[..., Any], *, connects: bool) -> Callable[..., Any]:
    """Show Typer the parameters of a command, and the flags beside.

    Args:
        wrapper: What Typer calls, with the context as `context` and all else by name.
        command: Whose parameters it takes, but for `context` and `flags`.
        connects: See `with_flags`.
    """
    hints = get_type_hints(Flags, include_extras=True)
    extra = [
        inspect.Parameter(each.name, inspect.Parameter.KEYWORD_ONLY, default=each.default, annotation=hints[each.name])
        for each in fields(Flags)
        if each.name in _names(connects)
    ]
    own = get_type_hints(command, include_extras=True)
    signature = inspect.signature(command)
    kept = [
        parameter.replace(annotation=own.get(name, parameter.annotation), kind=inspect.Parameter.KEYWORD_ONLY)
        for name, parameter in signature.parameters.items()
        if name not in {"context", "flags"}
    ]
    context = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    wrapper.__signature__ = signature.replace(parameters=[context, *kept, *extra])  # type: ignore[attr-defined]
    wrapper.__annotations__ = {each.name: each.annotation for each in [context, *kept, *extra]}
    return wrapper


def _names(connects: bool) -> list[str]:
    return [each.name for each in fields(Flags)] if connects else ["json"]
