"""One step by which `harden` closes a way around 2FA: what it changes, and what it does to logins."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.realm.settings import Change


class Effect(Enum):
    """What a step does to logins."""

    DEMANDS_OTP = auto()
    """Users without OTP must set it up from now on, also where 2FA is OFF."""

    ASKS_EXEMPT = auto()
    """Exempt users are asked like everybody."""

    STOPS_DIRECT_GRANTS = auto()
    """Direct access grants of users without OTP are refused."""

    STOPS_RESET_BY_MAIL = auto()
    """A forgotten password is reset only with the old code."""

    ENABLES_SET_UP = auto()
    """CONFIGURE_TOTP is on, so that users can set up OTP."""


@dataclass(frozen=True)
class Fix:
    """One step.

    Attributes:
        target: What it writes to, as an id: of two steps with the same one, one is enough.
        changes: The settings that it changes.
        carry_out: Takes it.
        effects: What it does to logins.
        client_id: The client whose logins alone it concerns; None for those of the realm.
    """

    target: str
    changes: tuple[Change, ...]
    carry_out: Callable[[AdminApi], object]
    effects: frozenset[Effect] = frozenset()
    client_id: str | None = None


def write(api: AdminApi, settings: Mapping[str, object]) -> None:
    """Write settings of the realm, and no others: with `attributes` Keycloak would replace all of them."""
    api.call(api.keycloak.update_realm, api.realm, dict(settings))
