"""The extension on the databases of production, where users come by the thousand and other writers are at work."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.extension.databases import mariadb, postgresql
from tests.extension.databases.database import Database
from tests.extension.databases.mariadb import MariaDb
from tests.extension.databases.postgresql import PostgreSql
from tests.extension.databases.server import Server, keycloak_on
from tests.integration.conftest import admin, kc2fa, make_realm

_PATIENCE = pytest.mark.timeout(900)
"""The first test of each database waits for a Keycloak to be built, and for its tables to be made."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(_PATIENCE)


# Named here too, or pytest would keep those that were made for another server.
__all__ = ["admin", "kc2fa", "make_realm"]


@pytest.fixture(scope="session")
def running(jar: Path) -> Iterator[Callable[[str], tuple[Database, Server]]]:
    """Each database with a Keycloak on it, made when it is first asked for and kept to the end."""
    with ExitStack() as stack:
        made: dict[str, tuple[Database, Server]] = {}

        def get(kind: str) -> tuple[Database, Server]:
            if kind not in made:
                database: Database = stack.enter_context(_database(kind))
                made[kind] = database, stack.enter_context(keycloak_on(database.kind, database.jdbc, jar))
            return made[kind]

        yield get


def _database(kind: str) -> Database:
    programs = postgresql.programs()
    if kind == "postgresql" and programs:
        return PostgreSql(programs, "fsync=off")  # nothing here outlives the machine
    if kind == "mariadb" and mariadb.installed():
        return MariaDb()
    missing = f"{kind} is not installed: apt-get install postgresql mariadb-server"
    if os.environ.get("KC2FA_REQUIRE_DATABASES") == "1":
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture(scope="session", params=["postgresql", "mariadb"])
def database(request: pytest.FixtureRequest, running: Callable[[str], tuple[Database, Server]]) -> Database:
    """Each; where one is not installed its tests are skipped, which is a failure where databases are required."""
    return running(request.param)[0]


@pytest.fixture(scope="session")
def keycloak(database: Database, running: Callable[[str], tuple[Database, Server]]) -> Server:
    """A Keycloak on it, with the extension."""
    return running("postgresql" if isinstance(database, PostgreSql) else "mariadb")[1]
