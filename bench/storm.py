"""The morning after: users who set up OTP at their first login, some at once, with the extension and without it.

Two servers on one PostgreSQL, in turn, each asked for the same. Passwords are hashed as Keycloak does by default, for
that is what a login costs. Needs PostgreSQL and the extension's jar (make extension).
"""

import argparse
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter

import own_server
from database import Database, seeded
from extension import APP, CALLBACK, PASSWORD
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.enforcement import enforce, preflight
from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import Done, SetUpTotp, expect
from keycloak_2fa.login.session import LoginSession
from process import Process
from realms import Realm, Server

WARM_UP = 60

SAME_PASSWORD = """
insert into credential (id, type, user_id, created_date, secret_data, credential_data, priority)
select gen_random_uuid(), model.type, u.id, model.created_date, model.secret_data, model.credential_data, model.priority
from user_entity u, credential model join user_entity first on first.id = model.user_id
where first.realm_id = u.realm_id and first.username = 'person-1' and u.username <> 'person-1'
  and u.service_account_client_link is null and u.realm_id = (select id from realm where name = :'realm');
analyze credential;
"""


@dataclass(frozen=True)
class Stretch:
    """So many logins.

    Attributes:
        per_s: How many a second.
        p95_ms: How long all but one in twenty took, from the first page to the app, at the most.
        cpu_ms: The server's CPU for each.
    """

    per_s: float
    p95_ms: float
    cpu_ms: float


class Contender:
    """A server with a realm whose users have not logged in yet."""

    def __init__(self, name: str, server: Server, database: Database, process: Process, users: int) -> None:
        self.name, self._process, self._next = name, process, 1
        self._realm = seeded(server, database, users)
        admin = self._realm.caller()
        client = {"clientId": APP, "publicClient": True, "redirectUris": [CALLBACK]}
        admin.partial_import_realm(self._realm.name, {"clients": [client]})
        admin.set_user_password(admin.get_user_id("person-1"), PASSWORD, temporary=False)
        database.run(SAME_PASSWORD, realm=self._realm.name)

    def enforce(self) -> None:
        enforce.enforce(AdminApi(self._realm.settings(16)), consent=preflight.CONSENT)

    def logins(self, number: int, at_once: int, log_in: Callable[[Realm, str], None]) -> Stretch:
        names = [f"person-{each}" for each in range(self._next, self._next + number)]
        self._next += number

        def timed(name: str) -> float:
            began = perf_counter()
            log_in(self._realm, name)
            return perf_counter() - began

        used, began = self._process.cpu_s(), perf_counter()
        with ThreadPoolExecutor(at_once) as pool:
            each = list(pool.map(timed, names))
        seconds, cpu = perf_counter() - began, self._process.cpu_s() - used
        return Stretch(number / seconds, 1000 * quantiles(each, n=20)[-1], 1000 * cpu / number)


def by_password(realm: Realm, name: str) -> None:
    with LoginSession(realm.server_url, realm.name, client_id=APP, redirect_uri=CALLBACK) as window:
        expect(window.submit_password(window.open(), name, PASSWORD), Done)


def with_set_up(realm: Realm, name: str) -> None:
    with LoginSession(realm.server_url, realm.name, client_id=APP, redirect_uri=CALLBACK) as window:
        page = expect(window.submit_password(window.open(), name, PASSWORD), SetUpTotp)
        expect(window.set_up_totp(page, Authenticator.typed(page.secret).code(), "phone"), Done)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logins", type=int, default=100, help="in a stretch (100)")
    parser.add_argument("--rounds", type=int, default=5, help="stretches of each (5)")
    parser.add_argument("--at-once", type=int, default=4, help="users who log in at the same time (4)")
    wanted = parser.parse_args()
    users = 2 * WARM_UP + 2 * wanted.rounds * wanted.logins + 1
    with ExitStack() as stack:
        cluster = stack.enter_context(own_server.postgresql())
        contenders = []
        for name, jar in (("without", None), ("with", own_server.JAR)):
            ours = stack.enter_context(own_server.on(cluster, f"storm_{name}", jar))
            contenders.append(Contender(name, ours.server, ours.database, ours.process, users))
        found: dict[tuple[str, str], list[Stretch]] = {}

        def measure(what: str, log_in: Callable[[Realm, str], None]) -> None:
            for each in contenders:
                each.logins(WARM_UP, wanted.at_once, log_in)
            for number in range(wanted.rounds):
                for each in contenders if number % 2 else reversed(contenders):
                    stretch = each.logins(wanted.logins, wanted.at_once, log_in)
                    found.setdefault((what, each.name), []).append(stretch)
                    print(f"Round {number + 1}: {what}, {each.name} the extension: {stretch}", file=sys.stderr)

        measure("password alone, before", by_password)
        for each in contenders:
            each.enforce()
        measure("first login, with set-up", with_set_up)
    print(f"{'':55}{'logins/s':>10}{'p95, ms':>10}{'CPU, ms':>10}")
    for (what, name), stretches in found.items():
        figures = (median(getattr(each, figure) for each in stretches) for figure in ("per_s", "p95_ms", "cpu_ms"))
        print(f"{f'{what}, {name} the extension':55}" + "".join(f"{each:10.1f}" for each in figures))
    print(own_server.load())
    return 0


if __name__ == "__main__":
    sys.exit(main())
