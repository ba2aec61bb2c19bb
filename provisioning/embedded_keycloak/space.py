"""Room on the disk, and what to say when there is none."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded_keycloak.errors import EmbeddedKeycloakError, NoSpaceError

FIRST_TIME_BYTES = 900_000_000
"""What fetching, unpacking and preparing a Keycloak takes at its peak."""

_HINT = "Make room there, or set KC2FA_CACHE to a folder on a larger disk."


def check_space(folder: Path, needed: int = FIRST_TIME_BYTES) -> None:
    """Check that a folder's disk has `needed` bytes free.

    Raises:
        NoSpaceError: it has not.
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise NoSpaceError(
            f"The embedded Keycloak needs {_mb(needed)} MB in {folder}, but only {_mb(free)} MB are free.",
            _HINT,
        )


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn the system's refusals to write below a folder into errors of ours.

    Raises:
        NoSpaceError: the disk is full, or the quota used up.
        EmbeddedKeycloakError: the folder cannot be written for another reason.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise no_space(folder) from error
        raise EmbeddedKeycloakError(
            f"The embedded Keycloak cannot be kept in {folder}: {error}.",
            "Make the folder writable, or set KC2FA_CACHE to another one.",
        ) from error


def no_space(folder: Path) -> NoSpaceError:
    """The error for a disk that became full on the way."""
    return NoSpaceError(f"The disk became full while the embedded Keycloak was written to {folder}.", _HINT)


def _mb(count: int) -> int:
    return count // 1_000_000
