"""What a realm's 2FA is set to, and how far its people are."""

from collections.abc import Callable
from dataclasses import dataclass

from keycloak_2fa import timestamps
from keycloak_2fa.api import caller, endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.enforcement import engine
from keycloak_2fa.enforcement.by_extension import Extension
from keycloak_2fa.invitations import invitations
from keycloak_2fa.people import exemptions
from keycloak_2fa.people import storages as user_storages
from keycloak_2fa.people.census import Census, Visit
from keycloak_2fa.people.exemptions import Exemption
from keycloak_2fa.realm import enforcement_state as mark
from keycloak_2fa.realm import extension, guard, roles, settings
from keycloak_2fa.realm.enforcement_state import Counted, Mark, State
from keycloak_2fa.realm.extension import About
from keycloak_2fa.realm.settings import Change, RealmSettings


@dataclass(frozen=True)
class Status:
    """A realm's 2FA as it is now.

    Attributes:
        realm: Its settings.
        mark: The one-time mark.
        engine: What marked the users, or would.
        extension: What the server has of it.
        people: How many stand where; None where they were not counted.
        counted: The figures with their time: counted now, or as they were last; None where they never were.
        total: How many users there are now.
        exemptions: Break-glass accounts, the expired ones too.
        pending_invitations: None where the caller may not see them.
        drift: While the mark says ENFORCING or ON: settings that are no longer as enforcement left them.
        warnings: What the figures do not hold, a sentence each.
    """

    realm: RealmSettings
    mark: Mark
    engine: str
    extension: About | None
    people: Census | None
    counted: Counted | None
    total: int
    exemptions: tuple[Exemption, ...]
    pending_invitations: int | None
    drift: tuple[Change, ...]
    warnings: tuple[str, ...] = ()


FEW = 1_000
"""So many users are read in about two seconds."""


def read(
    api: AdminApi,
    visit: Visit | None = None,
    on_progress: Callable[[int, int], None] = lambda _seen, _total: None,
    *,
    count: bool = True,
) -> Status:
    """Read a realm's status.

    Without the extension counting means to read everybody: Keycloak cannot count who has OTP. What was counted so is
    kept on the mark, where the caller may write it.

    Args:
        api: The caller's connection.
        visit: Given each person of the realm once, where they are counted.
        count: Count in any case; otherwise only where it is quick: by the extension, or few users.
        on_progress: Told how many were seen, of how many.

    Raises:
        Error: The realm is unknown, a role is missing, or the server fails.
    """
    realm = roles.realm_with_people(api, caller.identify(api))
    current = mark.read(api)
    exempt = exemptions.read(api)
    by = engine.choose(api)
    about = by.about if isinstance(by, Extension) else extension.find(api, or_refused=True)
    storages = user_storages.every(api)
    valid = exemptions.valid(exempt, exemptions.today())
    watch = guard.read(api)
    people, counted, total = None, current.counted, 0
    if count or isinstance(by, Extension) or (total := int(api.get(endpoints.users_count(api.settings.realm)))) <= FEW:
        people = by.count(valid, visit, on_progress)
        total = people.population.total
        counted = Counted(timestamps.now(), people.population)
        if count and not isinstance(by, Extension):
            mark.keep_count(api, counted)
    return Status(
        realm=realm,
        mark=current,
        engine=current.engine or by.name,
        extension=about,
        people=people,
        counted=counted,
        total=total,
        exemptions=exempt,
        pending_invitations=invitations.pending(api, realm),
        drift=() if current.state is State.OFF else settings.changes(realm) + guard.drift(watch, current),
        warnings=(
            *user_storages.warnings(storages, user_storages.answering(api, storages)),
            *guard.warnings(watch),
            *guard.can_be_switched_on(watch, current),
            *guard.passed_on(watch, current, counted.population.uncovered if counted else 0),
        ),
    )
