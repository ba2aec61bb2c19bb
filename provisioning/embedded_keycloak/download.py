"""One file over HTTP, checked against a checksum before anybody can use it."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import requests

from embedded_keycloak.errors import ChecksumMismatchError

_CONNECT_S, _READ_S = 10.0, 60.0
_CHUNK_BYTES = 1 << 20


class NotThereError(Exception):
    """A source does not have the file or cannot be reached; the text says which. The next one may have it."""


@dataclass(frozen=True)
class Checksum:
    """What a file must hash to.

    Attributes:
        algorithm: A name that hashlib knows.
        digest: In lower-case hexadecimal.
    """

    algorithm: str
    digest: str

    @classmethod
    def of(cls, path: Path, algorithm: str = "sha256") -> Self:
        """What a file hashes to."""
        with path.open("rb") as file:
            return cls(algorithm, hashlib.file_digest(file, algorithm).hexdigest())

    def check(self, path: Path, origin: str) -> None:
        """Compare with a file on the disk.

        Args:
            path: The file.
            origin: Where it came from, for the message.

        Raises:
            ChecksumMismatchError: the file is another one.
        """
        found = self.of(path, self.algorithm).digest
        if found != self.digest:
            raise ChecksumMismatchError(
                f"{origin} is not what was published: {self.algorithm} {found} instead of {self.digest}.",
                "Fetch it again from a source that you trust; delete the file if it is a local one.",
            )


def download(url: str, part: Path) -> None:
    """Stream a URL to a file.

    Raises:
        NotThereError: the answer was not 200, or did not come whole.
    """
    try:
        with requests.get(url, stream=True, timeout=(_CONNECT_S, _READ_S)) as response:
            _check_status(response)
            chunks = response.iter_content(_CHUNK_BYTES)
            with part.open("wb") as file:
                # Only the network's errors are this source's: those of the disk are OSErrors of another kind.
                file.writelines(chunks)
    except requests.RequestException as error:
        raise NotThereError(_short(error)) from error


def published_checksum(url: str, algorithms: Sequence[str]) -> Checksum:
    """The checksum that lies beside a file, as `{url}.sha256` or the like; the first one that is there.

    Raises:
        NotThereError: there is none.
    """
    problem = "it has no checksum"
    for algorithm in algorithms:
        try:
            with requests.get(f"{url}.{algorithm}", timeout=(_CONNECT_S, _READ_S)) as response:
                _check_status(response)
                text = response.text
        except requests.RequestException as error:
            raise NotThereError(_short(error)) from error
        except NotThereError as error:
            problem = f"no checksum beside it ({algorithm}: {error})"
            continue
        digits = hashlib.new(algorithm, usedforsecurity=False).digest_size * 2
        if found := re.match(rf"\s*([0-9a-fA-F]{{{digits}}})\b", text):
            return Checksum(algorithm, found[1].lower())
        problem = f"the {algorithm} beside it is not a checksum"
    raise NotThereError(problem)


def without_credentials(url: str) -> str:
    """A URL as it may be shown."""
    return re.sub(r"(?<=://)[^/@]*@", "", url)


def _check_status(response: requests.Response) -> None:
    if response.status_code != requests.codes.ok:
        raise NotThereError(f"HTTP {response.status_code}")


def _short(error: requests.RequestException) -> str:
    """The innermost reason: the outer ones repeat it inside several object representations."""
    cause: BaseException = error
    while (inner := cause.__cause__ or cause.__context__) is not None:
        cause = inner
    return without_credentials(f"{type(error).__name__}, {cause}")
