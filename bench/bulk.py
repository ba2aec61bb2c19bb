"""One enforcement of very many users by the extension, on a PostgreSQL and a Keycloak of its own.

All have a password, and each tenth a device. In turn: the INSERT ... SELECT in psql, `kc2fa enforce` as a whole command
on the same users, and the same while users come, go and are renamed. Then users' logins to another realm, before and
during a run; `kc2fa status` and `kc2fa report`. Exit code 1 where a promise is broken.
Needs PostgreSQL and the extension's jar (make extension).
"""

import argparse
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter
from typing import Any

import own_server
import realms
from churn import churn
from database import seeded, with_credentials
from extension import APP, CALLBACK, MARK, PASSWORD, UNMARK, row
from keycloak_2fa.login.pages import Done, expect
from keycloak_2fa.login.session import LoginSession
from own_server import Own
from realms import Realm, Server

BUSY_USERS, LOGINS_A_SECOND = 20, 5
AT_REST, CHURNED, WORST_LOGIN = 1.25, 1.3, 3.0
"""At most: the command beside psql; under churn beside at rest; the worst login meanwhile beside the worst at rest."""


# PostgreSQL plans for a table that it knows to be empty as if it stayed so: the one statement in psql would then look
# through all that it has written, again for each user. No production server's table is empty.
OTHER_ACTIONS = """
insert into user_entity (id, realm_id, username, email_constraint, enabled, created_timestamp)
select gen_random_uuid(), 'another-realm', 'person-' || n, gen_random_uuid(), true, 0 from generate_series(1, 1000) n;
insert into user_required_action (user_id, required_action)
select id, 'VERIFY_EMAIL' from user_entity where realm_id = 'another-realm';
vacuum analyze user_required_action;
"""


@dataclass(frozen=True)
class Run:
    """One run of the command.

    Attributes:
        seconds: From its start to its end.
        wal_mb: What the database wrote to its log.
        waits: For how many seconds somebody has waited for a lock, each tenth of a second in which somebody did.
        grown_mb: By how much the server's memory rose at its peak.
    """

    seconds: float
    wal_mb: float
    waits: list[float]
    grown_mb: float


def command(realm: Realm, *arguments: str) -> tuple[float, dict[str, Any]]:
    """Seconds of a whole command, and its data."""
    settings = {
        "KC2FA_SERVER_URL": realm.server_url,
        "KC2FA_REALM": realm.name,
        "KC2FA_CLIENT_ID": realms.CLIENT,
        "KC2FA_CLIENT_SECRET": realms.SECRET,
    }
    began = perf_counter()
    argv = [sys.executable, "-m", "keycloak_2fa_cli", *arguments, "--json"]
    done = subprocess.run(argv, env=os.environ | settings, capture_output=True, text=True, check=False)
    seconds = perf_counter() - began
    assert done.returncode == 0, done.stdout + done.stderr
    return seconds, json.loads(done.stdout)["data"]


def kc2fa(realm: Realm, *, moving: bool = False) -> float:
    """Seconds of the whole of `kc2fa enforce`."""
    seconds, data = command(realm, "enforce", "--confirm", "Enforce 2FA")
    assert (data["state"], data["failures"]) == ("ON", []), data
    users = data["users"]
    assert moving or users["marked"] + users["enrolled"] == users["total"], users
    return seconds


def measured(own: Own, realm: Realm, *, moving: bool = False) -> Run:
    log = own.database.value("select pg_current_wal_insert_lsn()")
    before = own.process.resident_mb()
    own.process.forget_peak()
    with churn(realm) if moving else nullcontext(), own.database.longest_waits() as waits:
        seconds = kc2fa(realm, moving=moving)
    written = own.database.value(f"select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '{log}')")
    return Run(seconds, float(written) / 2**20, waits, own.process.peak_mb() - before)


def busy_realm(server: Server) -> Realm:
    """Another realm of the server, whose users log in all the time."""
    realm = realms.make(server, BUSY_USERS)
    api = realm.caller()
    app = {"clientId": APP, "publicClient": True, "redirectUris": [CALLBACK]}
    api.partial_import_realm(realm.name, {"clients": [app]})
    for user in api.get_users({}):
        api.set_user_password(user["id"], PASSWORD, temporary=False)
    return realm


@contextmanager
def logins(realm: Realm) -> Iterator[list[float]]:
    """Users who log in one after the other, at a steady pace; the seconds of each."""
    seconds: list[float] = []
    end = threading.Event()

    def log_in() -> None:
        turn, due = 0, monotonic()
        while not end.wait(max(0, due - monotonic())):
            began = perf_counter()
            with LoginSession(realm.server_url, realm.name, client_id=APP, redirect_uri=CALLBACK) as window:
                page = window.submit_password(window.open(), f"person-{turn % BUSY_USERS:06d}", PASSWORD)
                expect(page, Done)
            seconds.append(perf_counter() - began)
            turn, due = turn + 1, due + 1 / LOGINS_A_SECOND

    thread = threading.Thread(target=log_in)
    thread.start()
    try:
        yield seconds
    finally:
        end.set()
        thread.join()


@dataclass
class Measurement:
    """What is measured of one realm, round by round."""

    own: Own
    realm: Realm
    psql: list[float] = field(default_factory=list)
    rest: list[Run] = field(default_factory=list)
    churned: list[Run] = field(default_factory=list)
    quiet: list[float] = field(default_factory=list)
    during: list[float] = field(default_factory=list)
    status: list[float] = field(default_factory=list)
    reports: list[float] = field(default_factory=list)
    report_mb: list[float] = field(default_factory=list)

    def unmark(self) -> None:
        self.own.database.run(UNMARK + "checkpoint;", realm=self.realm.name)

    def round(self) -> None:
        def in_psql() -> None:
            self.unmark()
            self.psql.append(self.own.database.run(MARK, realm=self.realm.name))

        def by_kc2fa() -> None:
            self.unmark()
            self.rest.append(measured(self.own, self.realm))

        # Each is first in turn: the machine changes while it is measured.
        for each in (in_psql, by_kc2fa) if len(self.psql) % 2 else (by_kc2fa, in_psql):
            each()
        self.unmark()
        self.churned.append(measured(self.own, self.realm, moving=True))
        said = f"psql {self.psql[-1]:.2f} s, at rest {self.rest[-1].seconds:.2f} s"
        print(f"{said}, under churn {self.churned[-1].seconds:.2f} s", file=sys.stderr)

    def forget(self) -> None:
        self.psql, self.rest, self.churned = [], [], []

    def logins(self, busy: Realm) -> None:
        with logins(busy):
            threading.Event().wait(10.0)  # the server warms up
        with logins(busy) as self.quiet:
            threading.Event().wait(max(20.0, median(each.seconds for each in self.rest)))
        self.unmark()
        with logins(busy) as self.during:
            kc2fa(self.realm, moving=True)

    def readings(self) -> None:
        self.status = [command(self.realm, "status")[0] for _ in range(3)]
        before = self.own.process.resident_mb()
        self.own.process.forget_peak()
        with TemporaryDirectory() as folder:
            self.reports = [command(self.realm, "report", "--output", f"{folder}/report.csv")[0]]
        self.report_mb = [self.own.process.peak_mb() - before]

    def report(self) -> bool:
        """Print the figures; whether all promises are kept."""
        beside = [run.seconds / psql for run, psql in zip(self.rest, self.psql, strict=True)]
        moving = [run.seconds / rest.seconds for run, rest in zip(self.churned, self.rest, strict=True)]
        waits = [wait for run in (*self.rest, *self.churned) for wait in run.waits]
        print(row(f"{self.realm.people:,} users", "median", "least", "most"))
        for name, values in (
            ("the statement in psql, s", self.psql),
            ("kc2fa enforce, s", [run.seconds for run in self.rest]),
            (f"kc2fa / psql, at most {AT_REST}", beside),
            ("kc2fa enforce under churn, s", [run.seconds for run in self.churned]),
            (f"under churn / at rest, at most {CHURNED}", moving),
            ("write-ahead log, MB", [run.wal_mb for run in self.rest]),
            ("memory that the server took for it, MB", [run.grown_mb for run in self.rest]),
            ("kc2fa status, s", self.status),
            ("kc2fa report, s", self.reports),
            ("memory that the server took for it, MB", self.report_mb),
            (f"a login at rest ({len(self.quiet)}), ms", [1000 * each for each in self.quiet]),
            (f"a login meanwhile ({len(self.during)}), ms", [1000 * each for each in self.during]),
        ):
            print(row(name, *(f"{of(values):.2f}" for of in (median, min, max))))
        worst = max(self.during) / max(self.quiet)
        print(row(f"worst login meanwhile / at rest, at most {WORST_LOGIN:.0f}", f"{worst:.2f}"))
        print(
            row(
                "tenths of a second with a wait for a lock / longest, s",
                f"{len(waits)}",
                f"{max(waits, default=0):.2f}",
            )
        )
        return median(beside) <= AT_REST and median(moving) <= CHURNED and worst <= WORST_LOGIN


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=[1_000_000], help="users of each realm (1000000)")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each (3)")
    parser.add_argument("--no-warm-up", action="store_true", help="let the first round count")
    wanted = parser.parse_args()
    kept = True
    with own_server.postgresql() as cluster, own_server.on(cluster, "bench", own_server.JAR) as own:
        busy = busy_realm(own.server)
        own.database.run(OTHER_ACTIONS)
        for size in wanted.people:
            it = Measurement(own, with_credentials(own.database, seeded(own.server, own.database, size)))
            if not wanted.no_warm_up:
                it.round()
                it.forget()
            for _ in range(wanted.rounds):
                it.round()
            it.logins(busy)
            it.readings()
            kept = it.report() and kept
            print(own_server.load())
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
