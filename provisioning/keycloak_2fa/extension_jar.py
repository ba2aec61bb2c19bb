"""The extension's jar, as this installation carries it, put into a Keycloak on this machine."""

import re
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from embedded_keycloak.distribution import home_version
from embedded_keycloak.errors import BadDistributionError
from keycloak_2fa.errors import BadFileError, RefusedError, UsageError
from keycloak_2fa.files import told_as_ours, whole_file
from keycloak_2fa.warning_codes import CodedWarning, WarningCode

NAME = "keycloak-2fa-extension.jar"

BUILT = Path("extension", "target", NAME)
"""Where `make extension` builds it, below the checkout."""

_OF_THE_EXTENSION = "keycloak2fa/page/page.html"
"""What is in no other jar."""

OLDEST = (26, 4)
"""The first minor version that the extension runs on."""

NEWEST_TRIED = (26, 7)

_EVERYBODY_READS = 0o644
"""Keycloak often runs as another user than the one who installs."""


class NotKeycloakHomeError(UsageError):
    """The folder is not one that a Keycloak archive unpacks to."""

    code = "not-a-keycloak-home"


class JarAbsentError(UsageError):
    """This installation of keycloak-2fa carries no jar: nobody has built it."""

    code = "extension-jar-absent"


class UnsupportedKeycloakError(RefusedError):
    """The Keycloak is older than the extension supports; nothing was written."""

    code = "unsupported-keycloak"


class Outcome(StrEnum):
    """What became of the jar in the folder of providers."""

    INSTALLED = "installed"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Installed:
    """The jar in its place.

    Attributes:
        home: The Keycloak's folder.
        version: The Keycloak's version.
        jar: Where the jar is now.
        outcome: Whether another jar was there, or the same.
        next: What a person must do before the server uses it, a sentence each.
        warnings: What deserves a look.
    """

    home: Path
    version: str
    jar: Path
    outcome: Outcome
    next: tuple[str, ...]
    warnings: tuple[CodedWarning, ...]


def install(home: Path, built: Path | None = None) -> Installed:
    """Put the jar into a Keycloak; whole or not at all, also where the server is running.

    Args:
        home: The folder that a Keycloak archive unpacks to, /opt/keycloak in its container image.
        built: The jar; None for the one that this installation carries.

    Raises:
        NotKeycloakHomeError: It is not one.
        UnsupportedKeycloakError: That Keycloak is too old.
        JarAbsentError: There is no jar to install.
        BadFileError: The jar that was named cannot be read, or is not the extension.
        UnwritableOutputError: Its folder of providers cannot be read or written.
    """
    try:
        version = home_version(home)
    except BadDistributionError as error:
        hint = "Give the folder that a Keycloak archive unpacks to; in its container image it is /opt/keycloak."
        raise NotKeycloakHomeError(error.message, hint) from None
    warnings = check(version)
    jar = home / "providers" / NAME
    new = carried() if built is None else named(built)
    with told_as_ours(jar):
        jar.parent.mkdir(exist_ok=True)
        outcome = compare(jar.read_bytes() if jar.exists() else None, new)
    if outcome is not Outcome.UNCHANGED:
        with whole_file(jar, _EVERYBODY_READS) as file, told_as_ours(jar):
            file.write(new)
    return Installed(home, version, jar, outcome, _next(home), warnings)


def check(version: str) -> tuple[CodedWarning, ...]:
    """What to say before the jar goes into a Keycloak of a version. Pure.

    Args:
        version: As Keycloak gives it, such as `26.7.3` or `26.4.10.redhat-00001`.

    Raises:
        UnsupportedKeycloakError: The extension does not run there.
    """
    major, minor = map(int, re.findall(r"\d+", version)[:2])
    if (major, minor) < OLDEST:
        raise UnsupportedKeycloakError(
            f"The extension does not run on Keycloak {version}.", f"Upgrade Keycloak to {_dotted(OLDEST)} or newer."
        )
    if (major, minor) > NEWEST_TRIED:
        tried = f"Keycloak {version} is newer than the newest that was tested, {_dotted(NEWEST_TRIED)}"
        said = f"{tried}: its log says which parts of the extension are off, if any."
        return (WarningCode.KEYCLOAK_NOT_TRIED.says(said),)
    return ()


def compare(before: bytes | None, new: bytes) -> Outcome:
    """What putting a jar where another may be comes to. Pure."""
    if before is None:
        return Outcome.INSTALLED
    return Outcome.UNCHANGED if before == new else Outcome.REPLACED


def find() -> Path | None:
    """The jar that this installation carries, or that was built in the checkout that is the current folder."""
    for candidate in (Path(str(resources.files(__package__))) / NAME, BUILT.absolute()):
        if candidate.is_file():
            return candidate
    return None


def carried(package: Traversable | None = None) -> bytes:
    """The jar of this installation.

    Args:
        package: Where it lies; this package unless given.

    Raises:
        JarAbsentError: It was not built when this was packed, or in this checkout.
    """
    try:
        return ((package or resources.files(__package__)) / NAME).read_bytes()
    except FileNotFoundError:
        built = BUILT if BUILT.is_file() else None
        raise JarAbsentError(
            "This kc2fa does not carry the extension's jar.",
            f"Name the one that was built: --jar {built}."
            if built
            else f"Build it in a checkout with make extension, then name it: --jar {BUILT}.",
        ) from None


def named(file: Path) -> bytes:
    """A jar of the extension that a user names.

    Raises:
        BadFileError: It cannot be read, or is not the extension.
    """
    try:
        with zipfile.ZipFile(file) as jar:
            jar.getinfo(_OF_THE_EXTENSION)
        return file.read_bytes()
    except OSError as error:
        raise BadFileError(f"{file} cannot be read: {error.strerror}.", "Check the path.") from None
    except (zipfile.BadZipFile, KeyError):
        raise BadFileError(
            f"{file} is not the jar of the extension.", f"make extension builds it: {BUILT} in the checkout."
        ) from None


def _next(home: Path) -> tuple[str, ...]:
    return (
        f"Run {home / 'bin' / 'kc.sh'} build with the build options that the server has, then restart it.",
        "A server that is started with start-dev, or with start and without --optimized, needs only the restart.",
    )


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
