"""What a realm's 2FA is set to, and how far its people are."""

from collections.abc import Callable
from dataclasses import dataclass

from keycloak_2fa import timestamps
from keycloak_2fa.api import caller, endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.enforcement import engine
from keycloak_2fa.enforcement.by_extension import Extension
from keycloak_2fa.invitations import invitations
from keycloak_2fa.people import exemptions, federation
from keycloak_2fa.people.census import Census, Visit
from keycloak_2fa.people.exemptions import Exemption
from keycloak_2fa.realm import enforcement_state, extension, guard, roles
from keycloak_2fa.realm.enforcement_state import Counted, EnforcementState, State
from keycloak_2fa.realm.extension import About
from keycloak_2fa.realm.settings import Change, RealmSettings, plan_settings
from keycloak_2fa.warning_codes import CodedWarning


@dataclass(frozen=True)
class Status:
    """A realm's 2FA as it is now.

    Attributes:
        realm: Its settings.
        enforcement: The state of enforcement.
        engine: What marked the users, or would.
        extension: What the server has of it.
        people: How many stand where; None where they were not counted.
        counted: The figures with their time: counted now, or as they were last; None where they never were.
        total: How many users there are now.
        exemptions: Break-glass accounts, the expired ones too.
        pending_invitations: None where the caller may not see them.
        drift: While it says ENFORCING or ON: settings that are no longer as enforcement left them.
        warnings: What the figures do not hold, a sentence each.
    """

    realm: RealmSettings
    enforcement: EnforcementState
    engine: str
    extension: About | None
    people: Census | None
    counted: Counted | None
    total: int
    exemptions: tuple[Exemption, ...]
    pending_invitations: int | None
    drift: tuple[Change, ...]
    warnings: tuple[CodedWarning, ...] = ()


FEW = 1_000
"""So many users are read in about two seconds."""


def get_status(
    api: AdminApi,
    visit: Visit | None = None,
    on_progress: Callable[[int, int], None] = lambda _seen, _total: None,
    *,
    count: bool = True,
    enforcement: EnforcementState | None = None,
    exempt: tuple[Exemption, ...] | None = None,
) -> Status:
    """Read a realm's status.

    Without the extension, to count means to read all users: Keycloak cannot count users with OTP. That count is kept
    with the state of enforcement, where the caller may write it.

    Args:
        api: The caller's connection.
        visit: Given each person of the realm once, where they are counted.
        count: Count in any case; otherwise only where it is quick: by the extension, or few users.
        on_progress: Told how many were seen, of how many.
        enforcement: The state of enforcement, where it was read already.
        exempt: Every exemption, where they were read already.

    Raises:
        Error: The realm is unknown, a role is missing, or the server fails.
    """
    realm = roles.realm_with_people(api, caller.identify(api))
    enforcement = enforcement_state.get_state(api) if enforcement is None else enforcement
    exempt = exemptions.list_exemptions(api) if exempt is None else exempt
    by = engine.choose_engine(api)
    about = by.about if isinstance(by, Extension) else extension.get_extension(api, or_refused=True)
    providers = federation.list_providers(api)
    valid = exemptions.valid(exempt, timestamps.today())
    watch = guard.read(api)
    people, counted, total = None, enforcement.counted, 0
    if count or isinstance(by, Extension) or (total := int(api.get(endpoints.users_count(api.settings.realm)))) <= FEW:
        people = by.count(valid, visit, on_progress)
        total = people.population.total
        counted = Counted(people.at or timestamps.now(), people.population)
        if count and not isinstance(by, Extension):
            enforcement_state.keep_count(api, counted)
    return Status(
        realm=realm,
        enforcement=enforcement,
        engine=enforcement.engine or by.name,
        extension=about,
        people=people,
        counted=counted,
        total=total,
        exemptions=exempt,
        pending_invitations=invitations.pending(api, realm),
        drift=() if enforcement.state is State.OFF else plan_settings(realm) + guard.drift(watch, enforcement),
        warnings=(
            *federation.warnings(providers, federation.answering(api, providers)),
            *guard.warnings(watch),
            *guard.can_be_switched_on(watch, enforcement),
            *guard.passed_on(watch, enforcement, counted.population.uncovered if counted else 0),
        ),
    )
