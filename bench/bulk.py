"""One enforcement of very many users by the extension, on a PostgreSQL and a Keycloak of its own.

`kc2fa enforce` as a whole command beside the same INSERT ... SELECT in psql, and users' logins before and during it.
Exit code 1 where a promise is broken. Needs PostgreSQL and the extension's jar (make extension).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, perf_counter

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.extension.postgresql.cluster import USER, Cluster, programs  # noqa: E402
from tests.extension.postgresql.server import keycloak_on  # noqa: E402

import realms  # noqa: E402
from database import Database, seeded  # noqa: E402
from extension import APP, CALLBACK, MARK, PASSWORD, UNMARK, row  # noqa: E402
from keycloak_2fa.login.pages import Done, expect  # noqa: E402
from keycloak_2fa.login.session import LoginSession  # noqa: E402
from realms import Realm, Server  # noqa: E402

JAR = ROOT / "extension" / "target" / "keycloak-2fa-extension.jar"
BUSY_USERS, LOGINS_A_SECOND = 20, 5


def kc2fa(realm: Realm) -> float:
    """Seconds of the whole command."""
    command = [sys.executable, "-m", "keycloak_2fa_cli", "enforce", "--json", "--confirm", "Enforce 2FA"]
    settings = {
        "KC2FA_SERVER_URL": realm.server_url,
        "KC2FA_REALM": realm.name,
        "KC2FA_CLIENT_ID": realms.CLIENT,
        "KC2FA_CLIENT_SECRET": realms.SECRET,
    }
    began = perf_counter()
    done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=False)
    seconds = perf_counter() - began
    assert done.returncode == 0, done.stdout + done.stderr
    users = json.loads(done.stdout)["data"]["users"]
    assert users["marked"] == realm.people, users
    return seconds


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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000, help="users of the realm (1000000)")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each (3)")
    wanted = parser.parse_args()
    found = programs()
    if found is None or not JAR.exists():
        parser.error("needs PostgreSQL (apt-get install postgresql) and the jar (make extension)")
    with Cluster(found) as cluster, keycloak_on("postgres", cluster.jdbc, USER, "unused", JAR) as running:
        server = Server(running.url, running.username, running.password)
        database = Database(cluster.dsn)
        realm, busy = seeded(server, database, wanted.people), busy_realm(server)

        def unmark() -> None:
            database.run(UNMARK + "checkpoint;", realm=realm.name)

        psql, command, ratio = list[float](), list[float](), list[float]()
        for number in range(-1, wanted.rounds):
            unmark()
            in_psql = database.run(MARK, realm=realm.name)
            unmark()
            by_kc2fa = kc2fa(realm)
            print(f"Round {number + 1}: psql {in_psql:.2f} kc2fa {by_kc2fa:.2f}", file=sys.stderr)
            if number >= 0:
                psql.append(in_psql)
                command.append(by_kc2fa)
                ratio.append(by_kc2fa / in_psql)
        with logins(busy) as quiet:
            threading.Event().wait(max(20.0, statistics.median(command)))
        unmark()
        with logins(busy) as during:
            kc2fa(realm)
    print(row("", "median", "least", "most"))
    for name, values in (
        (f"kc2fa enforce, {wanted.people:,} people, s", command),
        ("the same statement in psql, s", psql),
        ("kc2fa / psql, at most 1.25", ratio),
        (f"a login at rest ({len(quiet)}), ms", [1000 * each for each in quiet]),
        (f"a login meanwhile ({len(during)}), ms", [1000 * each for each in during]),
    ):
        print(row(name, *(f"{of(values):.2f}" for of in (statistics.median, min, max))))
    print(row("worst login meanwhile / at rest, at most 3", f"{max(during) / max(quiet):.2f}"))
    return 0 if statistics.median(ratio) <= 1.25 and max(during) <= 3 * max(quiet) else 1


if __name__ == "__main__":
    sys.exit(main())
