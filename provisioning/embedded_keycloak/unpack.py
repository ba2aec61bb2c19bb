"""A Keycloak's files put into a folder: from the archive, from a home, or as a copy that shares jars."""

import os
import shutil
import zipfile
from contextlib import suppress
from pathlib import Path

from embedded_keycloak.errors import BadDistributionError

_HINT = "Fetch the archive again from a source that you trust."

# What a running or rebuilding Keycloak never writes to; nine tenths of its size.
_SHARED = ("lib/lib", "bin/client")

# A home's own settings could point at a database that people use, and its data are not ours to read.
_OWN = ("data", "conf/keycloak.conf", "conf/quarkus.properties")


def unpack(archive: Path, into: Path) -> Path:
    """Unpack a distribution with its executable bits.

    Returns:
        The one folder at its top, which is the Keycloak home.

    Raises:
        BadDistributionError: it is no archive, or an entry would be written outside the folder.
    """
    root = into.resolve()
    try:
        with zipfile.ZipFile(archive) as file:
            for entry in file.infolist():
                if not (root / entry.filename).resolve().is_relative_to(root):
                    raise BadDistributionError(f"{archive} has an entry that leaves it: {entry.filename}.", _HINT)
                path = Path(file.extract(entry, root))
                mode = entry.external_attr >> 16
                if mode and not entry.is_dir():
                    path.chmod(mode & 0o777)  # zipfile drops it, and kc.sh is executed
    except zipfile.BadZipFile as error:
        raise BadDistributionError(f"{archive} is not a whole archive: {error}.", _HINT) from error
    tops = list(root.iterdir())
    if len(tops) != 1:
        raise BadDistributionError(f"{archive} does not hold one folder, but {len(tops)}.", _HINT)
    return tops[0]


def copy_home(home: Path, into: Path) -> None:
    """Copy a user's Keycloak home, without its data and its settings."""
    _copy(home, into, left_out=_OWN, shared=())


def link_copy(home: Path, into: Path) -> None:
    """Copy a prepared Keycloak; the big files that nobody writes to are hard links."""
    _copy(home, into, left_out=(), shared=_SHARED)


def _copy(source: Path, target: Path, left_out: tuple[str, ...], shared: tuple[str, ...]) -> None:
    # Not shutil.copytree: it gathers all errors into one that no longer tells a full disk from the rest.
    target.mkdir(parents=True)
    for folder, folders, files in os.walk(source, followlinks=True):
        below = Path(folder).relative_to(source)
        folders[:] = [name for name in folders if str(below / name) not in left_out]
        for name in folders:
            (target / below / name).mkdir()
        for name in files:
            if str(below / name) not in left_out:
                _place(Path(folder) / name, target / below / name, link=str(below).startswith(shared))


def _place(source: Path, target: Path, *, link: bool) -> None:
    if link:
        # Where the file system has no hard links a copy does as well, and reports what is really wrong.
        with suppress(OSError):
            os.link(source, target)
            return
    shutil.copy2(source, target)
