"""A MariaDB on this machine, from the system's own package, that is gone when it is stopped."""

import os
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.extension.databases.database import DATABASE, PASSWORD, USER, client, folder_of

from embedded_keycloak.ports import free_ports

_LIMIT_S = 60.0
_PROGRAMS = ("mariadbd", "mariadb-install-db", "mariadb", "mariadb-admin")

_SEED = """
insert into USER_ENTITY (id, realm_id, username, email_constraint, enabled, created_timestamp)
select uuid(), realm.id, concat('person-', lpad(n.seq, 7, '0')), uuid(), true, 0
from REALM realm join seq_1_to_{size} n where realm.name = '{realm}';
analyze table USER_ENTITY;
"""
_REFUSE = """
delimiter //
create trigger refuse before insert on USER_REQUIRED_ACTION for each row
begin if new.user_id = '{user_id}' then signal sqlstate '23000' set message_text = 'refused'; end if; end//
"""
_CONNECTIONS = f"select count(*) from information_schema.processlist p where p.user = '{USER}' and p.command"


def installed() -> bool:
    return all(shutil.which(each) for each in _PROGRAMS)


class MariaDb:
    """See `Database`."""

    kind = "mariadb"

    def __init__(self) -> None:
        [self.port] = free_ports(1)

    def __enter__(self) -> Self:
        self._folder = folder_of("mysql")
        self._account = ["--user=mysql"] if os.geteuid() == 0 else []
        subprocess.run(
            [
                "mariadb-install-db",
                "--no-defaults",
                *self._account,
                f"--datadir={self._data}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
            ],
            check=True,
            capture_output=True,
        )
        self.start()
        self._client(
            f"create database {DATABASE} character set utf8mb4;"
            f"create user '{USER}'@'%' identified by '{PASSWORD}'; grant all on {DATABASE}.* to '{USER}'@'%';"
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def jdbc(self) -> str:
        return f"jdbc:mariadb://127.0.0.1:{self.port}/{DATABASE}"

    def start(self) -> None:
        self._server = subprocess.Popen(
            [
                "mariadbd",
                "--no-defaults",
                *self._account,
                f"--datadir={self._data}",
                f"--port={self.port}",
                "--bind-address=127.0.0.1",
                f"--socket={self._socket}",
                f"--pid-file={self._folder / 'pid'}",
                f"--log-error={self._folder / 'log'}",
                "--innodb-flush-log-at-trx-commit=0",  # nothing here outlives the machine
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + _LIMIT_S
        ping = ["mariadb-admin", "--no-defaults", f"--socket={self._socket}", "--user=nobody", "ping"]
        while subprocess.run(ping, capture_output=True, check=False).returncode:
            assert self._server.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < end
            time.sleep(0.2)

    def stop(self) -> None:
        self._server.terminate()
        self._server.wait(_LIMIT_S)

    def run(self, statements: str) -> str:
        return self._client(statements, DATABASE)

    def seed(self, realm: str, size: int) -> None:
        self.run(_SEED.format(realm=realm, size=size))

    def pause(self, seconds: float) -> str:
        return f"do sleep({seconds});"

    def locked(self, table: str, seconds: float) -> str:
        return f"lock tables {table} write; {self.pause(seconds)} unlock tables;"

    def refuse(self, user_id: str) -> None:
        self.run(_REFUSE.format(user_id=user_id))

    def refuse_nobody(self) -> None:
        self.run("drop trigger refuse")

    def at_work(self) -> int:
        return int(self.run(f"{_CONNECTIONS} <> 'Sleep'"))

    def idle_in_transaction(self) -> int:
        idle = "= 'Sleep' and p.id in (select t.trx_mysql_thread_id from information_schema.innodb_trx t)"
        return int(self.run(f"{_CONNECTIONS} {idle}"))

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def _socket(self) -> Path:
        return self._folder / "socket"

    def _client(self, statements: str, *database: str) -> str:
        command = ["mariadb", "--no-defaults", "--batch", "--skip-column-names", "--user=root"]
        return client([*command, f"--socket={self._socket}", *database], statements)
