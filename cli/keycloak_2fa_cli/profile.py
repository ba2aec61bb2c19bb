"""The configuration file: profiles, each with the settings of one connection and never a secret.

`$XDG_CONFIG_HOME/kc2fa/config.toml` (XDG Base Directory Specification; `~/.config` by default):

    [profiles.production]
    server_url = "https://id.example.org"
    realm = "example"
    client_id = "kc2fa"
    client_secret_file = "secret"
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from keycloak_2fa.errors import BadFileError, UsageError

_FILES = ("ca_file", "client_secret_file", "password_file")
KEYS: Mapping[str, type] = {
    "server_url": str,
    "realm": str,
    "auth_realm": str,
    "client_id": str,
    "username": str,
    **dict.fromkeys(_FILES, str),
    "concurrency": int,
    "retry_timeout": int,
    "engine": str,
    "allow_http": bool,
}
"""What a profile may hold: the flags' names, and TOML's type for each."""
_TYPES = {str: "a string", int: "a whole number", bool: "true or false"}
_SECRET = re.compile(r"secret|passw|passphrase|token|otp|credential|private.?key|api.?key", re.IGNORECASE)


def path(environment: Mapping[str, str]) -> Path:
    """Where the configuration file is."""
    folder = Path(environment.get("XDG_CONFIG_HOME") or "")
    # "All paths set in these environment variables must be absolute; a relative one must be ignored."
    if not folder.is_absolute():
        folder = Path(environment.get("HOME") or Path.home()) / ".config"
    return folder / "kc2fa" / "config.toml"


def read(name: str, environment: Mapping[str, str]) -> Mapping[str, str]:
    """The settings of a profile, as the environment would give them.

    Args:
        name: The profile's.
        environment: Says where the configuration file is.

    Returns:
        Values by the names of the flags; `allow_http` is there where it is true. Files are relative to the
        configuration file.

    Raises:
        BadFileError: The file cannot be read or is not TOML.
        UsageError: It holds a secret, an unknown key or a value of another type, or no such profile.
    """
    file = path(environment)
    profiles = _profiles(file)
    if name not in profiles:
        known = ", ".join(map(repr, profiles)) or "none"
        raise UsageError(f"{file} has no profile {name!r}.", f"The profiles there: {known}.")
    for key, value in profiles[name].items():
        _check(file, f"profiles.{name}", key, value)
    return {key: _text(file, key, value) for key, value in profiles[name].items() if value is not False}


def _profiles(file: Path) -> dict[str, dict[str, Any]]:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        hint = "Write one, or leave out --profile and KC2FA_PROFILE."
        raise BadFileError(f"The configuration file {file} cannot be read: {error.strerror}.", hint) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        # The line alone: what stands there may be a secret.
        line = re.search(r"at line \d+", str(error))
        where = f", {line[0]}" if line else ""
        raise BadFileError(
            f"The configuration file {file} is not TOML{where}.",
            'Write each setting as name = "value" below a [profiles.NAME].',
        ) from None
    _refuse_secrets(file, document)
    for key in document:
        if key != "profiles":
            raise UsageError(f"{file}: unknown key {key!r}.", "Settings belong below a [profiles.NAME].")
    profiles = document.get("profiles", {})
    if not isinstance(profiles, dict) or not all(isinstance(each, dict) for each in profiles.values()):
        raise UsageError(f"{file}: profiles must be tables.", "Write [profiles.NAME], and its settings below.")
    return profiles


def _refuse_secrets(file: Path, table: Mapping[str, Any]) -> None:
    for key, value in table.items():
        if isinstance(value, Mapping):
            _refuse_secrets(file, value)
        elif _SECRET.search(key) and key not in _FILES:
            raise UsageError(
                f"{file} holds a secret: {key!r}.",
                "Take it out and change it. Give secrets by the environment, or name a file: client_secret_file, "
                "password_file.",
            )


def _check(file: Path, where: str, key: str, value: object) -> None:
    if key not in KEYS:
        near = get_close_matches(key, KEYS, n=1)
        raise UsageError(f"{file}: unknown key {key!r} in [{where}].", _meant(near))
    # Not isinstance: to Python true is a number.
    if type(value) is not KEYS[key]:
        raise UsageError(f"{file}: {key} in [{where}] has another type.", f"Give {_TYPES[KEYS[key]]}.")


def _meant(near: Iterable[str]) -> str:
    guess = next((f"Did you mean {each}? " for each in near), "")
    return f"{guess}The keys are: {', '.join(KEYS)}."


def _text(file: Path, key: str, value: object) -> str:
    text = str(value)
    return str(file.parent / Path(text).expanduser()) if key in _FILES and text != "-" else text
