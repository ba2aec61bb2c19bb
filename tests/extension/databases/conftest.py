"""The extension on the databases of production, where users come by the thousand and other writers are at work."""

import os
from collections.abc import Iterator
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


@pytest.fixture(scope="session", params=["postgresql", "mariadb"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Each; where one is not installed its tests are skipped, which is a failure where databases are required."""
    with ExitStack() as stack:
        programs = postgresql.programs()
        if request.param == "postgresql" and programs:
            yield stack.enter_context(PostgreSql(programs, "fsync=off"))  # nothing here outlives the machine
        elif request.param == "mariadb" and mariadb.installed():
            yield stack.enter_context(MariaDb())
        else:
            missing = f"{request.param} is not installed: apt-get install postgresql mariadb-server"
            (pytest.fail if os.environ.get("KC2FA_REQUIRE_DATABASES") == "1" else pytest.skip)(missing)


@pytest.fixture(scope="session")
def keycloak(database: Database, jar: Path) -> Iterator[Server]:
    """A Keycloak on it, with the extension."""
    with keycloak_on(database.kind, database.jdbc, jar) as server:
        yield server
