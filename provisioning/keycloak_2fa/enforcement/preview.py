"""What enforcing would do, found out without writing anything."""

from collections.abc import Callable
from dataclasses import dataclass, field

from keycloak_2fa.api import caller
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.enforcement import engine, forecast, preflight
from keycloak_2fa.enforcement.engine import Engine
from keycloak_2fa.invitations import invitations
from keycloak_2fa.people import exemptions, user_profile
from keycloak_2fa.people import storages as user_storages
from keycloak_2fa.people.census import Census, Visit
from keycloak_2fa.people.exemptions import Exemption
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.refusals import Refusal
from keycloak_2fa.people.register import Register
from keycloak_2fa.realm import enforcement_state as mark
from keycloak_2fa.realm import guard, roles, settings
from keycloak_2fa.realm.enforcement_state import Mark
from keycloak_2fa.realm.settings import Change, RealmSettings


@dataclass(frozen=True)
class Preview:
    """What enforcing would do.

    Attributes:
        realm: The realm's settings.
        mark: The one-time mark.
        engine: What marked the users, or would.
        people: How many stand where.
        to_mark: How many would be asked.
        named: The first of those who would be asked.
        groups: Of those who would be asked, how many are of which kind.
        refused: People whom the update will be refused for, as far as can be foreseen.
        exemptions: Break-glass accounts, the expired ones too.
        pending_invitations: None where the caller may not see them.
        changes: What would be changed on the realm.
        unseen_storages: Names of user storages that do not answer, so that their people were not seen.
        warnings: What Keycloak will do next, a sentence each.
        by: The engine that looked, and that is to do it.
        plan: Where each person stands, for `by` to carry out.
    """

    realm: RealmSettings
    mark: Mark
    engine: str
    people: Census
    to_mark: int
    named: tuple[Person, ...]
    groups: dict[str, int]
    refused: tuple[Refusal, ...]
    exemptions: tuple[Exemption, ...]
    pending_invitations: int | None
    changes: tuple[Change, ...]
    unseen_storages: tuple[str, ...]
    warnings: tuple[str, ...]
    by: Engine | None = field(default=None, repr=False, compare=False)
    plan: Register | None = field(default=None, repr=False, compare=False)

    @property
    def nothing_to_do(self) -> bool:
        """Whether enforcing would write nothing, as far as everybody was seen."""
        owed = self.to_mark or self.refused or self.changes or self.unseen_storages
        return self.mark.state is mark.State.ON and not owed


def make(
    api: AdminApi,
    visit: Visit | None = None,
    on_progress: Callable[[int, int], None] = lambda _seen, _total: None,
) -> Preview:
    """Find out what enforcing would do.

    Args:
        api: The logged-in caller's connection; only read with.
        visit: Given each person of the realm once, where there is one.
        on_progress: Told how many were seen, of how many.

    Raises:
        Error: The realm is unknown, a role is missing, or the server fails.
    """
    who = caller.identify(api)
    realm = roles.realm_with_people(api, who)
    by = engine.choose(api)
    storages = user_storages.every(api)
    exempt, today = exemptions.read(api), exemptions.today()
    ahead = by.look_ahead(exemptions.valid(exempt, today), storages, visit, on_progress)
    current = mark.read(api)
    said = forecast.warnings(api, realm, rewrites_users=by.rewrites_users) + forecast.exemptions_over(exempt, today)
    watch = guard.read(api)
    said += guard.warnings(watch) + user_profile.unjudged_warning(ahead.unjudged)
    answering = user_storages.answering(api, storages)
    said += user_storages.warnings(storages, answering)
    if preflight.locks_out(api, who):
        said.append(f"{who.username}, who runs this, has no OTP here: enforce refuses that unless it is accepted.")
    open_invitations = invitations.pending(api, realm)
    if open_invitations is None:
        said.append(invitations.NOT_VISIBLE)
    return Preview(
        realm=realm,
        mark=current,
        engine=current.engine or by.name,
        people=ahead.people,
        to_mark=ahead.to_mark,
        named=ahead.named,
        groups=ahead.groups,
        refused=ahead.refused,
        exemptions=exempt,
        pending_invitations=open_invitations,
        changes=settings.changes(realm) + guard.changes(watch),
        unseen_storages=user_storages.silent(storages, answering),
        warnings=tuple(said),
        by=by,
        plan=ahead.plan,
    )
