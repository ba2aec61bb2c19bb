"""Where the Keycloak distribution comes from: fetched once, checked, then kept in the cache."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from keycloak_2fa.embedded.download import (
    Checksum,
    NotThereError,
    download,
    published_checksum,
    without_credentials,
)
from keycloak_2fa.embedded.space import FIRST_TIME_BYTES, check_space
from keycloak_2fa.errors import BadDistributionError, DownloadFailedError

VERSION = "26.7.3"
"""The Keycloak that is run where no other version is asked for."""

PINNED = {
    "26.4.7": Checksum("sha256", "dd9834c023460be856f731423d86228c23b5d002194a2064642bec0cc6573eaa"),
    "26.5.6": Checksum("sha256", "490189d9dff05272432d51f71a069462eeca97f2920a694d539a1e6c26a5a347"),
    "26.7.3": Checksum("sha256", "27a6535553c3cdcd083872ba40629efafb3475e3b758e0c6f691395561dd0f1f"),
}
"""What the artifact org.keycloak:keycloak-quarkus-dist hashes to, whatever a mirror publishes beside it."""

_MAVEN_LIMIT_S = 1800


class Source(Protocol):
    """A place that may have the distribution."""

    @property
    def name(self) -> str:
        """Where, for messages."""

    def fetch(self, version: str, scratch: Path) -> Path:
        """Bring the archive into the scratch folder, checked.

        Raises:
            NotThereError: another source should be asked.
            ChecksumMismatchError: it is not the published archive; nobody else is asked.
        """


@dataclass(frozen=True)
class Mirror:
    """A repository with Maven's layout.

    Attributes:
        base: Its URL, up to but without `/org/keycloak/…`.
    """

    base: str

    @property
    def name(self) -> str:
        """The URL that the user set, without credentials."""
        return without_credentials(self.base)

    def fetch(self, version: str, scratch: Path) -> Path:
        """See `Source`."""
        artifact = "keycloak-quarkus-dist"
        url = f"{self.base.rstrip('/')}/org/keycloak/{artifact}/{version}/{artifact}-{version}.zip"
        return _checked(url, PINNED.get(version) or published_checksum(url, ("sha256", "sha1")), scratch)


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

    def fetch(self, version: str, scratch: Path) -> Path:
        """See `Source`."""
        asked = [
            *(self.command, "-q", "-B", "--strict-checksums", "dependency:copy"),
            f"-Dartifact=org.keycloak:keycloak-quarkus-dist:{version}:zip",
            f"-DoutputDirectory={scratch}",
            "-Dmdep.useBaseVersion=true",
        ]
        try:
            said = subprocess.run(
                asked, cwd=scratch, capture_output=True, text=True, timeout=_MAVEN_LIMIT_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotThereError(str(error)) from error
        path = scratch / f"keycloak-quarkus-dist-{version}.zip"
        if said.returncode != 0 or not path.exists():
            problem = re.search(r"ERROR\S* (.+?)\.?$", _plain(said.stdout + said.stderr), re.MULTILINE)
            raise NotThereError(problem[1] if problem else f"exit code {said.returncode}")
        if pinned := PINNED.get(version):
            pinned.check(path, "What mvn brought")
        return path


@dataclass(frozen=True)
class OfficialDownload:
    """The release page of the Keycloak project."""

    @property
    def name(self) -> str:
        """What it is."""
        return "the official download"

    def fetch(self, version: str, scratch: Path) -> Path:
        """See `Source`."""
        url = f"https://github.com/keycloak/keycloak/releases/download/{version}/keycloak-{version}.zip"
        return _checked(url, published_checksum(url, ("sha1",)), scratch)


def default_sources() -> list[Source]:
    """The sources in the order in which they are asked: what the user set comes first."""
    sources: list[Source] = []
    if base := os.environ.get("KC2FA_KEYCLOAK_DIST_URL"):
        sources.append(Mirror(base))
    if command := shutil.which("mvn"):
        sources.append(MavenClient(command))
    return [*sources, OfficialDownload()]


def archive(
    version: str,
    cache: Path,
    scratch: Path,
    *,
    sources: Sequence[Source] | None = None,
    on_step: Callable[[str], None] = lambda _: None,
    space_needed: int = FIRST_TIME_BYTES,
) -> Path:
    """The distribution's archive in the cache, fetched if it is not there.

    Args:
        version: Keycloak's version, as in `26.7.3`.
        cache: Folder to keep it in.
        scratch: Folder on the same disk for what is not whole yet; the caller removes it.
        sources: Whom to ask, in this order; None for `default_sources`.
        on_step: Told before something that takes long.
        space_needed: Bytes that must be free on the disk before anything is fetched.

    Raises:
        DownloadFailedError: no source has it; the message says each one's reason.
        ChecksumMismatchError: what came, or lay in the cache, is not what was published.
        NoSpaceError: the disk is too full.
    """
    kept = cache / f"keycloak-{version}.zip"
    digest = cache / f"{kept.name}.sha256"
    if kept.exists() and digest.exists():
        Checksum("sha256", digest.read_text().strip()).check(kept, str(kept))
        return kept
    check_space(cache, space_needed)
    on_step(f"Fetching Keycloak {version} (170 MB)")
    reasons = []
    for source in default_sources() if sources is None else sources:
        try:
            fetched = source.fetch(version, scratch)
        except NotThereError as error:
            reasons.append(f"{source.name}: {error}")
            continue
        digest.write_text(Checksum.of(fetched).digest + "\n")
        return fetched.rename(kept)
    raise DownloadFailedError(
        f"Keycloak {version} could not be fetched. {'; '.join(reasons)}.",
        "Check the network, or set KC2FA_KEYCLOAK_DIST_URL to a mirror or KC2FA_KEYCLOAK_HOME to a Keycloak.",
    )


def home_version(home: Path) -> str:
    """The version of an unpacked Keycloak.

    Raises:
        BadDistributionError: the folder holds none.
    """
    try:
        found = re.search(r"\d+\.\d+\S*", (home / "version.txt").read_text())
    except OSError:
        found = None
    if found is None or not (home / "bin" / "kc.sh").exists():
        raise BadDistributionError(
            f"{home} is not a Keycloak: it lacks version.txt or bin/kc.sh.",
            "Set KC2FA_KEYCLOAK_HOME to the folder that a Keycloak archive unpacks to.",
        )
    return found[0]


def _plain(text: str) -> str:
    return without_credentials(re.sub(r"\x1b\[[0-9;]*m", "", text))


def _checked(url: str, checksum: Checksum, scratch: Path) -> Path:
    part = scratch / "keycloak.zip.part"
    download(url, part)
    checksum.check(part, without_credentials(url))
    return part
