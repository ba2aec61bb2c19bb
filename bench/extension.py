"""What the extension saves and what it costs, on PostgreSQL.

One call marks everybody, beside the same statement typed into psql and beside the Admin API; the report is streamed;
people log in with and without the guard. Exit code 1 where a promise is broken. The realms stay on the server.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from statistics import median
from time import perf_counter

import requests

import realms
from database import Database, seeded
from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.enforcement import preflight
from keycloak_2fa.enforcement.enforce import enforce
from keycloak_2fa.login.pages import Done, expect
from keycloak_2fa.login.session import LoginSession
from keycloak_2fa.people import exemptions
from keycloak_2fa.people.person import Person
from keycloak_2fa.realm import guard
from keycloak_2fa.settings import EngineChoice
from process import Process
from realms import Realm, Server

PEOPLE_OVER_ADMIN_API = 5_000
"""Its rate does not depend on the size of the realm, and 100,000 people would take it many minutes."""
PEOPLE_WHO_LOG_IN, LOGINS_AT_ONCE = 50, 4
LOGIN_BLOCKS = 8
"""In a round. Short ones, for what else the machine does then meets both kinds alike."""
APP, CALLBACK, PASSWORD = "app", "http://127.0.0.1:9/callback", "bench-password"

MARK = """
insert into user_required_action (user_id, required_action)
select u.id, 'CONFIGURE_TOTP' from user_entity u
where u.realm_id = (select id from realm where name = :'realm') and u.service_account_client_link is null
  and not exists (select 1 from credential c where c.user_id = u.id and c.type = 'otp')
  and not exists (select 1 from user_required_action a where a.user_id = u.id and a.required_action = 'CONFIGURE_TOTP')
on conflict do nothing;
"""
UNMARK = """
delete from user_required_action using user_entity u
where user_id = u.id and u.realm_id = (select id from realm where name = :'realm');
vacuum analyze user_required_action;
"""


@dataclass(frozen=True)
class Figures:
    """The same measurement of each round, and what was promised of their median, if anything."""

    name: str
    rounds: list[float]
    at_least: float | None = None
    at_most: float | None = None

    def kept(self) -> bool:
        middle = median(self.rounds)
        return middle >= (self.at_least or 0) and middle <= (self.at_most or middle)

    def __str__(self) -> str:
        line = row(self.name, *(f"{of(self.rounds):.2f}" for of in (median, min, max)))
        limits = [
            f"{word} {limit}" for word, limit in (("at least", self.at_least), ("at most", self.at_most)) if limit
        ]
        return line + "".join(f"   {limit}: {'kept' if self.kept() else 'MISSED'}" for limit in limits)


def row(name: str, *columns: str) -> str:
    return f"{name:50}" + "".join(f"{column:>10}" for column in columns)


def call(realm: Realm) -> None:
    """POST enforce, and nothing around it."""
    answer = request(realm, "POST", endpoints.two_factor_enforce(realm.name), json={"confirm": preflight.CONSENT})
    assert answer.json()["users"]["marked"] == realm.people, answer.text


def request(realm: Realm, method: str, path: str, **more: object) -> requests.Response:
    headers = {"Authorization": f"Bearer {realm.token()}"}
    answer = requests.request(method, f"{realm.server_url}/{path}", headers=headers, timeout=3600, **more)
    answer.raise_for_status()
    return answer


def kc2fa(realm: Realm, engine: EngineChoice) -> None:
    """The whole of `kc2fa enforce`."""
    api = AdminApi(replace(realm.settings(16), engine=engine))
    done = enforce(api, consent=preflight.CONSENT)
    assert done.sweep.marked == realm.people, done.sweep


def timed(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def in_turn(rounds: int, contenders: dict[str, Callable[[], float]]) -> Iterator[dict[str, float]]:
    """Everybody once before it counts; then each is first in turn, for the machine changes while it is measured."""
    for each in contenders.values():
        each()
    names = list(contenders)
    for number in range(rounds):
        turn = number % len(names)
        found = {name: contenders[name]() for name in names[turn:] + names[:turn]}
        print(f"Round {number + 1}:", *(f"{name} {found[name]:.2f} " for name in names), file=sys.stderr)
        yield found


def one_call_and_psql(realm: Realm, database: Database, rounds: int) -> list[Figures]:
    def again(mark: Callable[[], object]) -> float:
        database.run(UNMARK, realm=realm.name)
        return timed(mark)

    found = list(
        in_turn(
            rounds,
            {
                "call": lambda: again(lambda: call(realm)),
                "psql": lambda: again(lambda: database.run(MARK, realm=realm.name)),
            },
        )
    )
    return [
        Figures(f"one call, {realm.people:,} people, s", [each["call"] for each in found]),
        Figures("the same statement in psql, s", [each["psql"] for each in found]),
        Figures("one call / psql", [each["call"] / each["psql"] for each in found], at_most=1.25),
    ]


def extension_and_admin_api(big: Realm, fresh: Callable[[], Realm], database: Database, rounds: int) -> list[Figures]:
    def rate(realm: Realm, engine: EngineChoice) -> float:
        return realm.people / timed(lambda: kc2fa(realm, engine))

    def extension() -> float:
        database.run(UNMARK, realm=big.name)
        return rate(big, EngineChoice.EXTENSION)

    found = list(in_turn(rounds, {"extension": extension, "admin-api": lambda: rate(fresh(), EngineChoice.ADMIN_API)}))
    return [
        Figures(f"kc2fa enforce, extension, {big.people:,} people, /s", [each["extension"] for each in found]),
        Figures(f"kc2fa enforce, Admin API, {PEOPLE_OVER_ADMIN_API:,} people, /s", [e["admin-api"] for e in found]),
        Figures("extension / Admin API", [each["extension"] / each["admin-api"] for each in found], at_least=100),
    ]


def streamed_report(realm: Realm, process: Process, rounds: int) -> list[Figures]:
    seconds, before, grown = list[float](), list[float](), list[float]()
    for _ in range(rounds):
        before.append(process.resident_mb())
        process.forget_peak()
        began = perf_counter()
        with request(realm, "GET", endpoints.two_factor_report(realm.name), stream=True) as answer:
            lines = sum(1 for _ in answer.iter_lines(chunk_size=1 << 16))
        seconds.append(perf_counter() - began)
        grown.append(process.peak_mb() - before[-1])
        assert lines == realm.people, lines
    return [
        Figures(f"report of {realm.people:,} people, s", seconds),
        Figures("resident before, MB", before),
        Figures("peak above that, MB", grown, at_most=100),
    ]


def watched_realm(server: Server) -> Realm:
    """A realm that is ON, and people who need not set up anything: the guard asks all its questions about them."""
    realm = realms.make(server, PEOPLE_WHO_LOG_IN)
    api = AdminApi(realm.settings(16))
    # Hashing made cheap: it is what most of a login's time is spent on, and would hide the guard's.
    api.put(
        endpoints.realm(realm.name),
        {"passwordPolicy": "hashAlgorithm(pbkdf2-sha512) and hashIterations(1)"},
    )
    app = {"clientId": APP, "publicClient": True, "redirectUris": [CALLBACK]}
    api.keycloak.partial_import_realm(realm.name, {"clients": [app]})
    for user in api.keycloak.get_users({"briefRepresentation": "false"}):
        api.keycloak.set_user_password(user["id"], PASSWORD, temporary=False)
        glass = exemptions.new_exemption(
            Person.from_representation(user), reason="bench", approver="bench", expires="2999-12-31", by="bench"
        )
        exemptions.add(api, glass)
    kc2fa(replace(realm, people=0), EngineChoice.EXTENSION)
    return realm


def logins(realm: Realm, number: int) -> None:
    def log_in(turn: int) -> None:
        name = f"person-{turn % PEOPLE_WHO_LOG_IN:06d}"
        with LoginSession(realm.server_url, realm.name, client_id=APP, redirect_uri=CALLBACK) as window:
            expect(window.submit_password(window.open(), name, PASSWORD), Done)

    with ThreadPoolExecutor(LOGINS_AT_ONCE) as pool:
        list(pool.map(log_in, range(number)))


def with_and_without_guard(server: Server, process: Process, number: int, rounds: int) -> list[Figures]:
    watched, unwatched = watched_realm(server), watched_realm(server)
    off = {"alias": guard.ALIAS, "name": guard.ALIAS, "providerId": guard.ALIAS, "enabled": False}
    unwatched.caller().update_required_action(guard.ALIAS, off)
    cpu: dict[str, list[float]] = {watched.name: [], unwatched.name: []}

    def rate(realm: Realm) -> float:
        used = process.cpu_s()
        seconds = timed(lambda: logins(realm, number))
        cpu[realm.name].append(1000 * (process.cpu_s() - used) / number)
        return number / seconds

    found = list(in_turn(rounds, {"with": lambda: rate(watched), "without": lambda: rate(unwatched)}))
    cpu_with, cpu_without = cpu[watched.name][1:], cpu[unwatched.name][1:]
    return [
        Figures("logins with the guard, /s", [each["with"] for each in found]),
        Figures("logins without it, /s", [each["without"] for each in found]),
        Figures("with / without", [each["with"] / each["without"] for each in found], at_least=0.95),
        Figures("the server's CPU in a login with it, ms", cpu_with),
        Figures("the server's CPU in a login without it, ms", cpu_without),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", metavar="URL", required=True, help="one with the extension; see README.md")
    parser.add_argument("--server-pid", metavar="PID", type=int, required=True, help="its Java process, on this Linux")
    parser.add_argument("--database", metavar="DSN", required=True, help="its PostgreSQL, as psql takes it")
    parser.add_argument(
        "--people",
        type=int,
        default=1_000_000,
        help="in one call and in the report; a tenth beside the Admin API (1000000)",
    )
    parser.add_argument("--logins", type=int, default=50, help="logins at a stretch (50)")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each (3)")
    wanted = parser.parse_args()
    database, process = Database(wanted.database), Process(wanted.server_pid)
    with realms.server(wanted.server) as server:
        found = with_and_without_guard(server, process, wanted.logins, LOGIN_BLOCKS * wanted.rounds)
        found += extension_and_admin_api(
            seeded(server, database, wanted.people // 10),
            lambda: seeded(server, database, PEOPLE_OVER_ADMIN_API),
            database,
            wanted.rounds,
        )
        everybody = seeded(server, database, wanted.people)
        found += one_call_and_psql(everybody, database, wanted.rounds)
        found += streamed_report(everybody, process, wanted.rounds)
    print(row("", "median", "least", "most"), *found, sep="\n")
    return 0 if all(each.kept() for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
