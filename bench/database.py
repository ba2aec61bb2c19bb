"""The PostgreSQL under a server to measure: people by the million, in seconds."""

import subprocess
import sys
from dataclasses import dataclass, replace
from time import perf_counter

import realms
from realms import Realm, Server

PEOPLE = """
insert into user_entity (id, realm_id, username, email, email_constraint, first_name, last_name, enabled,
                         created_timestamp)
select gen_random_uuid(), realm.id, 'person-' || n, 'person-' || n || '@example.org', 'person-' || n || '@example.org',
       'Some', 'Person', true, 0
from realm, generate_series(1, :people) n where realm.name = :'realm';
vacuum analyze user_entity;
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


def seeded(server: Server, database: Database, size: int) -> Realm:
    realm = realms.make(server, 0)
    print(f"Seeding {size:,} people took {database.run(PEOPLE, realm=realm.name, people=size):.0f} s.", file=sys.stderr)
    return replace(realm, people=size)
