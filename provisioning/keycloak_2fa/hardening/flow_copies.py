"""Copies of a realm's flows in which everybody is asked for a second factor.

The flow that is copied stays as it is. Where the server has the extension, the copy ends in its step, which lets exempt
users through and has a user without OTP set it up there. Elsewhere a sub-flow at the end asks users who were not asked
before: "OTP Form" has a user without OTP set it up after the flow, in the browser; to a direct grant
Keycloak answers "Account is not fully set up".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.responses import ConflictError
from keycloak_2fa.errors import NotHoldingError, RefusedError
from keycloak_2fa.realm import flow_api, flows
from keycloak_2fa.realm.flows import Flow, Step
from keycloak_2fa.verification.snapshot import Snapshot

_OTP_FORM = "auth-otp-form"
_DIRECT_GRANT_OTP = "direct-grant-validate-otp"

_LONGEST = 255
"""Characters of an alias, in Keycloak's database."""

_SHORTEST = 20
"""Characters of a copy's alias that tell it from others."""

_RESERVED = re.compile(r"[:/?#@!$&()*+,;=\[\]\\]")
"""What Keycloak refuses in the alias of a new flow; one that was imported may have it."""

_OURS = re.compile(r"(?P<stem>.+?) with 2FA(?: \d+)?")


@dataclass(frozen=True)
class NewFlow:
    """A flow that demands a second factor."""

    id: str
    alias: str


@dataclass(frozen=True)
class Blueprint:
    """A flow to bind in place of another one.

    Attributes:
        source: Alias of the flow that is copied; None for a new one that does nothing but ask for a second factor.
        name: Its alias.
        direct_grant: Whether it is for direct grants, which have no pages.
        by_extension: Whether it asks by the extension's step.
        elsewhere: See `flows.demands`.
    """

    source: str | None
    name: str
    direct_grant: bool
    by_extension: bool
    elsewhere: frozenset[str]

    @property
    def step(self) -> str:
        """The extension's authenticator for it."""
        return flows.DIRECT_GRANT if self.direct_grant else flows.FORM

    def fits(self, flow: Flow) -> bool:
        """Whether a flow is what this makes."""
        return flows.demands(flow, elsewhere=self.elsewhere) and not (self.by_extension and _can_be_better(flow))


class StillOpenError(NotHoldingError):
    """What was to be closed is not."""

    code = "still-open"


class AliasTooLongError(RefusedError):
    """Keycloak cannot copy the flow, because a copy's aliases are longer."""

    code = "alias-too-long"


def plan(
    realm: Snapshot, alias: str | None, *, direct_grant: bool = False, elsewhere: frozenset[str]
) -> Blueprint | None:
    """The flow to bind in place of another one.

    Args:
        realm: The realm.
        alias: The flow that is bound; None where there is none.
        direct_grant: Whether it is for direct grants.
        elsewhere: See `flows.demands`.

    Returns:
        None where the flow demands a second factor already and cannot do it better, or where a step at the end of its
        levels cannot make it do so.

    Raises:
        AliasTooLongError: A sub-flow's alias leaves no room.
    """
    by_extension = (
        (flows.DIRECT_GRANT if direct_grant else flows.FORM) in realm.authenticators
        # To the extension's steps a passkey is a second factor.
        and flows.PASSKEY in elsewhere
    )
    if alias is not None:
        levels = flows.open_levels(realm.flow(alias), elsewhere=elsewhere)
        if levels is None or (not levels and not (by_extension and _can_be_better(realm.flow(alias)))):
            return None
    taken = set(realm.flow_aliases.values())
    for name in _names(None if alias is None else realm.flow(alias)):
        blueprint = Blueprint(alias, name, direct_grant, by_extension, elsewhere)
        # One that an interruption left half made, or that was changed since, is left alone.
        if name not in taken or blueprint.fits(realm.flow(name)):
            return blueprint
    raise AssertionError  # There is always another number.


def make(api: AdminApi, blueprint: Blueprint) -> NewFlow:
    """Make a flow that demands a second factor, unless it is there.

    Raises:
        StillOpenError: The flow of that name, read again, does not demand it.
    """
    begun, name = False, blueprint.name

    def job() -> NewFlow:
        nonlocal begun
        there = {each: flow_id for flow_id, each in flow_api.list_aliases(api).items()}
        if begun and name in there:
            # Of which request before the fault the server did what, is not known: away with all of it.
            flow_api.remove(api, there.pop(name))
        if name in there:
            return NewFlow(there[name], name)
        begun = True
        return _made(api, blueprint)

    new = api.retrying(job)
    if not flows.demands(flow_api.get_flow(api, new.id, name), elsewhere=blueprint.elsewhere):
        raise StillOpenError(
            f"The flow {name!r} does not require a second factor, so it was not bound.",
            "Another administrator may be changing it: remove it in the admin console, and run it again.",
        )
    return new


def _can_be_better(flow: Flow) -> bool:
    """Whether the extension's step can stand for steps that ask exempt users too."""
    return flows.asks_exempt(flow) and bool(flows.replaceable_steps(flow))


def _names(flow: Flow | None) -> Iterable[str]:
    """Aliases for a copy of a flow, the best first; a copy of a copy of ours gets no longer alias than that one."""
    alias = flow.alias if flow else "identity provider"
    ours = _OURS.fullmatch(alias)
    stem = _RESERVED.sub(" ", ours["stem"] if ours else alias)
    # Keycloak puts the copy's alias, and a space, before the alias of each sub-flow and each configuration.
    room = _LONGEST - max((len(each) + 1 for each in _prefixed(flow)), default=0)
    if room < _SHORTEST:
        raise AliasTooLongError(
            f"The flow {alias!r} cannot be copied: the alias of one of its sub-flows or configurations is too long.",
            f"Give it an alias of at most {_LONGEST - _SHORTEST - 1} characters in the admin console.",
        )
    for number in count(1):
        ending = " with 2FA" if number == 1 else f" with 2FA {number}"
        yield f"{stem[: room - len(ending)]}{ending}"


def _prefixed(flow: Flow | None) -> Iterable[str]:
    for step in _every_step(flow) if flow else ():
        if step.config_alias:
            yield step.config_alias
        if step.flow:
            yield step.flow.alias


def _made(api: AdminApi, blueprint: Blueprint) -> NewFlow:
    name = blueprint.name
    if blueprint.source is None:
        new = NewFlow(flow_api.create(api, name, "Asks for a one-time code"), name)
        flow_api.add_step(api, new.id, blueprint.step if blueprint.by_extension else _OTP_FORM)
        return new
    try:
        new = NewFlow(flow_api.copy(api, blueprint.source, name), name)
    except ConflictError:
        raise StillOpenError(
            f"The flow {blueprint.source!r} cannot be copied as {name!r}: a sub-flow or configuration has that alias.",
            "Give that one another alias in the admin console, and run again.",
        ) from None
    copy = _meaning_itself(api, flow_api.get_flow(api, new.id, name))
    for step_id in flows.switched_off_with(copy, flows.RESET_OTP):
        # A user who gives the old code needs no new device; an administrator helps those who cannot.
        flow_api.set_requirement(api, name, step_id, "DISABLED")
    levels = flows.open_levels(copy, elsewhere=blueprint.elsewhere) or ()
    if blueprint.by_extension:
        _close_by_extension(api, blueprint, copy, levels)
        return new
    for level in levels:
        for step in flows.leftovers(level):
            # Of a copy of ours that was changed. It would ask the others twice, or fail their login.
            flow_api.remove_step(api, step.id)
        _close(api, blueprint, level)
    return new


def _meaning_itself(api: AdminApi, copy: Flow) -> Flow:
    """Repair what Keycloak leaves in a copy: conditions on sub-flows of the original, aliases too long to copy."""
    aliases = {step.flow.alias: _shortened(api, step.flow) for step in _every_step(copy) if step.flow}
    for step in _every_step(copy):
        named = f"{copy.alias} {step.config.get('flow_to_check')}"
        if step.config_id and named in aliases:
            flow_api.configure(api, step.config_id, {**step.config, "flow_to_check": aliases[named]})
    return flow_api.get_flow(api, copy.id, copy.alias)


def _shortened(api: AdminApi, sub_flow: Flow) -> str:
    """The alias of a sub-flow, cut where the copy could not be copied in its turn."""
    if len(sub_flow.alias) < _LONGEST - _SHORTEST:
        return sub_flow.alias
    for number in count(1):
        ending = f" {number}"
        alias = f"{_RESERVED.sub(' ', sub_flow.alias)[: _LONGEST - _SHORTEST - 1 - len(ending)]}{ending}"
        try:
            flow_api.rename(api, sub_flow.id, alias)
        except ConflictError:
            continue
        return alias
    raise AssertionError  # There is always another number.


def _every_step(flow: Flow) -> Iterable[Step]:
    for step in flow.steps:
        yield step
        if step.flow:
            yield from _every_step(step.flow)


def _close_by_extension(api: AdminApi, blueprint: Blueprint, copy: Flow, open_levels: Iterable[Flow]) -> None:
    """Demand a second factor by the extension's step, where none was demanded, or exempt users were asked too."""
    levels = {level.id: level for level in open_levels}
    for level, step in flows.replaceable_steps(copy):
        levels[level.id] = level
        flow_api.remove_step(api, step.id)
        if step.provider is not None:
            # Who has OTP is asked whatever the extension thinks, as before.
            _add_code_for_who_has_otp(api, blueprint, level, step.provider)
    for level in levels.values():
        if not _asks_by(level, blueprint.step):
            flow_api.add_step(api, level.id, blueprint.step)


def _asks_by(level: Flow, provider: str) -> bool:
    return any(step.provider == provider and step.requirement == "REQUIRED" for step in level.steps)


def _close(api: AdminApi, blueprint: Blueprint, level: Flow) -> None:
    """Require a second factor at the end of a level of users who were asked for none in it."""
    asked_sometimes = flows.conditional_second_factors(level, elsewhere=blueprint.elsewhere)
    if not asked_sometimes and not blueprint.direct_grant:
        flow_api.add_step(api, level.id, _OTP_FORM)
        return
    if not asked_sometimes:
        # The OTP Form has no page to show in a direct grant: users with OTP give the code as a parameter.
        asked_sometimes = frozenset({_add_code_for_who_has_otp(api, blueprint, level, _DIRECT_GRANT_OTP)})
    others, _ = _add_sub_flow(api, level, "set-up", "For users who were not asked for a code")
    for alias in sorted(asked_sometimes):
        config = {"flow_to_check": alias, "check_result": "not-executed"}
        flow_api.add_step(api, others, flows.SUB_FLOW_EXECUTED, config)
    flow_api.add_step(api, others, _OTP_FORM)
    flow_api.set_requirement(api, blueprint.name, others, "CONDITIONAL")


def _add_code_for_who_has_otp(api: AdminApi, blueprint: Blueprint, level: Flow, provider: str) -> str:
    """Add a sub-flow at the end of a level that asks users who have OTP for a code; returns its alias."""
    otp, alias = _add_sub_flow(api, level, "OTP", "For users who have OTP")
    flow_api.add_step(api, otp, flows.USER_CONFIGURED)
    flow_api.add_step(api, otp, provider)
    flow_api.set_requirement(api, blueprint.name, otp, "CONDITIONAL")
    return alias


def _add_sub_flow(api: AdminApi, level: Flow, what: str, description: str) -> tuple[str, str]:
    """Add an empty sub-flow at the end of a level, under an alias that is free; returns its id and alias."""
    for number in count(1):
        ending = f" {what}" if number == 1 else f" {what} {number}"
        alias = f"{level.alias[: _LONGEST - len(ending)]}{ending}"
        try:
            return flow_api.add_sub_flow(api, level.alias, alias, description), alias
        except ConflictError:
            continue
    raise AssertionError  # There is always another number.
