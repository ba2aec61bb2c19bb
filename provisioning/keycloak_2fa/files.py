"""A file that appears whole or not at all."""

import os
import tempfile
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
        UnwritableOutputError: It cannot be written, or something that is not a file is in its place.
    """
    with told_as_ours(path):
        in_its_place = path.exists() and not path.is_file()
    if in_its_place:
        # A file would take the place of a device such as /dev/null for everybody, where root runs this.
        raise UnwritableOutputError(f"{path} is not a file.", "Give the name of a file, new or to be replaced.")
    with told_as_ours(path):
        # A name of its own: another run may write the same file. It ends like nothing that anybody picks up.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    part, file = Path(name), os.fdopen(handle, "wb")
    try:
        with told_as_ours(path):
            # mkstemp lets its owner alone read it.
            os.fchmod(handle, mode)
        yield file
        with told_as_ours(path):
            file.flush()
            os.fsync(file.fileno())
            part.replace(path)
    finally:
        with suppress(OSError):
            # The disk may be full, which was already reported; what is left is removed anyway.
            file.close()
        part.unlink(missing_ok=True)


@contextmanager
def told_as_ours(path: Path) -> Iterator[None]:
    """Tell what goes wrong with a file to write as our error."""
    try:
        yield
    except OSError as error:
        raise unwritable(path, error) from None


def unwritable(path: Path, error: OSError) -> UnwritableOutputError:
    """Our error for what went wrong with a file to write."""
    return UnwritableOutputError(
        f"{path} cannot be written: {error.strerror}.", "Check the folder, its permissions and its space."
    )
