"""The extension on PostgreSQL, where users come by the thousand and other writers are at work."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.extension.postgresql.cluster import USER, Cluster, programs
from tests.extension.postgresql.server import Server, keycloak_on
from tests.integration.conftest import admin, kc2fa, make_realm

# Named here too, or pytest would keep those that were made for another server.
__all__ = ["admin", "kc2fa", "make_realm"]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL; without one the tests are skipped, which is a failure where it is required."""
    found = programs()
    if found is None:
        if os.environ.get("KC2FA_REQUIRE_POSTGRESQL") == "1":
            pytest.fail("PostgreSQL is not installed: apt-get install postgresql")
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with Cluster(found) as running:
        yield running


@pytest.fixture(scope="session")
def keycloak(cluster: Cluster, jar: Path) -> Iterator[Server]:
    """A Keycloak on it, with the extension."""
    with keycloak_on("postgres", cluster.jdbc, USER, "unused", jar) as server:
        yield server
