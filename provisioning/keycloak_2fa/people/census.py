"""One reading of all users, without writing: how many stand where, and each user for a visit."""

from collections import Counter
from collections.abc import Callable, Container
from dataclasses import dataclass

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.event_loop import async_to_sync
from keycloak_2fa.people.bulk import BulkApi
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.register import KNOWN, Register
from keycloak_2fa.people.standing import NOBODY, Standing, population, standing_of
from keycloak_2fa.realm.population import Population

Visit = Callable[[Person, Standing], None]
"""Is given each person once, in the order of the reading; should keep none of them."""


@dataclass(frozen=True)
class Census:
    """How many stand where.

    Attributes:
        population: People.
        service_accounts: Clients' own users, which are never asked.
        counted: People as the server counted them before the reading; another number than the population's
            total says that users came or went in the meantime.
        at: When they were counted, RFC 3339 in UTC, where that was before this was asked for; None: now.
    """

    population: Population
    service_accounts: int
    counted: int
    at: str | None = None


SECONDS_A_PERSON = 0.002
"""What a reading takes the server, about."""


@async_to_sync
async def take_census(
    api: AdminApi,
    *,
    exempt: Container[str] = NOBODY,
    visit: Visit = lambda _person, _standing: None,
    register: Register | None = None,
    on_progress: Callable[[int, int], None] = lambda _seen, _total: None,
    with_methods: bool = False,
) -> Census:
    """Read everybody once.

    Args:
        api: The caller's connection.
        exempt: Ids of the break-glass accounts.
        visit: Given each person.
        register: Where each person's standing is written down, for a job that goes on from here.
        on_progress: Told before, and after every page, how many were seen, of how many.
        with_methods: Also read what each user logs in with beside the password: one more request for each.
    """
    known = Register() if register is None else register
    standings: Counter[Standing] = Counter()
    async with BulkApi(api) as bulk:
        total, service_accounts = await bulk.counts()
        api.on_reading(total, total * SECONDS_A_PERSON)
        on_progress(0, total)
        links = with_methods and await bulk.has_identity_providers()
        async for page in bulk.people(total):
            # Some are given twice: users came or were renamed meanwhile.
            fresh = [each for each in page if not known.see(each.id)]
            for person in await bulk.with_methods(fresh, links=links) if with_methods else fresh:
                standing = standing_of(person, exempt)
                standings[standing] += 1
                known.put(person.id, KNOWN[standing])
                visit(person, standing)
            on_progress(standings.total(), total)
    return Census(population(standings), service_accounts, total)
