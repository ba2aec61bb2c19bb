"""What a reading of everybody promises: who would be asked, of which kind, and who cannot be."""

from collections import Counter
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.people import federation, refusals, user_profile, workflow
from keycloak_2fa.people.census import Census, Visit, take_census
from keycloak_2fa.people.federation import FederationProvider
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.refusals import Refusal
from keycloak_2fa.people.register import Register
from keycloak_2fa.people.standing import Standing

NAMED_AT_MOST = 100
"""Users that a preview names; a visit gets all of them."""


@dataclass(frozen=True)
class Outlook:
    """What enforcing would meet.

    Attributes:
        people: How many stand where.
        to_mark: How many would be asked.
        named: The first of those who would be asked.
        groups: Of those who would be asked, how many are of which kind.
        refused: Users that the update will refuse, as far as can be foreseen.
        plan: Where each person stands, for the sweep that carries this out; None where the server does it.
        unjudged: Validators of the user profile whose refusals cannot be foreseen.
    """

    people: Census
    to_mark: int
    named: tuple[Person, ...]
    groups: dict[str, int]
    refused: tuple[Refusal, ...]
    plan: Register | None = field(default=None, repr=False, compare=False)
    unjudged: tuple[str, ...] = ()


def kinds(person: Person) -> list[str]:
    """The groups that a person counts in."""
    return [
        "enabled" if person.enabled else "disabled",
        "from a user federation provider" if person.federation else "local",
        "with email" if person.email else "without email",
        *(["with other required actions"] if person.required_actions else []),
    ]


def look_ahead(
    api: AdminApi,
    exempt: Container[str],
    providers: Iterable[FederationProvider],
    visit: Visit | None,
    on_progress: Callable[[int, int], None],
) -> Outlook:
    """Read everybody once through the Admin API.

    Args:
        api: The caller's connection.
        exempt: Ids of the break-glass accounts.
        providers: The realm's user providers.
        visit: Given each person of the realm once.
        on_progress: Told how many were seen, of how many.
    """
    # Where another way exists the foreseen refusals are none.
    profile = (
        user_profile.NOTHING_REQUIRED
        if workflow.available(api)
        else user_profile.read(api.call(api.keycloak.get_realm_users_profile))
    )
    unwritable = federation.unwritable(providers)
    named: list[Person] = []
    refused: list[Refusal] = []
    groups: Counter[str] = Counter()
    plan = Register()
    to_mark = 0

    def look(person: Person, standing: Standing) -> None:
        nonlocal to_mark
        if visit:
            visit(person, standing)
        if standing is not Standing.UNCOVERED:
            return
        if refusal := refusals.foreseen(person, profile, unwritable):
            refused.append(refusal)
            return
        to_mark += 1
        groups.update(kinds(person))
        if len(named) < NAMED_AT_MOST:
            named.append(person)

    people = take_census(api, exempt=exempt, visit=look, register=plan, on_progress=on_progress)
    return Outlook(people, to_mark, tuple(named), dict(groups), tuple(refused), plan, profile.unjudged)
