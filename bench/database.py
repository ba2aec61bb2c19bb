"""The PostgreSQL under a server to measure: people by the million, in seconds."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from time import perf_counter

import realms
from realms import Realm, Server

# An index that is made anew in the end takes a fraction of the time of one that grows by random ids.
PEOPLE = r"""
create table seeding as select indexdef, indexname from pg_indexes
where tablename = 'user_entity' and indexname not in (select conname from pg_constraint);
select format('drop index %I', indexname) from seeding \gexec
insert into user_entity (id, realm_id, username, email, email_constraint, first_name, last_name, enabled,
                         created_timestamp)
select gen_random_uuid(), realm.id, 'person-' || n, 'person-' || n || '@example.org', 'person-' || n || '@example.org',
       'Some', 'Person', true, 0
from realm, generate_series(1, :people) n where realm.name = :'realm';
select indexdef from seeding \gexec
drop table seeding;
vacuum analyze user_entity;
checkpoint;
"""

# What a realm has beside its users: a password each, and a device each tenth. Nobody logs in with them.
CREDENTIALS = r"""
create temporary table model as
select 'password' as type, 1 as of,
       '{"value":"' || repeat('v', 44) || '","salt":"' || repeat('s', 24) || '","additionalParameters":{}}' as secret,
       '{"hashIterations":5,"algorithm":"argon2","additionalParameters":{"hashLength":["32"],"memory":["7168"],'
       || '"type":["id"],"version":["1.3"],"parallelism":["1"]}}' as data
union all
select 'otp', 10, '{"value":"' || repeat('o', 20) || '"}',
       '{"subType":"totp","digits":6,"counter":0,"period":30,"algorithm":"HmacSHA1"}';
insert into credential (id, type, user_id, created_date, secret_data, credential_data, priority)
select gen_random_uuid(), model.type, u.id, 0, model.secret, model.data, 10
from user_entity u, model
where u.realm_id = (select id from realm where name = :'realm') and u.service_account_client_link is null
  and (model.of = 1 or u.username like '%7');
vacuum analyze credential;
checkpoint;
"""

# How long the one waits who has waited longest for a lock, ten times a second.
LONGEST_WAIT = r"""
select coalesce(max(extract(epoch from clock_timestamp() - waitstart)), 0) from pg_locks where not granted \watch 0.1
"""


@dataclass(frozen=True)
class Database:
    """The server's PostgreSQL, through psql."""

    dsn: str

    def run(self, statements: str, **values: str | int) -> float:
        """Seconds that it took; a failure ends the measurement."""
        variables = [f"--set={name}={value}" for name, value in {"ON_ERROR_STOP": 1, **values}.items()]
        began = perf_counter()
        subprocess.run(["psql", "-X", "-q", *variables, self.dsn], input=statements, text=True, check=True)
        return perf_counter() - began

    def value(self, query: str) -> str:
        """The one value that a query has."""
        command = ["psql", "-X", "-A", "-t", "-c", query, self.dsn]
        return subprocess.run(command, text=True, check=True, capture_output=True).stdout.strip()

    @contextmanager
    def longest_waits(self) -> Iterator[list[float]]:
        """For how many seconds somebody has waited for a lock, at each look in which somebody did."""
        waits: list[float] = []
        command = ["psql", "-X", "-q", "-A", "-t", self.dsn]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as psql:
            assert psql.stdin is not None
            psql.stdin.write(LONGEST_WAIT)
            psql.stdin.flush()
            try:
                yield waits
            finally:
                psql.send_signal(signal.SIGINT)
                out, _ = psql.communicate()
        for line in out.splitlines():
            with suppress(ValueError):
                waits += [seconds for seconds in [float(line)] if seconds]


def seeded(server: Server, database: Database, size: int) -> Realm:
    realm = realms.make(server, 0)
    print(f"Seeding {size:,} people took {database.run(PEOPLE, realm=realm.name, people=size):.0f} s.", file=sys.stderr)
    return replace(realm, people=size)


def with_credentials(database: Database, realm: Realm) -> Realm:
    """The realm, whose users have passwords now, and a tenth of them a device."""
    print(f"Their credentials took {database.run(CREDENTIALS, realm=realm.name):.0f} s.", file=sys.stderr)
    return realm


def made(server: Server, database: Database | None, people: int) -> Realm:
    """A realm with people: seeded where its database is there, else imported."""
    return seeded(server, database, people) if database else realms.make(server, people)
