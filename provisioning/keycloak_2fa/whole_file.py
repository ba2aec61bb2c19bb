"""A file that appears whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from keycloak_2fa.errors import UnwritableOutputError


@contextmanager
def whole_file(path: Path, mode: int) -> Iterator[BinaryIO]:
    """A file to write that takes its place when all went well; else what was there before stays.

    Args:
        path: Its place.
        mode: Who may read it, such as 0o600, whatever the umask.

    Raises:
        UnwritableOutputError: It cannot be written.
    """
    # A fixed name: what a killed run left behind goes with the next one. It ends like nothing that anybody picks up.
    part = path.with_name(f".{path.name}.part")
    with told_as_ours(path):
        file = _new(part, mode)
    try:
        yield file
        with told_as_ours(path):
            file.flush()
            os.fsync(file.fileno())
            part.replace(path)
    finally:
        with suppress(OSError):
            # The disk may be full, which was said already; what is left goes all the same.
            file.close()
        part.unlink(missing_ok=True)


@contextmanager
def told_as_ours(path: Path) -> Iterator[None]:
    """Tell what goes wrong with a file to write as our error."""
    try:
        yield
    except OSError as error:
        raise UnwritableOutputError(
            f"{path} cannot be written: {error.strerror}.", "Check the folder, its permissions and its space."
        ) from None


def _new(path: Path, mode: int) -> BinaryIO:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    os.fchmod(handle, mode)
    return os.fdopen(handle, "wb")
