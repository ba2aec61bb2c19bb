"""The plan of `enforce`: what it would do, found out without writing anything."""

from collections.abc import Callable
from dataclasses import dataclass, field

from keycloak_2fa import timestamps
from keycloak_2fa.api import caller
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.enforcement import engine, forecast, preflight
from keycloak_2fa.enforcement.engine import Engine
from keycloak_2fa.invitations import invitations
from keycloak_2fa.people import exemptions, federation, user_profile
from keycloak_2fa.people.census import Census, Visit
from keycloak_2fa.people.exemptions import Exemption
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.refusals import Refusal
from keycloak_2fa.people.register import Register
from keycloak_2fa.realm import enforcement_state, guard, roles
from keycloak_2fa.realm.enforcement_state import EnforcementState
from keycloak_2fa.realm.settings import Change, RealmSettings, plan_settings
from keycloak_2fa.warning_codes import CodedWarning, WarningCode


@dataclass(frozen=True)
class Preview:
    """What enforcing would do.

    Attributes:
        realm: The realm's settings.
        enforcement: The state of enforcement.
        engine: What marked the users, or would.
        people: How many stand where.
        to_mark: How many would be asked.
        named: The first of those who would be asked.
        groups: Of those who would be asked, how many are of which kind.
        refused: Users that the update will refuse, as far as can be foreseen.
        exemptions: Break-glass accounts, the expired ones too.
        pending_invitations: None where the caller may not see them.
        changes: What would be changed on the realm.
        unseen_providers: Names of user providers that do not answer, so that their people were not seen.
        warnings: What Keycloak will do next, a sentence each.
        by: The engine that looked, and that is to do it.
        register: Where each person stands, for `by` to carry out.
    """

    realm: RealmSettings
    enforcement: EnforcementState
    engine: str
    people: Census
    to_mark: int
    named: tuple[Person, ...]
    groups: dict[str, int]
    refused: tuple[Refusal, ...]
    exemptions: tuple[Exemption, ...]
    pending_invitations: int | None
    changes: tuple[Change, ...]
    unseen_providers: tuple[str, ...]
    warnings: tuple[CodedWarning, ...]
    by: Engine | None = field(default=None, repr=False, compare=False)
    register: Register | None = field(default=None, repr=False, compare=False)

    @property
    def nothing_to_do(self) -> bool:
        """Whether enforcing would write nothing, as far as everybody was seen."""
        owed = self.to_mark or self.refused or self.changes or self.unseen_providers
        return self.enforcement.state is enforcement_state.State.ON and not owed


def plan_enforcement(
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
    by = engine.choose_engine(api)
    providers = federation.list_providers(api)
    exempt, today = exemptions.list_exemptions(api), timestamps.today()
    ahead = by.look_ahead(exemptions.valid(exempt, today), providers, visit, on_progress)
    enforcement = enforcement_state.get_state(api)
    said = forecast.warnings(api, realm, rewrites_users=by.rewrites_users) + forecast.exemptions_over(exempt, today)
    said += forecast.first_logins(ahead.to_mark)
    watch = guard.read(api)
    said += guard.warnings(watch) + user_profile.unjudged_warning(ahead.unjudged)
    answering = federation.answering(api, providers)
    said += federation.warnings(providers, answering)
    if preflight.locks_out(api, who):
        sentence = f"{who.username}, the caller, has no OTP here: enforce refuses unless you accept it."
        said.append(WarningCode.CALLER_WITHOUT_OTP.says(sentence))
    open_invitations = invitations.pending(api, realm)
    if open_invitations is None:
        said.append(invitations.NOT_VISIBLE)
    return Preview(
        realm=realm,
        enforcement=enforcement,
        engine=enforcement.engine or by.name,
        people=ahead.people,
        to_mark=ahead.to_mark,
        named=ahead.named,
        groups=ahead.groups,
        refused=ahead.refused,
        exemptions=exempt,
        pending_invitations=open_invitations,
        changes=plan_settings(realm) + guard.changes(watch),
        unseen_providers=federation.silent(providers, answering),
        warnings=tuple(said),
        by=by,
        register=ahead.plan,
    )
