"""A PostgreSQL on this machine, from the system's own package, that is gone when it is stopped."""

import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.extension.databases.database import DATABASE, USER, client, folder_of

from embedded_keycloak.ports import free_ports

_SEED = """
insert into USER_ENTITY (id, realm_id, username, email_constraint, enabled, created_timestamp)
select gen_random_uuid(), realm.id, 'person-' || lpad(n::text, 7, '0'), gen_random_uuid(), true, 0
from REALM realm, generate_series(1, {size}) n where realm.name = '{realm}';
analyze USER_ENTITY;
"""
_REFUSE = """
create function refuse() returns trigger language plpgsql as $$
begin raise exception 'refused' using errcode = '23514'; end $$;
create trigger refuse before insert on USER_REQUIRED_ACTION
for each row when (new.user_id = '{user_id}') execute function refuse();
"""
_CONNECTIONS = "select count(*) from pg_stat_activity where application_name like '%JDBC%' and state = '{state}'"


def programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs; None where none is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda each: float(each.parts[-3]))
    return found[-1].parent if found else None


class PostgreSql:
    """See `Database`. It trusts everybody on this machine.

    Args:
        bin_: The folder of its programs.
        settings: Other ones than PostgreSQL's own.
    """

    kind = "postgres"

    def __init__(self, bin_: Path, *settings: str) -> None:
        self._bin, self._settings = bin_, settings
        [self.port] = free_ports(1)

    def __enter__(self) -> Self:
        self._folder = folder_of("postgres")
        self._program("initdb", "-D", str(self._data), "-U", USER, "--auth=trust", "-E", "UTF8", "--no-sync")
        self.start()
        self.create(DATABASE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def jdbc(self) -> str:
        return self.jdbc_of(DATABASE)

    def jdbc_of(self, database: str) -> str:
        return f"jdbc:postgresql://127.0.0.1:{self.port}/{database}"

    def dsn_of(self, database: str) -> str:
        """As psql takes it."""
        return f"host=127.0.0.1 port={self.port} user={USER} dbname={database}"

    def create(self, database: str) -> None:
        self._psql("postgres", f"create database {database}")

    def start(self) -> None:
        settings = ("listen_addresses=127.0.0.1", f"unix_socket_directories={self._folder}", *self._settings)
        options = " ".join((f"-p {self.port}", *(f"-c {each}" for each in settings)))
        self._program("pg_ctl", "-D", str(self._data), "-w", "-o", options, "-l", str(self._folder / "log"), "start")

    def stop(self) -> None:
        self._program("pg_ctl", "-D", str(self._data), "-w", "-m", "fast", "stop")

    def run(self, statements: str) -> str:
        return self._psql(DATABASE, statements)

    def seed(self, realm: str, size: int) -> None:
        self.run(_SEED.format(realm=realm, size=size))

    def pause(self, seconds: float) -> str:
        return f"select pg_sleep({seconds});"

    def locked(self, table: str, seconds: float) -> str:
        return f"begin; lock table {table}; {self.pause(seconds)} commit;"

    def refuse(self, user_id: str) -> None:
        self.run(_REFUSE.format(user_id=user_id))

    def refuse_nobody(self) -> None:
        self.run("drop function refuse cascade")

    def at_work(self) -> int:
        return int(self.run(_CONNECTIONS.format(state="active")))

    def idle_in_transaction(self) -> int:
        return int(self.run(_CONNECTIONS.format(state="idle in transaction")))

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _psql(self, database: str, statements: str) -> str:
        command = [str(self._bin / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.dsn_of(database)]
        return client(command, statements)

    def _program(self, program: str, *arguments: str) -> None:
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run(
            [*as_postgres, str(self._bin / program), *arguments],
            check=True,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
