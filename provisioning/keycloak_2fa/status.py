"""What a realm's 2FA is set to, and how far its people are."""

from collections.abc import Callable
from dataclasses import dataclass

from keycloak_2fa import (
    caller,
    engine,
    exemptions,
    guard,
    invitations,
    mark,
    read_roles,
    realm_settings,
    user_storages,
)
from keycloak_2fa.admin_api import AdminApi
from keycloak_2fa.census import Census, Visit
from keycloak_2fa.exemptions import Exemption
from keycloak_2fa.mark import Mark, State
from keycloak_2fa.realm_settings import Change, RealmSettings


@dataclass(frozen=True)
class Status:
    """A realm's 2FA as it is now.

    Attributes:
        realm: Its settings.
        mark: The one-time mark.
        engine: What marked the users, or would.
        people: How many stand where.
        exemptions: Break-glass accounts, the expired ones too.
        pending_invitations: None where the caller may not see them.
        drift: While the mark says ENFORCING or ON: settings that are no longer as enforcement left them.
        warnings: What the figures do not hold, a sentence each.
    """

    realm: RealmSettings
    mark: Mark
    engine: str
    people: Census
    exemptions: tuple[Exemption, ...]
    pending_invitations: int | None
    drift: tuple[Change, ...]
    warnings: tuple[str, ...] = ()


def read(
    api: AdminApi,
    visit: Visit | None = None,
    on_progress: Callable[[int, int], None] = lambda _seen, _total: None,
) -> Status:
    """Read a realm's status. Without the extension it reads everybody: Keycloak cannot count who has OTP.

    Args:
        api: The caller's connection; only read with.
        visit: Given each person of the realm once.
        on_progress: Told how many were seen, of how many.

    Raises:
        Error: The realm is unknown, a role is missing, or the server fails.
    """
    realm = read_roles.realm_with_people(api, caller.identify(api))
    current = mark.read(api)
    exempt = exemptions.read(api)
    by = engine.choose(api)
    storages = user_storages.every(api)
    valid = exemptions.valid(exempt, exemptions.today())
    watch = guard.read(api)
    people = by.count(valid, visit, on_progress)
    return Status(
        realm=realm,
        mark=current,
        engine=current.engine or by.name,
        people=people,
        exemptions=exempt,
        pending_invitations=invitations.pending(api, realm),
        drift=() if current.state is State.OFF else realm_settings.changes(realm) + guard.drift(watch),
        warnings=(
            *user_storages.warnings(storages, user_storages.answering(api, storages)),
            *guard.warnings(watch),
            *guard.can_be_switched_on(watch, current),
            *guard.passed_on(watch, current, people.population.uncovered),
        ),
    )
