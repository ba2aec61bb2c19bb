"""What enforcing would do, found out without writing anything."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from keycloak_2fa import (
    caller,
    census,
    exemptions,
    forecast,
    invitations,
    mark,
    preflight,
    realm_settings,
    refusals,
    workflow,
)
from keycloak_2fa.admin_api import AdminApi
from keycloak_2fa.census import Census, Visit
from keycloak_2fa.exemptions import Exemption
from keycloak_2fa.mark import Mark
from keycloak_2fa.people import Person
from keycloak_2fa.realm_settings import Change, RealmSettings
from keycloak_2fa.refusals import Refusal
from keycloak_2fa.selection import Standing

NAMED_AT_MOST = 100
"""People whom a preview names; `visit` is given everybody."""


@dataclass(frozen=True)
class Preview:
    """What enforcing would do.

    Attributes:
        realm: The realm's settings.
        mark: The one-time mark.
        people: How many stand where.
        to_mark: How many would be asked.
        named: The first of those who would be asked.
        groups: Of those who would be asked, how many are of which kind.
        refused: People whom the update will be refused for, as far as can be foreseen.
        exemptions: Break-glass accounts, the expired ones too.
        pending_invitations: None where the caller may not see them.
        changes: What would be changed on the realm.
        warnings: What Keycloak will do next, a sentence each.
    """

    realm: RealmSettings
    mark: Mark
    people: Census
    to_mark: int
    named: tuple[Person, ...]
    groups: dict[str, int]
    refused: tuple[Refusal, ...]
    exemptions: tuple[Exemption, ...]
    pending_invitations: int | None
    changes: tuple[Change, ...]
    warnings: tuple[str, ...]

    @property
    def nothing_to_do(self) -> bool:
        """Whether enforcing would write nothing."""
        return self.mark.state is mark.State.ON and not self.to_mark and not self.refused and not self.changes


def kinds(person: Person) -> list[str]:
    """The groups that a person counts in."""
    return [
        "enabled" if person.enabled else "disabled",
        "from a user storage" if person.federation else "local",
        "with email" if person.email else "without email",
        *(["with other required actions"] if person.required_actions else []),
    ]


def make(
    api: AdminApi,
    visit: Visit = lambda _person, _standing: None,
    on_progress: Callable[[int, int], None] = lambda _seen, _total: None,
) -> Preview:
    """Find out what enforcing would do.

    Args:
        api: The logged-in caller's connection; only read with.
        visit: Given each person of the realm once.
        on_progress: Told how many were seen, of how many.

    Raises:
        Error: The realm is unknown, a role is missing, or the server fails.
    """
    who = caller.identify(api)
    realm = realm_settings.read(api)
    profile = api.call(api.keycloak.get_realm_users_profile)
    # Where another way exists the foreseen refusals are none.
    required = frozenset() if workflow.available(api) else refusals.required_attributes(profile)
    named: list[Person] = []
    refused: list[Refusal] = []
    groups: Counter[str] = Counter()
    to_mark = 0

    def look(person: Person, standing: Standing) -> None:
        nonlocal to_mark
        visit(person, standing)
        if standing is not Standing.UNCOVERED:
            return
        if refusal := refusals.foreseen(person, required):
            refused.append(refusal)
            return
        to_mark += 1
        groups.update(kinds(person))
        if len(named) < NAMED_AT_MOST:
            named.append(person)

    exempt, today = exemptions.read(api), exemptions.today()
    people = census.take(api, exempt=exemptions.valid(exempt, today), visit=look, on_progress=on_progress)
    said = forecast.warnings(api, realm, profile) + forecast.exemptions_over(exempt, today)
    if preflight.locks_out(api, who):
        said.append(f"{who.username}, who runs this, has no OTP here: enforce refuses that unless it is accepted.")
    open_invitations = invitations.pending(api, realm)
    if open_invitations is None:
        said.append(invitations.NOT_VISIBLE)
    return Preview(
        realm=realm,
        mark=mark.read(api),
        people=people,
        to_mark=to_mark,
        named=tuple(named),
        groups=dict(groups),
        refused=tuple(refused),
        exemptions=exempt,
        pending_invitations=open_invitations,
        changes=realm_settings.changes(realm),
        warnings=tuple(said),
    )
