"""Exempt users at the realm's own flows: which of them are asked for a second factor anyway.

Keycloak's own steps know nothing of exemptions. The extension's do.
"""

from keycloak_2fa import timestamps
from keycloak_2fa.errors import RefusedError, RoleMissingError
from keycloak_2fa.people import lookup
from keycloak_2fa.people.exemptions import Exemption
from keycloak_2fa.people.person import Person
from keycloak_2fa.realm import flows
from keycloak_2fa.verification.snapshot import Snapshot

ACCEPT = "exempt-asked"
"""How a person accepts it, with `--accept`."""


class ExemptAskedError(RefusedError):
    """An exempt user would be asked like everybody."""

    code = "exempt-asked"


def asking_flows(realm: Snapshot) -> tuple[str, ...]:
    """Aliases of the realm's browser and direct grant flows that ask exempt users too. Needs view-realm."""
    settings = realm.settings.representation
    bound = dict.fromkeys([settings["browserFlow"], settings["directGrantFlow"]])
    return tuple(alias for alias in bound if flows.asks_exempt(realm.flow(alias)))


def without_otp(realm: Snapshot) -> tuple[Exemption, ...]:
    """Exempt users that a login asks only where its flow requires a second factor of all users. Needs view-realm.

    Where the caller may not read a user, that one counts too.
    """
    today = timestamps.today()
    return tuple(each for each in realm.exemptions if each.holds(today) and not _has_otp(realm, each.user_id))


def _has_otp(realm: Snapshot, user_id: str) -> bool:
    try:
        user = lookup.get_user(realm.api, user_id)
    except RoleMissingError:
        return False
    # An exemption outlives its user.
    return user is None or Person.from_representation(user).has_otp
