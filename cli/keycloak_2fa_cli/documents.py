"""The library's results as the JSON that others read (the contract's names, in its order)."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from keycloak_2fa import timestamps
from keycloak_2fa.enforcement.enforce import Outcome
from keycloak_2fa.enforcement.preview import Preview
from keycloak_2fa.enforcement.status import Status
from keycloak_2fa.people import export
from keycloak_2fa.people.exemptions import Exemption
from keycloak_2fa.people.standing import Standing
from keycloak_2fa.realm.settings import Change, RealmSettings


def status(found: Status) -> dict[str, Any]:
    """Data of `kc2fa status`."""
    return {
        "realm": found.realm.name,
        "state": found.enforcement.state.value,
        "message": found.enforcement.message,
        "started_at": found.enforcement.started_at,
        "enforced_at": found.enforcement.enforced_at,
        "enforced_by": found.enforcement.enforced_by,
        "run_id": found.enforcement.run_id,
        "engine": found.engine,
        "accepted": list(found.enforcement.accepted),
        "otp_policy": otp_policy(found.realm),
        "apps": list(found.realm.apps),
        "extension": asdict(found.extension) | {"parts": list(found.extension.parts)} if found.extension else None,
        "users": users(found),
        "service_accounts": found.people.service_accounts if found.people else None,
        "exemptions": exemptions(found.exemptions),
        "new_users_covered": found.realm.new_users_covered,
        "invitations": {"pending": found.pending_invitations},
        "drift": changes(found.drift),
    }


def users(found: Status) -> dict[str, Any]:
    """How many users stand where; where they were never counted only how many there are."""
    if found.counted is None:
        figures = dict.fromkeys(("enrolled", "pending", "uncovered", "exempt", "counted_at"))
        return {"total": found.total, **figures}
    people = found.counted.population
    return {
        "total": people.total,
        "enrolled": people.enrolled,
        "pending": people.pending,
        "uncovered": people.uncovered,
        "exempt": people.exempt,
        "counted_at": found.counted.at,
    }


def report(found: Status, at: str) -> dict[str, Any]:
    """Data of `kc2fa report`, without the people: how many there must be, and what the figures do not hold."""
    people = found.people
    if people is None:
        raise ValueError("a report counts everybody")
    population = people.population
    return {
        **status(found),
        "generated_at": at,
        "reconciliation": {
            "counted_by_keycloak": people.counted,
            "rows": population.total,
            "enrolled": population.enrolled,
            "asked": population.pending,
            "exempt": population.exempt,
            "uncovered": population.uncovered,
            "difference": population.total - people.counted,
        },
        "notes": list(found.warnings),
    }


def preview(found: Preview) -> dict[str, Any]:
    """Data of `kc2fa preview`."""
    people = found.people.population
    return {
        "realm": found.realm.name,
        "state": found.enforcement.state.value,
        "run_id": found.enforcement.run_id,
        "engine": found.engine,
        "users": {
            "total": people.total,
            "enrolled": people.enrolled,
            "to_mark": found.to_mark,
            "already_marked": people.pending,
            "exempt": people.exempt,
            "failed": len(found.refused),
        },
        "groups": found.groups,
        "people": [export.row(each, Standing.UNCOVERED) for each in found.named],
        "people_omitted": found.to_mark - len(found.named),
        "service_accounts": found.people.service_accounts,
        "exemptions": exemptions(found.exemptions),
        "invitations": {"pending": found.pending_invitations},
        "failures": [asdict(each) for each in found.refused],
        "changes": changes(found.changes),
    }


def enforcement(done: Outcome) -> dict[str, Any]:
    """Data of `kc2fa enforce`."""
    swept, people = done.sweep, done.sweep.population
    return {
        "realm": done.realm.name,
        "state": done.enforcement.state.value,
        "message": done.enforcement.message,
        "run_id": done.enforcement.run_id,
        "engine": done.engine,
        "users": {
            "total": people.total,
            "enrolled": people.enrolled,
            "marked": swept.marked,
            "already_marked": people.pending - swept.marked,
            "exempt": people.exempt,
            "failed": len(swept.refused),
        },
        "service_accounts": done.service_accounts,
        "exemptions": exemptions(done.exemptions),
        "invitations": {"pending": done.pending_invitations},
        "failures": [asdict(each) for each in swept.refused],
        "passes": swept.passes,
        "seconds": round(done.seconds, 3),
        "changes": changes(done.changes),
    }


def changes(made: tuple[Change, ...]) -> list[dict[str, Any]]:
    """Changes of settings."""
    return [asdict(each) for each in made]


def exemptions(kept: Iterable[Exemption]) -> list[dict[str, Any]]:
    """Break-glass accounts."""
    today = timestamps.today()
    return [
        asdict(each)
        | {
            "expires": each.expires.isoformat(),
            "expired": each.expired(today),
            "accounted": each.accounted(today),
        }
        for each in kept
    ]


def otp_policy(realm: RealmSettings) -> dict[str, Any]:
    """The OTP policy."""
    policy = realm.policy
    return {
        "type": policy.type,
        "algorithm": policy.algorithm,
        "digits": policy.digits,
        "period": policy.period,
        "compatible": policy.compatible,
    }
