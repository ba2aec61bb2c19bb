"""A Keycloak with the extension on another database than its own."""

import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.extension.databases.database import PASSWORD, USER

from embedded_keycloak.distribution import VERSION, archive
from embedded_keycloak.home import LONG_RUN, KeycloakHome
from embedded_keycloak.java import java_home
from embedded_keycloak.ports import HOST, free_ports
from embedded_keycloak.server import default_cache
from embedded_keycloak.unpack import unpack
from embedded_keycloak.workspace import Workspace

_LIMIT_S = 600.0


class Server:
    """A running Keycloak, which can be killed and started again.

    Attributes:
        url: Where it serves.
        username: The admin's name in the realm master.
        password: The admin's password.
        log: The server's log file.
        pid: Process id of the running `kc.sh`.
    """

    username = "admin"

    def __init__(self, keycloak: KeycloakHome, workspace: Workspace, arguments: Sequence[str]) -> None:
        self._keycloak, self._workspace, self._arguments = keycloak, workspace, arguments
        self._ports = free_ports(2)
        self.password = secrets.token_urlsafe(24)
        self.url = f"http://{HOST}:{self._ports[0]}"
        self.log = keycloak.log

    def start(self) -> None:
        bootstrap = {"KC_BOOTSTRAP_ADMIN_USERNAME": self.username, "KC_BOOTSTRAP_ADMIN_PASSWORD": self.password}
        ports = (self._ports[0], self._ports[1])
        self.pid = self._keycloak.start(self._workspace, ports, self._arguments, _LIMIT_S, bootstrap)

    def kill(self) -> None:
        """As `kill -9` does."""
        self._workspace.stop(0)


@contextmanager
def keycloak_on(
    kind: str, jdbc: str, jar: Path | None, *, version: str = VERSION, heap_mb: int = 768
) -> Iterator[Server]:
    """One that is prepared now, which takes about a minute, and gone at the end."""
    cache = default_cache()
    cache.mkdir(parents=True, exist_ok=True)
    with Workspace(cache) as workspace:
        home = unpack(archive(version, cache, workspace.path), workspace.path / "zip")
        if jar:
            shutil.copy2(jar, home / "providers")
        options = (*LONG_RUN, "-Xms256m", f"-Xmx{heap_mb}m")
        keycloak = KeycloakHome(home, version, java_home(), options, workspace.path / "server.log")
        keycloak.build(workspace, [f"--db={kind}", "--health-enabled=true"], _LIMIT_S)
        arguments = [f"--db-url={jdbc}", f"--db-username={USER}", f"--db-password={PASSWORD}"]
        server = Server(keycloak, workspace, arguments)
        server.start()
        yield server
