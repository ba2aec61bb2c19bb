"""Copies of a realm's flows in which everybody is asked for a second factor.

The flow that is copied stays as it is, and so does what the copy asks of whom: a sub-flow at the end asks
whoever was asked for no second factor before. "OTP Form" lets a person who has no OTP set it up, in the
browser; to a direct grant Keycloak answers "Account is not fully set up".
"""

from dataclasses import dataclass
from itertools import count

from keycloak_2fa import flow_api, flows
from keycloak_2fa.admin_api import AdminApi
from keycloak_2fa.errors import NotHoldingError
from keycloak_2fa.flows import Flow
from keycloak_2fa.realm_reading import RealmReading

_OTP_FORM = "auth-otp-form"
_DIRECT_GRANT_OTP = "direct-grant-validate-otp"
_RESET_OTP = "reset-otp"


@dataclass(frozen=True)
class NewFlow:
    """A flow that demands a second factor."""

    id: str
    alias: str


class StillOpenError(NotHoldingError):
    """What was to be closed is not."""

    code = "still-open"


def name_for(realm: RealmReading, alias: str | None, *, judged_elsewhere: frozenset[str]) -> str:
    """The name of the flow that demands a second factor in place of another one.

    Args:
        realm: The realm.
        alias: The flow to be replaced; None for the flow after an identity provider that has none.
        judged_elsewhere: See `flows.demands`.

    Returns:
        The name of one that exists and demands it, or else a name that is free: one that was left half
        made by an interruption is left alone.
    """
    taken = set(realm.flow_aliases.values())
    stem = f"{alias or 'identity provider'} with 2FA"
    names = (stem if number == 1 else f"{stem} {number}" for number in count(1))
    return next(
        name for name in names if name not in taken or flows.demands(realm.flow(name), elsewhere=judged_elsewhere)
    )


def make(api: AdminApi, alias: str | None, name: str, *, judged_elsewhere: frozenset[str]) -> NewFlow:
    """Make a flow that demands a second factor, unless it is there.

    Args:
        api: The caller's connection.
        alias: The flow to copy; None for a new one that does nothing but ask for OTP.
        name: Its name, see `name_for`.
        judged_elsewhere: See `flows.demands`.

    Raises:
        StillOpenError: The flow of that name, read again, does not demand it.
    """
    begun = False

    def job() -> NewFlow:
        nonlocal begun
        there = {each: flow_id for flow_id, each in flow_api.aliases(api).items()}
        if begun and name in there:
            # Of which request before the fault the server did what, is not known: away with all of it.
            flow_api.remove(api, there.pop(name))
        if name in there:
            return NewFlow(there[name], name)
        begun = True
        return _made(api, alias, name, judged_elsewhere)

    new = api.begun_again(job)
    if not flows.demands(flow_api.read(api, new.id, name), elsewhere=judged_elsewhere):
        raise StillOpenError(
            f"The flow {name!r} does not demand a second factor, so it was not bound.",
            "Somebody else may be changing it: remove it in the admin console, and run again.",
        )
    return new


def _made(api: AdminApi, alias: str | None, name: str, judged_elsewhere: frozenset[str]) -> NewFlow:
    if alias is None:
        new = NewFlow(flow_api.create(api, name, "Asks for a one-time code"), name)
        flow_api.add_step(api, new.id, _OTP_FORM)
        return new
    new = NewFlow(flow_api.copy(api, alias, name), name)
    copy = flow_api.read(api, new.id, name)
    for step_id in flows.switched_off_with(copy, _RESET_OTP):
        # Whoever gives the old code needs no new device; whoever cannot is helped by an administrator.
        flow_api.set_requirement(api, name, step_id, "DISABLED")
    for level in flows.open_levels(copy, elsewhere=judged_elsewhere) or ():
        _close(api, name, level, direct_grant=_is_direct_grant(copy))
    return new


def _close(api: AdminApi, name: str, level: Flow, *, direct_grant: bool) -> None:
    """Demand a second factor at the end of a level of whoever was asked for none in it."""
    asked_sometimes = flows.conditional_second_factors(level)
    if not asked_sometimes and not direct_grant:
        flow_api.add_step(api, level.id, _OTP_FORM)
        return
    if not asked_sometimes:
        # The OTP Form has no page to show in a direct grant: who has OTP gives the code as a parameter.
        otp = flow_api.add_sub_flow(api, level.alias, f"{level.alias} OTP", "For whoever has OTP")
        flow_api.add_step(api, otp, "conditional-user-configured")
        flow_api.add_step(api, otp, _DIRECT_GRANT_OTP)
        flow_api.set_requirement(api, name, otp, "CONDITIONAL")
        asked_sometimes = frozenset({f"{level.alias} OTP"})
    others = flow_api.add_sub_flow(api, level.alias, f"{level.alias} set-up", "For whoever was not asked for a code")
    for alias in sorted(asked_sometimes):
        config = {"flow_to_check": alias, "check_result": "not-executed"}
        flow_api.add_step(api, others, flows.SUB_FLOW_EXECUTED, config)
    flow_api.add_step(api, others, _OTP_FORM)
    flow_api.set_requirement(api, name, others, "CONDITIONAL")


def _is_direct_grant(flow: Flow) -> bool:
    return any((step.provider or "").startswith("direct-grant-") for step in flow.walk())
