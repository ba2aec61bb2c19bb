"""A Keycloak prepared once: built, its database migrated and seeded. Every server is a copy of it."""

import fcntl
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from embedded_keycloak.distribution import VERSION, archive, home_version
from embedded_keycloak.errors import BadDistributionError, BadProviderError
from embedded_keycloak.home import FAST_START, KeycloakHome
from embedded_keycloak.ports import free_ports
from embedded_keycloak.space import check_space, disk_errors
from embedded_keycloak.unpack import copy_home, unpack
from embedded_keycloak.workspace import Workspace

ADMIN = "admin"
"""Name of the bootstrap admin in the realm master."""

_LAYOUT = 1  # raise it when what is in a template changes: older ones are then not taken for it
_HEAP = ("-Xms256m", "-Xmx512m")
_LIMIT_S = 600.0
_UNUSED_S = 3 * 24 * 3600
_PASSWORD_FILE = "admin-password"  # noqa: S105 - the name of a file


@dataclass(frozen=True)
class TemplateSpec:
    """What a template is made of.

    Attributes:
        version: Keycloak's version; None for the one of KC2FA_KEYCLOAK_HOME, or else the pinned one.
        relative_path: Path below which it serves, as in `/auth`; a build option of Keycloak.
        build_options: Further options of `kc.sh build`.
        providers: Jars that are put into its folder `providers`.
    """

    version: str | None = None
    relative_path: str = "/"
    build_options: Sequence[str] = ()
    providers: Sequence[Path] = ()

    def options(self) -> list[str]:
        """All options of `kc.sh build`."""
        return [
            "--db=dev-file",
            "--health-enabled=true",
            f"--http-relative-path={self.relative_path}",
            "--http-management-relative-path=/",  # else it follows the other one
            *self.build_options,
        ]


@dataclass(frozen=True)
class Template:
    """A finished template.

    Attributes:
        home: The prepared Keycloak home. Read it only.
        version: Keycloak's version.
        password: Of the bootstrap admin; drawn at random when the template was made.
    """

    home: Path
    version: str
    password: str


def prepare(spec: TemplateSpec, cache: Path, java: Path, on_step: Callable[[str], None]) -> Template:
    """The template for a spec, made now if the cache does not have it.

    Only one process makes templates at a time; the others wait. One that is not finished is never visible
    under its name.

    Raises:
        EmbeddedKeycloakError: its subclasses, for each thing that can go wrong on the way.
        BadProviderError: a provider's jar cannot be read.
    """
    home = _own_home()
    version = _version(spec, home)
    folder = cache / f"template-{version}-{_key(spec, version, home)}"
    if not folder.exists():
        with _turn(cache / "template.lock", on_step):
            if not folder.exists():
                _make(folder, spec, version, home=home, java=java, on_step=on_step)
    os.utime(folder)  # in use: see _set_aside_unused
    return Template(folder / "keycloak", version, (folder / _PASSWORD_FILE).read_text())


def _make(
    folder: Path,
    spec: TemplateSpec,
    version: str,
    *,
    home: Path | None,
    java: Path,
    on_step: Callable[[str], None],
) -> None:
    cache = folder.parent
    check_space(cache)
    with Workspace(cache) as workspace, disk_errors(cache):
        draft = workspace.path / "template"
        draft.mkdir(mode=0o700)
        if home is None:
            unpacked = unpack(archive(version, cache, workspace.path, on_step=on_step), workspace.path / "zip")
            unpacked.rename(draft / "keycloak")
        else:
            copy_home(home, draft / "keycloak")
        on_step(f"Preparing Keycloak {version} for the first time (about a minute)")
        for jar in spec.providers:
            shutil.copy2(jar, draft / "keycloak" / "providers")
        password = secrets.token_urlsafe(24)
        keycloak = KeycloakHome(draft / "keycloak", version, java, (*FAST_START, *_HEAP), workspace.path / "log")
        keycloak.build(workspace, spec.options(), _LIMIT_S)
        port, management_port = free_ports(2)
        keycloak.start(
            workspace,
            (port, management_port),
            [],
            _LIMIT_S,
            {"KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN, "KC_BOOTSTRAP_ADMIN_PASSWORD": password},
        )
        workspace.stop()
        for rest in ("tmp", "log"):
            shutil.rmtree(keycloak.path / "data" / rest, ignore_errors=True)  # may not be there
        _write_secret(draft / _PASSWORD_FILE, password)
        draft.rename(folder)
        _set_aside_unused(cache, workspace.path)


def _set_aside_unused(cache: Path, bin_: Path) -> None:
    """Drop templates that nobody wants any more: each new build of a provider makes another one of 300 MB."""
    for template in cache.glob("template-*/"):
        if time.time() - template.stat().st_mtime > _UNUSED_S:
            template.rename(bin_ / template.name)  # at once, so that no half of one is ever taken for it


def _own_home() -> Path | None:
    chosen = os.environ.get("KC2FA_KEYCLOAK_HOME")
    return Path(chosen).resolve() if chosen else None


def _version(spec: TemplateSpec, home: Path | None) -> str:
    if home is None:
        return spec.version or VERSION
    version = home_version(home)
    if spec.version not in (None, version):
        raise BadDistributionError(
            f"KC2FA_KEYCLOAK_HOME is Keycloak {version}, but {spec.version} was asked for.",
            "Unset KC2FA_KEYCLOAK_HOME to have that version fetched, or set it to a home of that version.",
        )
    return version


def _key(spec: TemplateSpec, version: str, home: Path | None) -> str:
    parts = [str(_LAYOUT), version, *spec.options(), *(_digest(jar) for jar in spec.providers)]
    if home is not None:
        # By size and time, as make does: reading 200 MB at every start would take longer than it is worth.
        files = sorted(path for path in home.rglob("*") if path.is_file() and path.parts[len(home.parts)] != "data")
        parts += [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _digest(jar: Path) -> str:
    try:
        return f"{jar.name} {hashlib.sha256(jar.read_bytes()).hexdigest()}"
    except OSError as error:
        raise BadProviderError(f"The provider {jar} cannot be read: {error.strerror}.", "Build it first.") from error


def _write_secret(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


@contextmanager
def _turn(path: Path, on_step: Callable[[str], None]) -> Iterator[None]:
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_step("Waiting for another process that prepares a Keycloak")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
