"""A PostgreSQL on this machine, from the system's own package, that is gone when it is stopped."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from embedded_keycloak.ports import free_ports

USER, DATABASE = "keycloak", "keycloak"


def programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs; None where none is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda each: float(each.parts[-3]))
    return found[-1].parent if found else None


class Cluster:
    """A database cluster of its own on loopback. Its server refuses to run as root: then it runs as `postgres`.

    Attributes:
        port: Where it listens.
    """

    def __init__(self, bin_: Path) -> None:
        self._bin = bin_
        [self.port] = free_ports(1)

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="kc2fa-postgresql-"))
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres", "postgres")
        self._run("initdb", "-D", str(self._data), "-U", USER, "--auth=trust", "-E", "UTF8", "--no-sync")
        self.start()
        self.run(f"create database {DATABASE}", database="postgres")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def dsn(self) -> str:
        """As psql takes it."""
        return f"host=127.0.0.1 port={self.port} user={USER} dbname={DATABASE}"

    @property
    def jdbc(self) -> str:
        """As Keycloak takes it."""
        return f"jdbc:postgresql://127.0.0.1:{self.port}/{DATABASE}"

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"
        self._run("pg_ctl", "-D", str(self._data), "-w", "-o", options, "-l", str(self._folder / "log"), "start")

    def stop(self) -> None:
        """As at a fast shutdown: whoever is connected is disconnected."""
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", "fast", "stop")

    def run(self, statements: str, *, database: str = DATABASE) -> str:
        """What psql prints, without headers."""
        dsn = f"host=127.0.0.1 port={self.port} user={USER} dbname={database}"
        command = [str(self._bin / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", dsn]
        return subprocess.run(command, input=statements, text=True, check=True, capture_output=True).stdout.strip()

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _run(self, program: str, *arguments: str) -> None:
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run(
            [*as_postgres, str(self._bin / program), *arguments],
            check=True,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
