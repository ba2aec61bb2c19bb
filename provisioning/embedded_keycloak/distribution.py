"""Where the Keycloak distribution comes from: fetched once, checked, then kept in the cache."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from embedded_keycloak.artifact import Artifact, Source, fetched
from embedded_keycloak.download import Checksum
from embedded_keycloak.errors import BadDistributionError
from embedded_keycloak.space import FIRST_TIME_BYTES

VERSION = "26.7.5"
"""The Keycloak that is run where no other version is asked for."""

PINNED = {
    "26.4.7": Checksum("sha256", "dd9834c023460be856f731423d86228c23b5d002194a2064642bec0cc6573eaa"),
    "26.5.6": Checksum("sha256", "490189d9dff05272432d51f71a069462eeca97f2920a694d539a1e6c26a5a347"),
    "26.7.3": Checksum("sha256", "27a6535553c3cdcd083872ba40629efafb3475e3b758e0c6f691395561dd0f1f"),
    "26.7.5": Checksum("sha256", "30ef87fb7101c43d29688d1ae80c0588ff4a151b3330e9f664bf9692d398658a"),
}
"""What the artifact org.keycloak:keycloak-quarkus-dist hashes to, whatever a mirror publishes beside it."""


def keycloak(version: str) -> Artifact:
    """The distribution of one version, as in `26.7.3`."""
    return Artifact(
        group="org.keycloak",
        name="keycloak-quarkus-dist",
        version=version,
        kind="zip",
        kept_as=f"keycloak-{version}.zip",
        said=f"Keycloak {version}",
        megabytes=170,
        released_at=f"https://github.com/keycloak/keycloak/releases/download/{version}/keycloak-{version}.zip",
        pinned=PINNED.get(version),
    )


def archive(
    version: str,
    cache: Path,
    scratch: Path,
    *,
    sources: Sequence[Source] | None = None,
    on_step: Callable[[str], None] = lambda _: None,
    space_needed: int = FIRST_TIME_BYTES,
) -> Path:
    """The distribution's archive in the cache, fetched if it is not there; see `artifact.fetched`."""
    return fetched(keycloak(version), cache, scratch, sources=sources, on_step=on_step, space_needed=space_needed)


def home_version(home: Path) -> str:
    """The version of an unpacked Keycloak.

    Raises:
        BadDistributionError: the folder holds none.
    """
    try:
        found = re.search(r"\d+\.\d+\S*", (home / "version.txt").read_text())
    except (OSError, UnicodeDecodeError):
        found = None
    if found is None or not (home / "bin" / "kc.sh").exists():
        raise BadDistributionError(
            f"{home} is not a Keycloak: it lacks version.txt or bin/kc.sh.",
            "Set KC2FA_KEYCLOAK_HOME to the folder that a Keycloak archive unpacks to.",
        )
    return found[0]
