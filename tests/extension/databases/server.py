"""A Keycloak with the extension on another database than its own, and further nodes of its cluster."""

import random
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Self

from tests.extension.databases.database import PASSWORD, USER

from embedded_keycloak.distribution import VERSION, archive
from embedded_keycloak.errors import PortTakenError
from embedded_keycloak.home import LONG_RUN, KeycloakHome
from embedded_keycloak.java import java_home
from embedded_keycloak.ports import HOST, check_free, free_ports
from embedded_keycloak.server import default_cache
from embedded_keycloak.unpack import link_copy, unpack
from embedded_keycloak.workspace import Workspace

_LIMIT_S = 600.0
_FAILURE_DETECTION_ABOVE = 50_000
"""JGroups listens on a second port, which is so much higher."""


class Server:
    """A running node, which can be killed and started again.

    Attributes:
        url: Where it serves.
        username: The admin's name in the realm master.
        password: The admin's password.
        log: The node's log file.
        pid: Process id of the running `kc.sh`.
    """

    username = "admin"

    def __init__(self, keycloak: KeycloakHome, workspace: Workspace, database: Sequence[str], password: str) -> None:
        self._keycloak, self._workspace, self._database = keycloak, workspace, database
        self._ports = free_ports(2)
        self.password = password
        self.url = f"http://{HOST}:{self._ports[0]}"
        self.log = keycloak.log

    def start(self) -> None:
        bootstrap = {"KC_BOOTSTRAP_ADMIN_USERNAME": self.username, "KC_BOOTSTRAP_ADMIN_PASSWORD": self.password}
        cluster = [
            "--cache=ispn",
            f"--cache-embedded-network-bind-address={HOST}",
            f"--cache-embedded-network-bind-port={_free_port_of_a_cluster()}",
        ]
        ports = (self._ports[0], self._ports[1])
        arguments = [*self._database, *cluster]
        self.pid = self._keycloak.start(self._workspace, ports, arguments, _LIMIT_S, bootstrap)

    def kill(self) -> None:
        """As `kill -9` does."""
        self._workspace.stop(0)

    @contextmanager
    def beside(self) -> Iterator[Self]:
        """Another node of the same cluster, once both know each other."""
        with Workspace(default_cache()) as workspace:
            home = workspace.path / "keycloak"
            link_copy(self._keycloak.path, home)
            keycloak = replace(self._keycloak, path=home, log=workspace.path / "server.log")
            node = type(self)(keycloak, workspace, self._database, self.password)
            node.start()
            end = time.monotonic() + _LIMIT_S
            while "(2) [" not in node.log.read_text(errors="replace"):
                assert time.monotonic() < end, "the nodes do not find each other"
                time.sleep(0.5)
            yield node


@contextmanager
def keycloak_on(kind: str, jdbc: str, jar: Path | None, *, heap_mb: int = 768) -> Iterator[Server]:
    """One that is prepared now, which takes about a minute, and gone at the end.

    Args:
        kind: The database's, as Keycloak calls it.
        jdbc: Its URL.
        jar: The extension, or none.
        heap_mb: Java's heap at the most.
    """
    cache = default_cache()
    cache.mkdir(parents=True, exist_ok=True)
    with Workspace(cache) as workspace:
        home = unpack(archive(VERSION, cache, workspace.path), workspace.path / "zip")
        if jar:
            shutil.copy2(jar, home / "providers")
        options = (*LONG_RUN, "-Xms256m", f"-Xmx{heap_mb}m")
        keycloak = KeycloakHome(home, VERSION, java_home(), options, workspace.path / "server.log")
        keycloak.build(workspace, [f"--db={kind}", "--health-enabled=true"], _LIMIT_S)
        database = [f"--db-url={jdbc}", f"--db-username={USER}", f"--db-password={PASSWORD}"]
        server = Server(keycloak, workspace, database, secrets.token_urlsafe(24))
        server.start()
        yield server


def _free_port_of_a_cluster() -> int:
    while True:
        port = random.randrange(8_000, 15_000)
        try:
            check_free(port)
            check_free(port + _FAILURE_DETECTION_ABOVE)
        except PortTakenError:
            continue
        return port
