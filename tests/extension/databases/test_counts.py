"""Counting a realm holds one connection, and is done once for all who ask."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.extension.calls import Call, call
from tests.extension.databases.database import Database
from tests.integration.realms import MakeRealm, Realm, person

pytestmark = pytest.mark.slow

__all__ = ["call"]

SLOW_S = 5


@pytest.fixture
def realm(make_realm: MakeRealm) -> Realm:
    return make_realm(person("alice"))


@pytest.fixture
def slow(realm: Realm, database: Database, call: Call) -> Iterator[None]:
    """A database that takes its time to count, as that of a very large realm does."""
    call(realm)
    with ThreadPoolExecutor(1) as pool:
        locked = pool.submit(database.run, database.locked("CREDENTIAL", SLOW_S))
        time.sleep(0.5)
        yield
        locked.result()


@pytest.mark.usefixtures("slow")
def test_no_transaction_is_open_beside(realm: Realm, database: Database, call: Call) -> None:
    with ThreadPoolExecutor(1) as pool:
        status = pool.submit(call, realm)
        time.sleep(2)
        assert database.at_work() == 1
        assert database.idle_in_transaction() == 0
        assert status.result().status_code == 200


@pytest.mark.usefixtures("slow")
def test_many_who_ask_at_once_share_one_count(realm: Realm, database: Database, call: Call) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(call, realm) for _ in range(4)]
        time.sleep(2.5)
        assert database.at_work() == 1
        assert len({each.result().json()["users"]["counted_at"] for each in answers}) == 1


def test_the_extension_names_the_database_and_its_version(realm: Realm, database: Database, call: Call) -> None:
    product, _, version = call(realm, "/extension").json()["database"].partition(" ")
    assert product == {"postgres": "PostgreSQL", "mariadb": "MariaDB"}[database.kind]
    assert version
    assert version in database.run("select version();")
