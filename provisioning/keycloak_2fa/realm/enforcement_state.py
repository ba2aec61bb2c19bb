"""The state of enforcement: a realm role that says whether 2FA is being enforced or is ON. Only this module knows it.

A role is the one thing of a realm that is created atomically (of 32 callers at once one gets 201, the
others 409), that updates of the realm do not touch, and that carries attributes. Nobody needs to be given it.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from keycloak_2fa import timestamps
from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.responses import ConflictError, NotFoundError
from keycloak_2fa.errors import RoleMissingError
from keycloak_2fa.realm.population import Population

ROLE = "two-factor-enforcement"
_KEPT = "Kept by keycloak-2fa"


class State(StrEnum):
    """What a realm's 2FA is set to."""

    OFF = "OFF"
    ENFORCING = "ENFORCING"
    ON = "ON"


@dataclass(frozen=True)
class Counted:
    """How many users stood where, and when they were counted.

    Attributes:
        at: RFC 3339 in UTC.
        population: The figures.
    """

    at: str
    population: Population


@dataclass(frozen=True)
class Proved:
    """What came of the last `prove`.

    Attributes:
        at: RFC 3339 in UTC.
        holds: Whether every check passed; None where one could not be tried.
        passed: How many checks passed.
        checks: How many there were.
    """

    at: str
    holds: bool | None
    passed: int
    checks: int


@dataclass(frozen=True)
class EnforcementState:
    """The state of enforcement as the realm holds it.

    Attributes:
        state: OFF where there is no such role.
        run_id: Names this enforcement; a second run that helps to finish it keeps it.
        started_at: When it was claimed, RFC 3339 in UTC.
        enforced_at: When it became ON, RFC 3339 in UTC.
        enforced_by: Name of the caller who claimed it.
        engine: What marked the users.
        accepted: Risks that a person accepted.
        counted: The users as they were last counted through the Admin API, where that was kept.
        proved: What came of the last `prove`, where that was kept.
    """

    state: State
    run_id: str | None = None
    started_at: str | None = None
    enforced_at: str | None = None
    enforced_by: str | None = None
    engine: str | None = None
    accepted: tuple[str, ...] = ()
    counted: Counted | None = None
    proved: Proved | None = None

    @property
    def since(self) -> datetime | None:
        """When enforcement was done, or begun; None where it was not, or the role does not tell."""
        if self.state is State.OFF:
            return None
        return timestamps.parse(self.enforced_at) or timestamps.parse(self.started_at)

    @property
    def message(self) -> str:
        """The sentence that an administrator reads."""
        return f"2FA is currently set to: {self.state}"


OFF = EnforcementState(State.OFF)


def get_state(api: AdminApi) -> EnforcementState:
    """The realm's state of enforcement as it is now."""
    try:
        return _from_role(api.call(api.keycloak.get_realm_role, ROLE))
    except NotFoundError:
        return OFF


def list_kept_roles(api: AdminApi) -> list[Mapping[str, Any]]:
    """RoleRepresentations of every role with the description that this product gives: a renamed one too."""
    roles = api.pages(endpoints.roles(api.settings.realm), search=_KEPT, briefRepresentation="false")
    return [each for each in roles if each["name"] != ROLE]


def claim(api: AdminApi, *, run_id: str, by: str, engine: str) -> EnforcementState:
    """Claim the enforcement: ENFORCING with these values, or as the first run has claimed it.

    Creating the role decides: the server lets one caller win. Who comes later, after a crash or at the
    same time, gets what the winner wrote and helps to finish.
    """
    mine = EnforcementState(State.ENFORCING, run_id=run_id, started_at=timestamps.now(), enforced_by=by, engine=engine)
    try:
        api.call(api.keycloak.create_realm_role, _to_role(mine))
    except ConflictError:
        return get_state(api)
    return mine


def finish(api: AdminApi, enforcement: EnforcementState, accepted: Iterable[str] = ()) -> EnforcementState:
    """Set the state to ON, once: what is ON keeps its time and its name, and may gain accepted risks."""
    all_accepted = tuple(sorted({*enforcement.accepted, *accepted}))
    if enforcement.state is State.ON and all_accepted == enforcement.accepted:
        return enforcement
    done = replace(
        enforcement, state=State.ON, enforced_at=enforcement.enforced_at or timestamps.now(), accepted=all_accepted
    )
    return _write(api, done)


def reopen(api: AdminApi, enforcement: EnforcementState) -> EnforcementState:
    """Set a state that is ON back to ENFORCING: a user is not covered, and nobody has accepted that."""
    if enforcement.state is not State.ON:
        return enforcement
    return _write(api, replace(enforcement, state=State.ENFORCING, enforced_at=None))


def keep_count(api: AdminApi, counted: Counted) -> None:
    """Keep how many users stand where: unless 2FA is OFF, and where the caller may write it."""
    _keep(api, counted=counted)


def keep_proof(api: AdminApi, proved: Proved) -> None:
    """Keep what came of a proof: unless 2FA is OFF, and where the caller may write it."""
    _keep(api, proved=proved)


def _keep(api: AdminApi, **known: Any) -> None:
    # Where the role is gone by now there is nothing to keep it on; a viewer keeps nothing.
    with suppress(NotFoundError, RoleMissingError):
        current = get_state(api)
        if current.state is not State.OFF:
            api.call(api.keycloak.update_realm_role, ROLE, _to_role(replace(current, **known)))


def _write(api: AdminApi, enforcement: EnforcementState) -> EnforcementState:
    try:
        api.call(api.keycloak.update_realm_role, ROLE, _to_role(enforcement))
    except NotFoundError:
        # The role was deleted in the meantime. What it said is still true.
        api.call(api.keycloak.create_realm_role, _to_role(enforcement))
    return enforcement


def _to_role(enforcement: EnforcementState) -> dict[str, Any]:
    values = {
        "state": enforcement.state.value,
        "run_id": enforcement.run_id,
        "started_at": enforcement.started_at,
        "enforced_at": enforcement.enforced_at,
        "enforced_by": enforcement.enforced_by,
        "engine": enforcement.engine,
    }
    if enforcement.counted:
        figures = asdict(enforcement.counted.population)
        values |= {"counted_at": enforcement.counted.at} | {
            f"counted_{name}": str(count) for name, count in figures.items()
        }
    if enforcement.proved:
        values |= {f"proved_{name}": str(value) for name, value in asdict(enforcement.proved).items()}
    attributes = {name: [value] for name, value in values.items() if value is not None}
    return {
        "name": ROLE,
        "description": f"{enforcement.message}. {_KEPT}: do not delete, and give it to nobody.",
        "attributes": attributes | ({"accepted": list(enforcement.accepted)} if enforcement.accepted else {}),
    }


def _from_role(role: Mapping[str, Any]) -> EnforcementState:
    attributes: Mapping[str, list[str]] = role.get("attributes") or {}

    def one(name: str) -> str | None:
        return next(iter(attributes.get(name, ())), None)

    # A role whose attributes were emptied still says that enforcement was claimed: the next run finishes it.
    return EnforcementState(
        state=State.ON if one("state") == State.ON else State.ENFORCING,
        run_id=one("run_id"),
        started_at=one("started_at"),
        enforced_at=one("enforced_at"),
        enforced_by=one("enforced_by"),
        engine=one("engine"),
        accepted=tuple(attributes.get("accepted", ())),
        counted=_counted(one),
        proved=_proved(one),
    )


def _counted(one: Callable[[str], str | None]) -> Counted | None:
    at = one("counted_at")
    figures = {each.name: one(f"counted_{each.name}") or "" for each in fields(Population)}
    if at is None or not all(figure.isascii() and figure.isdigit() for figure in figures.values()):
        return None
    return Counted(at, Population(**{name: int(figure) for name, figure in figures.items()}))


_HOLDS = {"True": True, "False": False, "None": None}


def _proved(one: Callable[[str], str | None]) -> Proved | None:
    at, holds, *figures = (one(f"proved_{name}") or "" for name in ("at", "holds", "passed", "checks"))
    if not at or holds not in _HOLDS or not all(figure.isascii() and figure.isdigit() for figure in figures):
        return None
    passed, checks = map(int, figures)
    return Proved(at, _HOLDS[holds], passed, checks)
