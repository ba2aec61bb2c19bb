"""What is asked of a Keycloak home: to build itself, and to start."""

import http.client
import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from embedded_keycloak.errors import EmbeddedKeycloakError, PortTakenError, StartFailedError
from embedded_keycloak.ports import HOST, check_free, port_taken
from embedded_keycloak.space import no_space
from embedded_keycloak.workspace import Workspace

LONG_RUN = ("-XX:+UseSerialGC", "-XX:MaxMetaspaceSize=256m", "-Dfile.encoding=UTF-8")
"""JVM options for a Keycloak that is there for minutes."""

FAST_START = (*LONG_RUN, "-XX:TieredStopAtLevel=1")
"""JVM options with which Keycloak starts in half the time, and makes the keys of a realm in more than double."""

_LOG_LINES = 20
_TURN_S = 0.2
_NO_ENTRY = ("KC_", "KC2FA_", "KEYCLOAK_", "QUARKUS_", "JAVA", "_JAVA", "JDK_JAVA", "DEBUG", "PRINT_ENV")


@dataclass(frozen=True)
class KeycloakHome:
    """An unpacked Keycloak and how to run it.

    Attributes:
        path: Its folder.
        version: Keycloak's version.
        java: Home of the Java that runs it.
        java_options: Options of the JVM, the heap's among them.
        log: File to which its output is appended.
    """

    path: Path
    version: str
    java: Path
    java_options: Sequence[str]
    log: Path

    def build(self, workspace: Workspace, options: Sequence[str], timeout: float) -> None:
        """Run `kc.sh build` to its end.

        Raises:
            StartFailedError: it failed or took longer than `timeout` seconds; with the last log lines.
        """
        workspace.run([str(self._kc), "build", *options], self._environment(), self.log)
        code = workspace.wait(timeout)
        workspace.stop(0)
        if code != 0:
            raise self._failed(f"`kc.sh build` {_ending(code, timeout)}")

    def start(
        self,
        workspace: Workspace,
        ports: tuple[int, int],
        args: Sequence[str],
        timeout: float,
        environment: Mapping[str, str] | None = None,
    ) -> int:
        """Start the server and wait until it is ready.

        Args:
            workspace: Where it runs; nothing runs there yet.
            ports: The server's, and the one of its management interface.
            args: Further arguments of `kc.sh start`; an option among them takes the place of ours.
            timeout: Seconds until it must be ready.
            environment: Further variables of the server.

        Returns:
            The process id of `kc.sh`, which is also the server's process group.

        Raises:
            PortTakenError: one of the ports is taken; the message names it.
            StartFailedError: it ended or was not ready in time; with the last log lines.
        """
        for port in ports:
            check_free(port)
        theirs = {each.partition("=")[0] for each in args}
        ours = [each for each in start_arguments(self.version, *ports) if each.partition("=")[0] not in theirs]
        argv = [str(self._kc), *ours, *args]
        since = self.log.stat().st_size if self.log.exists() else 0
        pid = workspace.run(argv, {**self._environment(), **(environment or {})}, self.log)
        end = time.monotonic() + timeout
        while not _is_ready(ports[1]):
            code = workspace.poll()
            if code is not None or time.monotonic() > end:
                workspace.stop(0)
                raise self._failed(f"The server {_ending(code, timeout)}", ports, since)
            time.sleep(_TURN_S)
        return pid

    @property
    def _kc(self) -> Path:
        return self.path / "bin" / "kc.sh"

    def _environment(self) -> dict[str, str]:
        """Ours without what would configure a Keycloak or a JVM: those settings are about another server."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_NO_ENTRY)}
        return {**kept, "JAVA_HOME": str(self.java), "JAVA_OPTS": " ".join(self.java_options)}

    def _failed(self, what: str, ports: Sequence[int] = (), since: int = 0) -> EmbeddedKeycloakError:
        log = self.log.read_bytes()[since:].decode(errors="replace")
        if ports and re.search(r"Address already in use|seems to be in use by another process", log):
            return _taken(ports)
        if "No space left on device" in log:
            return no_space(self.path)
        last = "\n".join(log.splitlines()[-_LOG_LINES:]) or "(no output)"
        return StartFailedError(
            f"The embedded Keycloak did not start. {what}. Its last log lines:\n{last}",
            "Read the last lines; if the time was too short, give it more or let less run beside it.",
        )


def start_arguments(version: str, port: int, management_port: int) -> list[str]:
    """The arguments of `kc.sh` that start a prepared Keycloak for this machine only."""
    arguments = [
        "start",
        "--optimized",
        "--http-enabled=true",
        "--hostname-strict=false",
        "--cache=local",
        f"--http-host={HOST}",
        f"--http-port={port}",
        f"--http-management-host={HOST}",
        f"--http-management-port={management_port}",
    ]
    if tuple(int(n) for n in re.findall(r"\d+", version)[:2]) >= (26, 7):
        arguments.append("--server-async-bootstrap=false")  # older ones know no other way
    return arguments


def _is_ready(management_port: int) -> bool:
    # Not by urllib or requests: a proxy in the environment has no business here.
    connection = http.client.HTTPConnection(HOST, management_port, timeout=2)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False  # not listening yet
    finally:
        connection.close()


def _ending(code: int | None, timeout: float) -> str:
    return f"was not ready after {timeout:.0f} s" if code is None else f"ended with exit code {code}"


def _taken(ports: Sequence[int]) -> PortTakenError:
    for port in ports:
        try:
            check_free(port)
        except PortTakenError as error:
            return error
    return port_taken(ports[0], "another program took it at the same moment")
