"""A real Keycloak for people and tests, which always ends with the process that asked for it."""

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import platformdirs

from embedded_keycloak.home import FAST_START, KeycloakHome
from embedded_keycloak.java import java_home
from embedded_keycloak.ports import HOST, check_free, free_ports
from embedded_keycloak.space import disk_errors
from embedded_keycloak.template import ADMIN, Template, TemplateSpec, prepare
from embedded_keycloak.unpack import link_copy
from embedded_keycloak.workspace import Workspace

_SMALL_HEAP_MB = 256


class EmbeddedKeycloak:
    """A Keycloak on 127.0.0.1 with the realm master and one admin; gone with all its data when stopped.

    Use it as a context manager. The first one on a machine takes a minute or more, every other one seconds.
    The attributes other than `url` and `port` are there once it was started.

    Args:
        version: Keycloak's version; None for the one of KC2FA_KEYCLOAK_HOME, or else the pinned one.
        port: TCP port; 0 for a free one.
        relative_path: Path below which Keycloak serves, as in `/auth`.
        providers: Jars of extensions that it shall have.
        themes: Folders of themes that it shall have.
        build_options: Further options of `kc.sh build`.
        server_args: Further arguments of `kc.sh start`.
        java_options: Options of the JVM without the heap's; the default is made for a fast start.
        heap_mb: The most heap it may use, in MB.
        start_timeout: Seconds until it must be ready, the time for its preparation not counted.
        cache: Folder for what is kept between runs; None for KC2FA_CACHE, or else the user's cache folder.
        log: File for the server's output; None for one that is removed with the server.
        on_step: Told in a short sentence before each thing that takes long.

    Attributes:
        url: Where it serves, without a slash at the end.
        username: The admin's name in the realm master.
        password: The admin's password. Random for each template, the same in all its copies.
        version: Keycloak's version.
        home: The server's own Keycloak home.
        log: The server's log file.
        pid: Process id of the running `kc.sh`, which leads the server's process group.
    """

    username = ADMIN
    password: str
    version: str
    home: Path
    log: Path
    pid: int

    def __init__(
        self,
        version: str | None = None,
        *,
        port: int = 0,
        relative_path: str = "",
        providers: Sequence[Path] = (),
        themes: Sequence[Path] = (),
        build_options: Sequence[str] = (),
        server_args: Sequence[str] = (),
        java_options: Sequence[str] = FAST_START,
        heap_mb: int = 512,
        start_timeout: float = 180.0,
        cache: Path | None = None,
        log: Path | None = None,
        on_step: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.port = port
        self._path = f"/{relative_path.strip('/')}"
        self._spec = TemplateSpec(version, self._path, tuple(build_options), tuple(providers))
        self._themes = tuple(themes)
        self._server_args = tuple(server_args)
        self._java_options = (*java_options, f"-Xms{min(heap_mb, _SMALL_HEAP_MB)}m", f"-Xmx{heap_mb}m")
        self._start_timeout = start_timeout
        self._cache = cache or default_cache()
        self._log = log
        self._on_step = on_step
        self._workspace: Workspace | None = None

    @property
    def url(self) -> str:
        """Where it serves, without a slash at the end."""
        return f"http://{HOST}:{self.port}{self._path.rstrip('/')}"

    def start(self) -> Self:
        """Prepare what is missing, start the server and wait until it is ready.

        Raises:
            PortTakenError: the port is taken.
            NoJavaError: there is no Java for it.
            DownloadFailedError: the distribution cannot be fetched.
            ChecksumMismatchError: what was fetched is not what was published.
            BadDistributionError: the archive or KC2FA_KEYCLOAK_HOME is not a Keycloak.
            NoSpaceError: the disk is too full.
            StartFailedError: it ended or was not ready in time; the message has its last log lines.
            EmbeddedKeycloakError: the cache folder cannot be used.
            BadProviderError: a provider's jar cannot be read.
        """
        if self.port:
            check_free(self.port)  # before the long work: the answer will hardly change
        java = java_home()
        with disk_errors(self._cache):
            self._cache.mkdir(parents=True, exist_ok=True)
        template = prepare(self._spec, self._cache, java, self._on_step)
        self._workspace = Workspace(self._cache)
        try:
            self._settle(template, java, self._workspace)
            self.start_server()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop the server and remove its copy; nothing happens where that is done already."""
        if self._workspace is not None:
            self._workspace.close()
            self._workspace = None

    def leave_running(self) -> int:
        """Let the server outlive this process.

        Returns:
            The process id to send SIGTERM to, which stops the server and removes its copy.
        """
        pid = self._running.leave()
        self._workspace = None
        return pid

    def start_server(self) -> None:
        """Start the server again after `stop_server` or `kill_server`, with its data and on the same port.

        Raises:
            PortTakenError: another program took the port in the meantime.
            StartFailedError: it ended or was not ready in time; the message has its last log lines.
        """
        self._on_step(f"Starting Keycloak {self.version}")
        ports = (self.port, self._management_port)
        self.pid = self._keycloak.start(self._running, ports, self._server_args, self._start_timeout)

    def stop_server(self) -> None:
        """Shut the server down cleanly, killed after 30 s; its data stay."""
        self._running.stop()

    def kill_server(self) -> None:
        """End the server at once with SIGKILL, as a crash would; its data stay.

        Not all of them: H2 writes a commit to the disk up to a second after it was answered for.
        """
        self._running.stop(0)

    def _settle(self, template: Template, java: Path, workspace: Workspace) -> None:
        if self.port:
            self._management_port = free_ports(1)[0]
        else:
            self.port, self._management_port = free_ports(2)
        self.version, self.password = template.version, template.password
        self.home = workspace.path / "keycloak"
        self.log = self._log or workspace.path / "server.log"
        with disk_errors(self._cache):
            link_copy(template.home, self.home)
            for theme in self._themes:
                shutil.copytree(theme, self.home / "themes" / theme.name)
        self._keycloak = KeycloakHome(self.home, self.version, java, self._java_options, self.log)

    @property
    def _running(self) -> Workspace:
        if self._workspace is None:
            raise RuntimeError("the embedded Keycloak was not started")
        return self._workspace

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def default_cache() -> Path:
    """Where things are kept between runs: the setting KC2FA_CACHE, or else the user's cache folder."""
    chosen = os.environ.get("KC2FA_CACHE")
    return Path(chosen).resolve() if chosen else platformdirs.user_cache_path("keycloak-2fa")
