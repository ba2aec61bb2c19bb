"""People who are uncovered, and what the realm's events say of how that came about."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.people.census import take_census
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.standing import Standing
from keycloak_2fa.realm.flows import Flow
from keycloak_2fa.timestamps import rfc3339
from keycloak_2fa.verification.findings import Found, Severity

_OTHER_FACTORS = {"webauthn-authenticator": "webauthn", "auth-recovery-authn-code-form": "recovery-authn-codes"}
"""Authenticators, and the type of credential that each asks for."""
NAMED_AT_MOST = 20
"""People who get a finding each; the others are counted in one more, however many there are."""


@dataclass(frozen=True)
class Uncovered:
    """Who has neither OTP nor the set-up due.

    Attributes:
        named: The first of them.
        more: How many others.
    """

    named: tuple[Person, ...]
    more: int


def find(api: AdminApi, exempt: Container[str], on_progress: Callable[[int, int], None]) -> Uncovered:
    """Read everybody once. Needs view-users."""
    named: list[Person] = []

    def look(person: Person, standing: Standing) -> None:
        if standing is Standing.UNCOVERED and len(named) < NAMED_AT_MOST:
            named.append(person)

    taken = take_census(api, exempt=exempt, visit=look, on_progress=on_progress)
    return Uncovered(tuple(named), taken.population.uncovered - len(named))


def story(api: AdminApi, person: Person, since: datetime) -> str | None:
    """What the realm's events say of how a person came to be uncovered. Needs view-events.

    Args:
        api: The caller's connection.
        person: Who.
        since: Earlier events are left out.

    Returns:
        The end of a sentence; None where the realm has kept nothing of it.
    """
    realm = api.settings.realm
    removals = api.get(endpoints.events(realm), user=person.id, type=["REMOVE_TOTP", "REMOVE_CREDENTIAL"], max=10)
    writes = api.get(endpoints.admin_events(realm), resourcePath=f"users/{person.id}*", max=1)
    return removed(removals, since) or written(writes, since)


def removed(events: list[Mapping[str, Any]], since: datetime) -> str | None:
    """That an OTP was removed by its user, if one of the EventRepresentations says so."""
    for event in events:
        of_otp = event["type"] == "REMOVE_TOTP" or (event.get("details") or {}).get("credential_type") == "otp"
        if of_otp and _moment(event) >= since:
            return f"the user removed the OTP at {_said(event)} (event {event['type']})"
    return None


def written(events: list[Mapping[str, Any]], since: datetime) -> str | None:
    """Who wrote the user last, if one of the AdminEventRepresentations says so."""
    for event in events:
        if _moment(event) >= since:
            by = event.get("authDetails") or {}
            who = f"client {by.get('clientId', 'unknown')}, user {by.get('userId', 'unknown')}"
            what = f"{event['operationType']} {event.get('resourceType', '')}".rstrip()
            return f"last changed at {_said(event)} (admin event {what} by {who})"
    return None


def other_factors(flow: Flow) -> frozenset[str]:
    """Types of credentials that a flow asks for in place of OTP. Pure."""
    return frozenset(kind for step in flow.walk() if (kind := _OTHER_FACTORS.get(step.provider or "")))


def holders(api: AdminApi, named: Iterable[Person], kinds: Container[str]) -> frozenset[str]:
    """Ids of those who have a credential of some types. Needs view-users."""

    def holds(person: Person) -> bool:
        stored: Iterable[Mapping[str, Any]] = api.get(endpoints.credentials(api.settings.realm, person.id))
        return any(each.get("type") in kinds for each in stored)

    return frozenset(each.id for each in named if holds(each))


def to_found(
    uncovered: Uncovered, stories: Mapping[str, str | None], holders: Container[str] = frozenset()
) -> Iterator[Found]:
    """One finding for each who is named, and one for all the others. Pure.

    Args:
        uncovered: Who.
        stories: How it came about, by user id, where it is known.
        holders: Ids of users that the browser flow asks for another second factor.
    """
    for person in uncovered.named:
        found = Found(person.username, story=stories.get(person.id))
        yield _of_holder(found) if person.id in holders else found
    if uncovered.more:
        yield Found(f"{uncovered.more} more users", title="Have no OTP and no pending set-up")


def _of_holder(found: Found) -> Found:
    return replace(
        found,
        severity=Severity.MEDIUM,
        title="Has no OTP and is not asked to set it up; has another second factor, which the browser flow asks for",
        why="Flows without that step ask for OTP only: the password alone is enough there, as by direct access grant.",
    )


def _moment(event: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(event["time"] / 1000, UTC)


def _said(event: Mapping[str, Any]) -> str:
    return rfc3339(event["time"] / 1000)
