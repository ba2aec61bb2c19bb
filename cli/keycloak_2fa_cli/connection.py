"""From flags and environment to a connection. Flags win."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from keycloak_2fa.errors import BadFileError, MissingSettingError, UsageError
from keycloak_2fa.settings import (
    DEFAULT_CONCURRENCY,
    DEFAULT_RETRY_TIMEOUT_SECONDS,
    AdminUser,
    ConnectionSettings,
    EngineChoice,
    ServiceAccount,
    check_ca_file,
    server_url,
)
from keycloak_2fa_cli import terminal
from keycloak_2fa_cli.flags import Flags

if TYPE_CHECKING:
    from keycloak_2fa.api.admin import AdminApi

_MOST_AT_ONCE = 256


def admin_api(flags: Flags) -> "AdminApi":
    """The connection that the flags and this process's environment describe; nothing is sent yet.

    Raises:
        UsageError: See `settings`.
    """
    from keycloak_2fa.api.admin import AdminApi

    return _told(AdminApi(settings(flags, os.environ, interactive=terminal.interactive(flags))))


def _told(api: "AdminApi") -> "AdminApi":
    """Let the terminal say what takes long."""
    api.on_wait = terminal.Waits().tell
    api.on_reading = terminal.tell_of_reading
    return api


def admin_apis(flags: Flags, *, every: bool) -> "Iterator[AdminApi]":
    """The connections to several realms, by one login where they share the realm to log in to.

    Args:
        flags: As given, with several realms, or with none.
        every: All realms that the caller may see; then the login is to master, unless the flags say otherwise.

    Raises:
        UsageError: See `settings`; or every realm is asked for, and some by name too.
        Error: The realms cannot be listed.
    """
    from keycloak_2fa.api.admin import AdminApi
    from keycloak_2fa.realm.settings import list_realms

    given = flags.auth_realm or os.environ.get("KC2FA_AUTH_REALM")
    if every and flags.realm:
        raise UsageError("--all-realms and --realm exclude each other.", "Give one of them.")
    first, *names = [given or "master"] if every else flags.realm or []
    interactive = terminal.interactive(flags)
    api = _told(AdminApi(settings(replace(flags, realm=[first]), os.environ, interactive=interactive)))
    if every:
        names = list_realms(api)
    else:
        yield api
    of_a_service = isinstance(api.settings.credentials, ServiceAccount)
    for name in names:
        api = api.for_realm(name, given or (name if of_a_service and not every else "master"))
        yield api


def settings(flags: Flags, environment: Mapping[str, str], *, interactive: bool) -> ConnectionSettings:
    """Everything that a connection to one realm needs.

    Args:
        flags: As given on the command line.
        environment: The process's environment; an empty value counts as none.
        interactive: Whether a person can be asked for the password.

    Raises:
        UsageError: Something is missing, in a wrong form, or in conflict; it is named with its flag.
    """
    if len(flags.realm or ()) > 1:
        raise UsageError("Several realms are given, and this command takes one.", "Give --realm once.")
    if lacking := _lacking(flags, environment, interactive=interactive):
        raise _missing(lacking)
    url = flags.server_url or environment["KC2FA_SERVER_URL"]
    realm = next(iter(flags.realm or ()), None) or environment["KC2FA_REALM"]
    who = _credentials(flags, environment, interactive=interactive)
    auth_realm = flags.auth_realm or environment.get("KC2FA_AUTH_REALM")
    for name in (realm, auth_realm or ""):
        if not name.isprintable():
            raise UsageError("A realm's name holds characters that are none.", "Check --realm and --auth-realm.")
    ca_file = None
    if flags.ca_file:
        ca_file = check_ca_file(flags.ca_file, "--ca-file")
    elif in_environment := environment.get("KC2FA_CA_FILE"):
        ca_file = check_ca_file(Path(in_environment), "KC2FA_CA_FILE")
    return ConnectionSettings(
        server_url=server_url(url, allow_http=flags.allow_http),
        realm=realm,
        auth_realm=auth_realm or (realm if isinstance(who, ServiceAccount) else "master"),
        credentials=who,
        ca_file=ca_file,
        concurrency=flags.concurrency or _concurrency(environment),
        retry_timeout=_retry_timeout(environment),
        engine=flags.engine or _engine(environment),
    )


@dataclass(frozen=True)
class _Setting:
    """A setting that a connection cannot do without.

    Attributes:
        what: What it is, for a message.
        how: Where it is given.
    """

    what: str
    how: str


_URL = _Setting("the server's URL", "--server-url or KC2FA_SERVER_URL")
_REALM = _Setting("the realm to act on", "--realm or KC2FA_REALM")
_SECRET = _Setting("the client's secret", "--client-secret-file or KC2FA_CLIENT_SECRET")
_PASSWORD = _Setting("the password", "--password-file or KC2FA_PASSWORD")
_WHO = _Setting(
    "who logs in",
    "KC2FA_CLIENT_ID and KC2FA_CLIENT_SECRET (--client-id, --client-secret-file) for a service account, "
    "or KC2FA_USERNAME (--username) for an admin user",
)


def _lacking(flags: Flags, environment: Mapping[str, str], *, interactive: bool) -> list[_Setting]:
    """Every setting that is given nowhere, so that all are named at once."""
    client_id, username = _names(flags, environment)
    given = {
        _URL: flags.server_url or environment.get("KC2FA_SERVER_URL"),
        _REALM: any(flags.realm or ()) or environment.get("KC2FA_REALM"),
        _WHO: client_id or username,
        _SECRET: not client_id or flags.client_secret_file or environment.get("KC2FA_CLIENT_SECRET"),
        _PASSWORD: not username or flags.password_file or environment.get("KC2FA_PASSWORD") or interactive,
    }
    return [each for each, value in given.items() if not value]


def _missing(lacking: Sequence[_Setting]) -> MissingSettingError:
    if len(lacking) == 1:
        return MissingSettingError(f"Missing: {lacking[0].what}.", f"Give it by {lacking[0].how}.")
    what = "; ".join(each.what for each in lacking)
    return MissingSettingError(f"Missing: {what}.", "Give " + "; ".join(f"{x.what} by {x.how}" for x in lacking) + ".")


def _names(flags: Flags, environment: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The client's id or the admin user's name; where a flag gives one, the environment gives none.

    Raises:
        UsageError: Both are given.
    """
    client_id, username = flags.client_id, flags.username
    if not client_id and not username:
        client_id, username = environment.get("KC2FA_CLIENT_ID"), environment.get("KC2FA_USERNAME")
    if client_id and username:
        raise UsageError(
            "Both a service account and an admin user are given.",
            "Give either the client id or the user name, by flag or environment.",
        )
    return client_id, username


def _credentials(flags: Flags, environment: Mapping[str, str], *, interactive: bool) -> ServiceAccount | AdminUser:
    client_id, username = _names(flags, environment)
    if client_id:
        return ServiceAccount(client_id, _client_secret(flags, environment))
    password = _password(flags, environment, interactive=interactive)
    return AdminUser(str(username), password, flags.otp or environment.get("KC2FA_OTP") or None)


def _client_secret(flags: Flags, environment: Mapping[str, str]) -> str:
    if flags.client_secret_file:
        return _secret(flags.client_secret_file, "--client-secret-file")
    return environment["KC2FA_CLIENT_SECRET"]


def _password(flags: Flags, environment: Mapping[str, str], *, interactive: bool) -> str:
    if flags.password_file:
        return _secret(flags.password_file, "--password-file")
    if interactive and not environment.get("KC2FA_PASSWORD"):
        import getpass

        # Ctrl-D is an answer too: there is no password, which is said below.
        with suppress(EOFError):
            return getpass.getpass(f"Password of {flags.username or environment['KC2FA_USERNAME']}: ")
    if password := environment.get("KC2FA_PASSWORD"):
        return password
    raise _missing([_PASSWORD])


def _secret(path: Path, flag: str) -> str:
    try:
        content = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        secret = content.decode("utf-8-sig").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BadFileError(f"{flag} {path} cannot be read: {reason}.", "Check the path and its permissions.") from None
    if not secret:
        raise BadFileError(f"{flag} {path}: there is nothing in it.", "Put the secret there, on one line.")
    return secret


def _concurrency(environment: Mapping[str, str]) -> int:
    text = environment.get("KC2FA_CONCURRENCY") or str(DEFAULT_CONCURRENCY)
    number = _whole_number(text)
    if not 1 <= number <= _MOST_AT_ONCE:
        raise UsageError(f"KC2FA_CONCURRENCY is {text[:20]!r}.", f"Give a whole number from 1 to {_MOST_AT_ONCE}.")
    return number


def _retry_timeout(environment: Mapping[str, str]) -> float:
    # KC2FA_PATIENCE is the name that it had first.
    name = "KC2FA_RETRY_TIMEOUT" if environment.get("KC2FA_RETRY_TIMEOUT") else "KC2FA_PATIENCE"
    text = environment.get(name) or str(int(DEFAULT_RETRY_TIMEOUT_SECONDS))
    number = _whole_number(text)
    if number < 1:
        raise UsageError(f"{name} is {text[:20]!r}.", "Give a whole number of seconds, 1 or more.")
    return float(number)


def _engine(environment: Mapping[str, str]) -> EngineChoice:
    text = environment.get("KC2FA_ENGINE") or EngineChoice.AUTO
    try:
        return EngineChoice(text)
    except ValueError:
        choices = ", ".join(EngineChoice)
        raise UsageError(f"KC2FA_ENGINE is {text[:20]!r}.", f"The engines are: {choices}.") from None


def _whole_number(text: str) -> int:
    """The number that up to nine digits mean; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004
