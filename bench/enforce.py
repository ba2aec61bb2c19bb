"""How fast enforcing is: beside the same requests without our care, and beside a plain python-keycloak loop.

All three run in one go on one warm server, each time on a fresh realm. Exit code 1 where a promise is broken.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

import aiohttp

import own_server
from database import made
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.enforcement import preflight
from keycloak_2fa.enforcement.enforce import enforce
from keycloak_2fa.realm.required_action import ALIAS
from keycloak_2fa.settings import EngineChoice
from realms import Realm

PEOPLE_IN_A_PAGE = 100
IDS_IN_A_PAGE = 5_000
PAGES_AT_ONCE = 3
WARM_UP_PEOPLE = 4_000


@dataclass(frozen=True)
class Contender:
    """One way to mark everybody.

    Attributes:
        name: As the table shows it.
        mark: Does it, for a realm and with so many writes in flight.
        most: How many people it is given at the most: its rate is what counts.
    """

    name: str
    mark: Callable[[Realm, int], None]
    most: int = sys.maxsize


def serial(realm: Realm, _in_flight: int) -> None:
    """What a script with python-keycloak does: one request after the other."""
    keycloak = realm.caller()
    for first in range(0, realm.people, PEOPLE_IN_A_PAGE):
        for user in keycloak.get_users({"first": first, "max": PEOPLE_IN_A_PAGE, "briefRepresentation": "false"}):
            keycloak.update_user(user["id"], {"requiredActions": [*user["requiredActions"], ALIAS]})


def bare(realm: Realm, in_flight: int) -> None:
    """The requests that `ours` sends for people, without its checks, decisions, retries and counts."""
    asyncio.run(_bare(realm, realm.token(), in_flight))


async def _bare(realm: Realm, token: str, in_flight: int) -> None:
    users = f"{realm.server_url}/admin/realms/{realm.name}/users"
    slots, pages = asyncio.Semaphore(in_flight), asyncio.Semaphore(PAGES_AT_ONCE)
    async with aiohttp.ClientSession(
        headers={"Authorization": f"Bearer {token}"},
        connector=aiohttp.TCPConnector(limit=in_flight + PAGES_AT_ONCE),
        raise_for_status=True,
    ) as http:

        async def get(**query: str | int) -> list[dict[str, object]]:
            async with http.get(users, params=query) as response:
                return list(await response.json())

        async def put(user_id: object) -> None:
            async with http.put(f"{users}/{user_id}", json={"requiredActions": [ALIAS]}) as response:
                await response.read()
            slots.release()

        async def mark_page(first: int, tasks: asyncio.TaskGroup) -> None:
            async with pages:
                for user in await get(briefRepresentation="false", first=first, max=PEOPLE_IN_A_PAGE):
                    await slots.acquire()
                    tasks.create_task(put(user["id"]))

        async with asyncio.TaskGroup() as tasks:
            for first in range(0, realm.people, PEOPLE_IN_A_PAGE):
                tasks.create_task(mark_page(first, tasks))
        for first in range(0, realm.people, IDS_IN_A_PAGE):
            await get(briefRepresentation="true", first=first, max=IDS_IN_A_PAGE)


def ours(realm: Realm, in_flight: int) -> None:
    """The whole call: login, checks, the mark, the realm's settings, people, the last reading."""
    done = enforce(AdminApi(realm.settings(in_flight, EngineChoice.ADMIN_API)), consent=preflight.CONSENT)
    assert done.sweep.marked == realm.people, done.sweep


OURS, BARE, SERIAL = "kc2fa", "bare aiohttp", "serial python-keycloak"
CONTENDERS = [Contender(SERIAL, serial, most=1_000), Contender(BARE, bare), Contender(OURS, ours)]
PROMISES = {BARE: 0.95, SERIAL: 2.0}
"""How many times as fast as each of these we are at the least."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=5_000, help="people in a realm (5000)")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each (3)")
    parser.add_argument("--in-flight", type=int, default=16, help="writes at once (16)")
    own_server.choice(parser)
    wanted = parser.parse_args()
    with own_server.chosen(wanted) as (server, database):

        def rate(contender: Contender, people: int) -> float:
            realm = made(server, database, min(people, contender.most))
            began = perf_counter()
            contender.mark(realm, wanted.in_flight)
            return realm.people / (perf_counter() - began)

        print("Warming up ...", file=sys.stderr)
        for contender in CONTENDERS:
            rate(contender, WARM_UP_PEOPLE)
        rounds = []
        for number in range(wanted.rounds):
            # Each is first, second and last in turn: the server is still getting faster while it is measured.
            turn = number % len(CONTENDERS)
            order = CONTENDERS[turn:] + CONTENDERS[:turn]
            rounds.append({each.name: rate(each, wanted.users) for each in order})
            print(f"Round {number + 1}:", *(f"{n} {r:.0f}/s " for n, r in rounds[-1].items()), file=sys.stderr)
    return report(rounds)


def report(rounds: list[dict[str, float]]) -> int:
    """Print all figures; 1 where the median of a ratio misses its promise."""
    print(f"{'users/s':24}" + "".join(f"{f'round {n}':>10}" for n, _ in enumerate(rounds, 1)) + f"{'median':>10}")
    for each in CONTENDERS:
        rates = [one[each.name] for one in rounds]
        print(f"{each.name:24}" + "".join(f"{rate:10.0f}" for rate in [*rates, median(rates)]))
    missed = 0
    for name, least in PROMISES.items():
        ratios = [one[OURS] / one[name] for one in rounds]
        kept = median(ratios) >= least
        missed += not kept
        figures = "".join(f"{ratio:10.2f}" for ratio in [*ratios, median(ratios)])
        print(f"{f'{OURS} / {name}':24}{figures}   at least {least}: {'kept' if kept else 'MISSED'}")
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(main())
