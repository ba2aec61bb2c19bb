"""A Keycloak and a PostgreSQL of our own to measure, which are gone afterwards."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.extension.databases.postgresql import PostgreSql, programs  # noqa: E402
from tests.extension.databases.server import keycloak_on  # noqa: E402

import realms  # noqa: E402
from database import Database  # noqa: E402
from process import Process, java_of  # noqa: E402
from realms import Server  # noqa: E402

JAR = ROOT / "extension" / "target" / "keycloak-2fa-extension.jar"


@dataclass(frozen=True)
class Own:
    """A server, its database, and its process of Java."""

    server: Server
    database: Database
    process: Process


def postgresql() -> AbstractContextManager[PostgreSql]:
    """With its default settings, but for the memory that its manual recommends for a machine of 8 GB."""
    found = programs()
    if found is None:
        sys.exit("This needs PostgreSQL: apt-get install postgresql")
    return PostgreSql(found, "shared_buffers=2GB")


@contextmanager
def on(cluster: PostgreSql, name: str, jar: Path | None) -> Iterator[Own]:
    """A Keycloak on a database of its own.

    Args:
        cluster: Where the database is made.
        name: The database's.
        jar: The extension, or none.
    """
    if jar is not None and not jar.exists():
        sys.exit("This needs the extension's jar: make extension")
    cluster.create(name)
    with keycloak_on(cluster.kind, cluster.jdbc_of(name), jar, heap_mb=1024) as running:
        server = Server(running.url, running.username, running.password)
        yield Own(server, Database(cluster.dsn_of(name)), Process(java_of(running.pid)))


def choice(parser: argparse.ArgumentParser) -> None:
    """Let the user say which server is measured; see `chosen`."""
    parser.add_argument("--server", metavar="URL", help="a running server instead of one of our own; see README.md")
    parser.add_argument("--database", metavar="DSN", help="its PostgreSQL, for more people than an import is fit for")
    parser.add_argument("--postgresql", action="store_true", help="our own server runs on PostgreSQL, not on H2")


@contextmanager
def chosen(wanted: argparse.Namespace) -> Iterator[tuple[Server, Database | None]]:
    """The server without the extension that the flags of `choice` ask for, and its PostgreSQL, where there is one."""
    if wanted.postgresql:
        with postgresql() as cluster, on(cluster, "bench", None) as own:
            yield own.server, own.database
        return
    with realms.server(wanted.server) as server:
        yield server, Database(wanted.database) if wanted.database else None


def load() -> str:
    """What else the machine did, for the figures' sake."""
    return f"load average over the last 1, 5 and 15 minutes: {', '.join(f'{each:.1f}' for each in os.getloadavg())}"
