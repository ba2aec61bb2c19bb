"""From flags, environment and profile to a connection. Flags win over the environment, and that over the profile."""

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
from keycloak_2fa_cli import profile, terminal
from keycloak_2fa_cli.flags import Flags

if TYPE_CHECKING:
    from keycloak_2fa.api.admin import AdminApi

_MOST_AT_ONCE = 256
_VARIABLES = {"retry_timeout": ("KC2FA_RETRY_TIMEOUT", "KC2FA_PATIENCE")}
"""Variables of settings that have more than one name; the older names come last."""


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

    auth_realm = Given(flags, os.environ).text("auth_realm")
    given = auth_realm.text if auth_realm else None
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


def configured(flags: Flags, environment: Mapping[str, str]) -> bool:
    """Whether anything says where Keycloak is, which realm is meant or who logs in."""
    names = ("server_url", "realm", "client_id", "username", "profile")
    given = Given(replace(flags, profile=None), dict(environment) | {"KC2FA_PROFILE": ""})
    return any(given.text(each) for each in names) or bool(flags.profile or environment.get("KC2FA_PROFILE"))


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
        raise UsageError("This command takes one realm, and several were given.", "Give --realm once.")
    given = Given(flags, environment)
    who = given.who()
    if lacking := _lacking(given, who, interactive=interactive):
        raise _missing(lacking)
    credentials = _credentials(given, who, interactive=interactive)
    realm = given.known("realm").text
    auth_realm = given.text("auth_realm")
    for each in (given.known("realm"), auth_realm):
        if each and not each.text.isprintable():
            raise UsageError("The realm name contains control characters.", f"Check {each.named}.")
    ca_file = given.text("ca_file")
    return ConnectionSettings(
        server_url=server_url(given.known("server_url").text, allow_http=given.text("allow_http") is not None),
        realm=realm,
        auth_realm=auth_realm.text if auth_realm else realm if isinstance(credentials, ServiceAccount) else "master",
        credentials=credentials,
        ca_file=check_ca_file(Path(ca_file.text), ca_file.named) if ca_file else None,
        concurrency=_number(given.text("concurrency"), DEFAULT_CONCURRENCY, at_most=_MOST_AT_ONCE),
        retry_timeout=float(_number(given.text("retry_timeout"), int(DEFAULT_RETRY_TIMEOUT_SECONDS), "seconds, ")),
        engine=_engine(given.text("engine")),
    )


@dataclass(frozen=True)
class Value:
    """A setting's value.

    Attributes:
        text: As it was given.
        named: What gave it: a flag, a variable, or a key of a profile.
    """

    text: str
    named: str


class Given:
    """Every setting that was given: by a flag, else by the environment, else by the profile.

    Args:
        flags: As given on the command line.
        environment: The process's environment; an empty value counts as none.

    Raises:
        UsageError: The profile that is named cannot be used; see `profile.read`.
    """

    def __init__(self, flags: Flags, environment: Mapping[str, str]) -> None:
        self._flags, self._environment = flags, environment
        name = flags.profile or environment.get("KC2FA_PROFILE")
        self._profile = profile.read(name, environment) if name else {}
        self._profile_name = name

    def text(self, name: str) -> Value | None:
        """A setting by the name of its flag; None where it was not given.

        Args:
            name: With underscores, as in `server_url`.
        """
        return self.flag(name) or self.variable(name) or self.key(name)

    def known(self, name: str) -> Value:
        """A setting that was given."""
        value = self.text(name)
        if value is None:
            raise KeyError(name)
        return value

    def flag(self, name: str) -> Value | None:
        """A setting as a flag gives it."""
        value = getattr(self._flags, name, None)
        text = next(iter(value), None) if isinstance(value, list) else value
        given = text is not None and text is not False and text != ""
        return Value(str(text), f"--{name.replace('_', '-')}") if given else None

    def variable(self, name: str) -> Value | None:
        """A setting as the environment gives it."""
        variables = _VARIABLES.get(name, (f"KC2FA_{name.upper()}",))
        return next((Value(self._environment[each], each) for each in variables if self._environment.get(each)), None)

    def key(self, name: str) -> Value | None:
        """A setting as the profile gives it."""
        text = self._profile.get(name)
        return Value(text, f"{name} in profile {self._profile_name!r}") if text else None

    def who(self) -> tuple[str | None, str | None]:
        """The client's id or the admin user's name: what names one first settles who logs in.

        Raises:
            UsageError: The same source names both.
        """
        for source in (self.flag, self.variable, self.key):
            client_id, username = source("client_id"), source("username")
            if client_id and username:
                raise UsageError(
                    "Both a service account and an admin user are given.",
                    f"Give one of {client_id.named} and {username.named}.",
                )
            if client_id or username:
                return client_id.text if client_id else None, username.text if username else None
        return None, None


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
_REALM = _Setting("the realm", "--realm or KC2FA_REALM")
_SECRET = _Setting("the client's secret", "--client-secret-file or KC2FA_CLIENT_SECRET")
_PASSWORD = _Setting("the password", "--password-file or KC2FA_PASSWORD")
_WHO = _Setting(
    "the account to log in with",
    "KC2FA_CLIENT_ID and KC2FA_CLIENT_SECRET (--client-id, --client-secret-file) for a service account, "
    "or KC2FA_USERNAME (--username) for an admin user",
)


def _lacking(given: Given, who: tuple[str | None, str | None], *, interactive: bool) -> list[_Setting]:
    """Every setting that is given nowhere, so that all are named at once."""
    client_id, username = who
    there = {
        _URL: given.text("server_url"),
        _REALM: given.text("realm"),
        _WHO: client_id or username,
        _SECRET: not client_id or given.text("client_secret_file") or given.variable("client_secret"),
        _PASSWORD: not username or given.text("password_file") or given.variable("password") or interactive,
    }
    return [each for each, value in there.items() if not value]


def _missing(lacking: Sequence[_Setting]) -> MissingSettingError:
    if len(lacking) == 1:
        return MissingSettingError(f"Missing: {lacking[0].what}.", f"Give it by {lacking[0].how}.")
    what = "; ".join(each.what for each in lacking)
    ways = "; ".join(f"{each.what} by {each.how}" for each in lacking)
    return MissingSettingError(f"Missing: {what}.", f"Give {ways}.")


def _credentials(given: Given, who: tuple[str | None, str | None], *, interactive: bool) -> ServiceAccount | AdminUser:
    client_id, username = who
    if client_id:
        return ServiceAccount(client_id, _known_secret(given, "client_secret") or "")
    otp = given.text("otp")
    password = _known_secret(given, "password") or (interactive and _typed_password(str(username)))
    if not password:
        raise _missing([_PASSWORD])
    return AdminUser(str(username), password, otp.text if otp else None)


def _known_secret(given: Given, name: str) -> str | None:
    """A secret: from the file that a flag names, else from the environment, else from the profile's file."""
    file = f"{name}_file"
    if path := given.flag(file):
        return _secret(path)
    if value := given.variable(name):
        return value.text
    path = given.key(file)
    return _secret(path) if path else None


def _typed_password(username: str) -> str | None:
    import getpass

    # Ctrl-D is an answer too: there is no password.
    with suppress(EOFError):
        return getpass.getpass(f"Password of {username}: ")
    return None


def _secret(file: Value) -> str:
    path = Path(file.text)
    try:
        content = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        secret = content.decode("utf-8-sig").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BadFileError(
            f"{file.named} {path} cannot be read: {reason}.", "Check the path and its permissions."
        ) from None
    if not secret:
        raise BadFileError(f"{file.named} {path} is empty.", "Put the secret there, on one line.")
    return secret


def _number(value: Value | None, default: int, unit: str = "", *, at_most: int | None = None) -> int:
    if value is None:
        return default
    number = _whole_number(value.text)
    if not 1 <= number <= (at_most or number):
        limits = f"from 1 to {at_most}" if at_most else f"of {unit}1 or more"
        raise UsageError(f"{value.named} is {value.text[:20]!r}.", f"Give a whole number {limits}.")
    return number


def _engine(value: Value | None) -> EngineChoice:
    if value is None:
        return EngineChoice.AUTO
    try:
        return EngineChoice(value.text)
    except ValueError:
        choices = ", ".join(EngineChoice)
        raise UsageError(f"{value.named} is {value.text[:20]!r}.", f"The engines are: {choices}.") from None


def _whole_number(text: str) -> int:
    """The number that up to nine digits mean; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004
