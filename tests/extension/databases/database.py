"""A database of the system's own package under a Keycloak, with what each kind says in its own words."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

USER, PASSWORD, DATABASE = "keycloak", "made-for-a-test-only", "keycloak"


class Database(Protocol):
    """A server on loopback, gone with the context that it is.

    Attributes:
        kind: As Keycloak calls it.
        jdbc: Its URL, as Keycloak takes it.
    """

    kind: str

    @property
    def jdbc(self) -> str: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def start(self) -> None: ...

    def stop(self) -> None:
        """Those who are connected are disconnected."""

    def run(self, statements: str) -> str:
        """What its client prints, without headers; ends at the first statement that fails."""

    def seed(self, realm: str, size: int) -> None:
        """Make users of a realm: person-0000001 and so on."""

    def pause(self, seconds: float) -> str:
        """A statement that takes so long."""

    def locked(self, table: str, seconds: float) -> str:
        """Statements that keep everybody else from a table."""

    def refuse(self, user_id: str) -> None:
        """From now on violate a constraint whenever this user is given a required action."""

    def refuse_nobody(self) -> None:
        """The end of `refuse`."""

    def at_work(self) -> int:
        """Keycloak's connections that wait for a statement."""

    def idle_in_transaction(self) -> int:
        """Keycloak's connections that hold a transaction open and do nothing."""


def client(command: Sequence[str], statements: str) -> str:
    """What a database's client prints of statements.

    Raises:
        CalledProcessError: One of them failed.
    """
    done = subprocess.run(command, input=statements, text=True, capture_output=True, check=False)
    try:
        done.check_returncode()
    except subprocess.CalledProcessError as failed:
        failed.add_note(done.stderr)
        raise
    return done.stdout.strip()


def folder_of(account: str) -> Path:
    """A folder of this account's own where we are root: as root no database server runs."""
    folder = Path(tempfile.mkdtemp(prefix="kc2fa-database-"))
    if os.geteuid() == 0:
        shutil.chown(folder, account, account)
    return folder
