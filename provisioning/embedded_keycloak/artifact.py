"""A file that is published once and for all: fetched, checked, then kept in the cache."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from embedded_keycloak.download import (
    Checksum,
    NotThereError,
    download,
    published_checksum,
    without_credentials,
)
from embedded_keycloak.errors import DownloadFailedError
from embedded_keycloak.space import check_space

_MAVEN_LIMIT_S = 1800


@dataclass(frozen=True)
class Artifact:
    """What is fetched, in Maven's words.

    Attributes:
        group: As in `org.keycloak`.
        name: As in `keycloak-quarkus-dist`.
        version: As in `26.7.3`.
        kind: As in `zip`.
        kept_as: Its file name in the cache.
        said: What it is, for people, as in `Keycloak 26.7.3`.
        megabytes: How large it is, for people.
        released_at: URL at its makers', where they have it.
        pinned: What it hashes to, whatever a mirror publishes beside it; None where nobody has pinned it.
    """

    group: str
    name: str
    version: str
    kind: str
    kept_as: str
    said: str
    megabytes: int
    released_at: str | None = None
    pinned: Checksum | None = None

    @property
    def file_name(self) -> str:
        """Its name in a repository."""
        return f"{self.name}-{self.version}.{self.kind}"

    @property
    def path(self) -> str:
        """Where it is in a repository."""
        return f"{self.group.replace('.', '/')}/{self.name}/{self.version}/{self.file_name}"


class Source(Protocol):
    """A place that may have it."""

    @property
    def name(self) -> str:
        """Where, for messages."""

    def fetch(self, artifact: Artifact, scratch: Path) -> Path:
        """Bring the file into the scratch folder, checked.

        Raises:
            NotThereError: another source should be asked.
            ChecksumMismatchError: it is not the published file; nobody else is asked.
        """


@dataclass(frozen=True)
class Mirror:
    """A repository with Maven's layout.

    Attributes:
        base: Its URL, up to but without the path of an artifact.
    """

    base: str

    @property
    def name(self) -> str:
        """The URL that the user set, without credentials."""
        return without_credentials(self.base)

    def fetch(self, artifact: Artifact, scratch: Path) -> Path:
        """See `Source`."""
        url = f"{self.base.rstrip('/')}/{artifact.path}"
        return _checked(url, artifact.pinned or published_checksum(url, ("sha256", "sha1")), scratch)


@dataclass(frozen=True)
class MavenClient:
    """The Maven client of this machine, with its own settings, mirrors and credentials.

    Attributes:
        command: Its path.
    """

    command: str

    @property
    def name(self) -> str:
        """What the client is called."""
        return "mvn"

    def fetch(self, artifact: Artifact, scratch: Path) -> Path:
        """See `Source`."""
        asked = [
            *(self.command, "-q", "-B", "--strict-checksums", "dependency:copy"),
            f"-Dartifact={artifact.group}:{artifact.name}:{artifact.version}:{artifact.kind}",
            f"-DoutputDirectory={scratch}",
            "-Dmdep.useBaseVersion=true",
        ]
        try:
            said = subprocess.run(
                asked, cwd=scratch, capture_output=True, text=True, timeout=_MAVEN_LIMIT_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotThereError(str(error)) from error
        path = scratch / artifact.file_name
        if said.returncode != 0 or not path.exists():
            problem = re.search(r"ERROR\S* (.+?)\.?$", _plain(said.stdout + said.stderr), re.MULTILINE)
            raise NotThereError(problem[1] if problem else f"exit code {said.returncode}")
        if artifact.pinned:
            artifact.pinned.check(path, "What mvn brought")
        return path


@dataclass(frozen=True)
class OfficialDownload:
    """The release page of those who make it."""

    @property
    def name(self) -> str:
        """What it is."""
        return "the official download"

    def fetch(self, artifact: Artifact, scratch: Path) -> Path:
        """See `Source`."""
        url = artifact.released_at
        if url is None:
            raise NotThereError("has no such file")
        return _checked(url, published_checksum(url, ("sha1",)), scratch)


def default_sources() -> list[Source]:
    """The sources in the order in which they are asked: what the user set comes first."""
    sources: list[Source] = []
    if base := os.environ.get("KC2FA_KEYCLOAK_DIST_URL"):
        sources.append(Mirror(base))
    if command := shutil.which("mvn"):
        sources.append(MavenClient(command))
    return [*sources, OfficialDownload()]


def fetched(
    artifact: Artifact,
    cache: Path,
    scratch: Path,
    *,
    sources: Sequence[Source] | None = None,
    on_step: Callable[[str], None] = lambda _: None,
    space_needed: int,
) -> Path:
    """The file in the cache, fetched if it is not there.

    Args:
        artifact: What.
        cache: Folder to keep it in.
        scratch: Folder on the same disk for what is not whole yet; the caller removes it.
        sources: Where to look, in this order; None for `default_sources`.
        on_step: Told before something that takes long.
        space_needed: Bytes that must be free on the disk before anything is fetched.

    Raises:
        DownloadFailedError: no source has it; the message says each one's reason.
        ChecksumMismatchError: what came, or lay in the cache, is not what was published.
        NoSpaceError: the disk is too full.
    """
    kept = cache / artifact.kept_as
    digest = cache / f"{kept.name}.sha256"
    if kept.exists() and digest.exists():
        Checksum("sha256", digest.read_text().strip()).check(kept, str(kept))
        return kept
    check_space(cache, space_needed)
    on_step(f"Fetching {artifact.said} ({artifact.megabytes} MB) into {cache}, once")
    reasons = []
    for source in default_sources() if sources is None else sources:
        try:
            brought = source.fetch(artifact, scratch)
        except NotThereError as error:
            reasons.append(f"{source.name}: {error}")
            continue
        digest.write_text(Checksum.of(brought).digest + "\n")
        return brought.rename(kept)
    raise DownloadFailedError(
        f"{artifact.said} could not be fetched. {'; '.join(reasons)}.",
        "Check the network, install Maven, or set KC2FA_KEYCLOAK_DIST_URL to a mirror (or KC2FA_KEYCLOAK_HOME).",
    )


def _plain(text: str) -> str:
    return without_credentials(re.sub(r"\x1b\[[0-9;]*m", "", text))


def _checked(url: str, checksum: Checksum, scratch: Path) -> Path:
    part = scratch / "fetched.part"
    download(url, part)
    checksum.check(part, without_credentials(url))
    return part
