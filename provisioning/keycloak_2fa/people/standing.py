"""Who is asked to set up 2FA and who is left alone. Pure: this module alone decides (contract, rule 2)."""

from collections import Counter
from collections.abc import Container
from enum import StrEnum

from keycloak_2fa.people.person import Person
from keycloak_2fa.realm.population import Population
from keycloak_2fa.realm.required_action import ALIAS


class Standing(StrEnum):
    """Where a person stands with 2FA."""

    ENROLLED = "enrolled"
    """Has an OTP credential. Left alone: the action would demand a second device."""

    PENDING = "asked"
    """Has CONFIGURE_TOTP due at the next login."""

    EXEMPT = "exempt"
    """A break-glass account, left alone on purpose."""

    UNCOVERED = "uncovered"
    """Neither: the next login asks for a password only."""


NOBODY: frozenset[str] = frozenset()


def standing_of(person: Person, exempt: Container[str] = NOBODY) -> Standing:
    """Where one person stands.

    Args:
        person: Disabled people count like the others: they may be enabled again.
        exempt: Ids of the break-glass accounts.
    """
    if person.has_otp:
        return Standing.ENROLLED
    if ALIAS in person.required_actions:
        return Standing.PENDING
    return Standing.EXEMPT if person.id in exempt else Standing.UNCOVERED


def actions_to_write(person: Person) -> list[str]:
    """The required actions to store: all that were due, and CONFIGURE_TOTP. The list replaces the stored one."""
    return [*person.required_actions, ALIAS]


def population(counts: Counter[Standing]) -> Population:
    """The population that a count of standings amounts to."""
    return Population(**{each.name.lower(): counts[each] for each in Standing})
