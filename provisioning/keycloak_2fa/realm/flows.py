"""Authentication flows: whether every way through one demands a second factor. Pure.

How Keycloak goes through a level of a flow (Server Administration Guide, "Authentication flows"): where a step
is REQUIRED or CONDITIONAL, alternatives beside it are ignored; else one alternative is enough. A CONDITIONAL
sub-flow is skipped unless all its conditions hold, so it demands nothing by itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

OTP = frozenset({"auth-otp-form", "direct-grant-validate-otp"})
"""Authenticators of Keycloak's own that ask for a one-time code. A user without OTP sets it up, or is refused."""

WEBAUTHN = "webauthn-authenticator"
SET_UP_ON_THE_SPOT = frozenset({WEBAUTHN, "auth-recovery-authn-code-form"})
"""Authenticators that ask for another second factor. Where such a step is REQUIRED, Keycloak lets a user who lacks that
factor set it up after the password alone, also a user who has OTP."""

FORM = "two-factor-form"
DIRECT_GRANT = "two-factor-direct-grant"
OURS = frozenset({FORM, DIRECT_GRANT})
"""The extension's authenticators: they demand a second factor of everybody but exempt users."""

DENIES = "deny-access-authenticator"

HANDS_OVER = frozenset({"auth-cookie", "identity-provider-redirector", "organization"})
"""Authenticators that let nobody in by a password: a session that was begun elsewhere, another login page."""

PASSKEY = "webauthn-authenticator-passwordless"
USED_CREDENTIAL = "conditional-credential"
"""The condition by which the built-in flow leaves OTP out after a passkey."""

PASSWORDS_ONLY = HANDS_OVER | {PASSKEY}
"""The authenticators to leave to other checks where only logins by password are looked at."""

LEVEL_OF_AUTHENTICATION = "conditional-level-of-authentication"
"""The condition by which a flow steps up: what is behind it is asked for where the client wants that level."""

USER_CONFIGURED = "conditional-user-configured"
"""The condition that the user has the credentials which the steps beside it ask for."""

SUB_FLOW_EXECUTED = "conditional-sub-flow-executed"
RESET_OTP = "reset-otp"
"""The step of a reset flow that has the user set up OTP. Its configuration can have it remove the OTP that is there."""

CONFIGURED = frozenset({SUB_FLOW_EXECUTED, RESET_OTP})
"""Authenticators whose configuration decides here."""


@dataclass(frozen=True)
class Step:
    """One execution of a flow.

    Attributes:
        id: Its id.
        provider: The authenticator's id; None for a sub-flow.
        requirement: REQUIRED, ALTERNATIVE, CONDITIONAL or DISABLED.
        flow: The sub-flow, if it is one.
        config: The authenticator's configuration, as far as it was read.
        config_alias: The alias of its configuration, if it has one.
        config_id: The id of its configuration, if it has one.
    """

    id: str
    provider: str | None
    requirement: str
    flow: "Flow | None" = None
    config: Mapping[str, str] = field(default_factory=dict)
    config_alias: str | None = None
    config_id: str | None = None

    @property
    def is_condition(self) -> bool:
        """Whether it decides if the sub-flow around it is gone through."""
        return self.provider is not None and self.provider.startswith("conditional-")


@dataclass(frozen=True)
class Flow:
    """A flow or sub-flow.

    Attributes:
        id: Its id.
        alias: Its name, which is the only one of this kind in the realm.
        steps: Its steps, in order.
    """

    id: str
    alias: str
    steps: tuple[Step, ...]

    @property
    def enabled(self) -> tuple[Step, ...]:
        """The steps that are not DISABLED."""
        return tuple(step for step in self.steps if step.requirement != "DISABLED")

    def walk(self) -> Iterator[Step]:
        """Every step that is not switched off, nor a part of what is."""
        for step in self.enabled:
            yield step
            if step.flow:
                yield from step.flow.walk()


def read(
    flow_id: str, alias: str, executions: Sequence[Mapping[str, Any]], configs: Mapping[str, Mapping[str, str]]
) -> Flow:
    """Build a flow from the flat list that the Admin API gives.

    Args:
        flow_id: The flow's id.
        alias: The flow's alias.
        executions: AuthenticationExecutionInfoRepresentations, in order, each with its `level`.
        configs: Configurations by their id.
    """
    return _read(flow_id, alias, list(executions), configs, 0)


def _read(
    flow_id: str,
    alias: str,
    executions: list[Mapping[str, Any]],
    configs: Mapping[str, Mapping[str, str]],
    level: int,
) -> Flow:
    starts = [index for index, each in enumerate(executions) if each["level"] == level]
    ends = [*starts[1:], len(executions)]
    steps = []
    for start, end in zip(starts, ends, strict=False):
        each = executions[start]
        below = executions[start + 1 : end]
        sub_flow = (
            _read(each["flowId"], each["displayName"], below, configs, level + 1)
            if each.get("authenticationFlow")
            else None
        )
        steps.append(
            Step(
                id=each["id"],
                provider=each.get("providerId"),
                requirement=each["requirement"],
                flow=sub_flow,
                config=configs.get(each.get("authenticationConfig") or "", {}),
                config_alias=each.get("alias"),
                config_id=each.get("authenticationConfig"),
            )
        )
    return Flow(flow_id, alias, tuple(steps))


def demands(flow: Flow, *, elsewhere: frozenset[str] = PASSWORDS_ONLY) -> bool:
    """Whether no user gets through without a second factor that they had, or OTP that they set up for lack of any.

    Args:
        flow: A flow that is gone through from its beginning.
        elsewhere: Alternatives that are judged by another check.
    """
    return _demands(flow, _scope(flow, elsewhere))


def hands_out(flow: Flow, *, elsewhere: frozenset[str] = PASSWORDS_ONLY) -> bool:
    """Whether a flow demands no second factor only because it has users set one up after the password alone."""
    scope = _scope(flow, elsewhere)
    return not _demands(flow, scope) and _demands(flow, replace(scope, asks=scope.asks | SET_UP_ON_THE_SPOT))


def asks_exempt(flow: Flow, *, elsewhere: frozenset[str] = PASSWORDS_ONLY) -> bool:
    """Whether a flow also requires a second factor of exempt users, which the extension's steps let through.

    Args:
        flow: A flow that is gone through from its beginning.
        elsewhere: Alternatives that are judged by another check.
    """
    scope = _scope(flow, elsewhere)
    return _demands(flow, replace(scope, asks=OTP | SET_UP_ON_THE_SPOT | {DENIES}))


def conditional_second_factors(flow: Flow, *, elsewhere: frozenset[str] = PASSWORDS_ONLY) -> frozenset[str]:
    """Aliases of the CONDITIONAL sub-flows of a level that require a second factor of the users they are for."""
    return _asked_sometimes(flow, _scope(flow, elsewhere))


def open_levels(flow: Flow, *, elsewhere: frozenset[str] = PASSWORDS_ONLY) -> tuple[Flow, ...] | None:
    """The levels of a flow at whose end a second factor has to be demanded, so that the whole flow demands it.

    Returns:
        None where no step at the end of a level can do it: where one step, such as Kerberos, is a way of its own.
    """
    return _open_levels(flow, _scope(flow, elsewhere))


def _open_levels(flow: Flow, scope: "_Scope") -> tuple[Flow, ...] | None:
    if _demands(flow, scope):
        return ()
    if _needed(flow):
        return (flow,)
    found: list[Flow] = []
    for step in _ways(flow, scope):
        if step.flow is None:
            if not _step_demands(step, scope):
                return None
            continue
        below = _open_levels(step.flow, scope)
        if below is None:
            return None
        found += below
    return tuple(found) or None


def replaceable_steps(flow: Flow) -> tuple[tuple[Flow, Step], ...]:
    """The steps by which every user is asked for OTP, each with its level, which the extension's step can stand for.

    That is an OTP Form that is REQUIRED, and a sub-flow for the users that no other sub-flow asked. Not looked for
    below a CONDITIONAL sub-flow, which is for some users only.
    """
    found: list[tuple[Flow, Step]] = []
    for step in flow.enabled:
        if (step.provider in OTP and step.requirement == "REQUIRED") or _sets_up_the_others(step):
            found.append((flow, step))
        elif step.flow and step.requirement != "CONDITIONAL":
            found += replaceable_steps(step.flow)
    return tuple(found)


def leftovers(level: Flow) -> tuple[Step, ...]:
    """Sub-flows at a level that were there to have users set up OTP that no other sub-flow asked."""
    return tuple(step for step in level.enabled if _sets_up_the_others(step))


def lets_passkeys_skip(flow: Flow, *, passkeys: bool) -> bool:
    """Whether a login by passkey gets through without OTP.

    Args:
        flow: A browser flow.
        passkeys: Whether the realm's login form offers passkeys (`webAuthnPolicyPasswordlessPasskeysEnabled`).
    """
    if demands(flow, elsewhere=HANDS_OVER):
        return False
    if passkeys and any(step.provider == USED_CREDENTIAL or step.provider in OURS for step in flow.walk()):
        return True
    return any(
        step.provider == PASSKEY or (step.flow is not None and lets_passkeys_skip(step.flow, passkeys=False))
        for step in flow.enabled
    )


def removes_otp(flow: Flow) -> bool:
    """Whether a reset flow takes OTP away from a user who was asked for no code."""
    return not demands(flow) and any(
        step.provider == RESET_OTP
        and step.config.get("action_on_otp_reset_flag", "").startswith("Remove ")
        and step.config["action_on_otp_reset_flag"] != "Remove none"
        for step in flow.walk()
    )


def switched_off_with(flow: Flow, provider: str) -> Iterator[str]:
    """Ids of the steps to disable so that an authenticator is no longer gone through.

    A sub-flow that would be left with nothing but its conditions goes as a whole: Keycloak fails a login in it.
    """
    for step in flow.enabled:
        inside = [each.provider for each in step.flow.enabled if not each.is_condition] if step.flow else []
        if step.provider == provider or set(inside) == {provider}:
            yield step.id
        elif step.flow:
            yield from switched_off_with(step.flow, provider)


@dataclass(frozen=True)
class _Scope:
    """What a flow is judged by.

    Attributes:
        elsewhere: Alternatives that are judged by another check.
        reached: Aliases of the sub-flows that a login can go through.
        asks: Authenticators that ask for a second factor, whatever their requirement.
    """

    elsewhere: frozenset[str]
    reached: frozenset[str]
    asks: frozenset[str]


def _scope(flow: Flow, elsewhere: frozenset[str]) -> _Scope:
    reached = frozenset(step.flow.alias for step in flow.walk() if step.flow)
    # To the extension's steps a passkey is a second factor.
    return _Scope(elsewhere, reached, OTP | {DENIES} | (OURS if PASSKEY in elsewhere else frozenset()))


def _demands(flow: Flow, scope: _Scope, *, configured: bool = False) -> bool:
    if needed := _needed(flow):
        asked_sometimes = _asked_sometimes(flow, scope)
        return any(
            _step_demands(step, scope, configured=configured)
            if step.requirement == "REQUIRED"
            else _asks_the_others(step, asked_sometimes, scope)
            for step in needed
        )
    ways = _ways(flow, scope)
    return bool(ways) and all(_step_demands(step, scope, configured=configured) for step in ways)


def _step_demands(step: Step, scope: _Scope, *, configured: bool = False) -> bool:
    """Whether a step asks for a second factor.

    Args:
        step: REQUIRED or ALTERNATIVE.
        scope: What it is judged by.
        configured: Whether it is gone through only by users who have what it asks for.
    """
    if step.flow is not None:
        return _demands(step.flow, scope)
    if step.provider in SET_UP_ON_THE_SPOT and (configured or step.requirement == "ALTERNATIVE"):
        return True
    return step.provider in scope.asks


def _judged_elsewhere(step: Step, elsewhere: frozenset[str]) -> bool:
    if step.flow is None:
        return step.provider in elsewhere
    inside = [each for each in step.flow.enabled if not each.is_condition]
    return all(_judged_elsewhere(each, elsewhere) for each in inside)


def _needed(flow: Flow) -> list[Step]:
    """The steps of a level that nobody gets round, apart from its conditions."""
    return [step for step in flow.enabled if not step.is_condition and step.requirement in {"REQUIRED", "CONDITIONAL"}]


def _ways(flow: Flow, scope: _Scope) -> list[Step]:
    """The alternatives of a level that are judged here."""
    return [step for step in flow.enabled if not step.is_condition and not _judged_elsewhere(step, scope.elsewhere)]


def _conditions(flow: Flow) -> list[Step]:
    return [step for step in flow.enabled if step.is_condition]


def _asked_sometimes(flow: Flow, scope: _Scope) -> frozenset[str]:
    return frozenset(
        step.flow.alias
        for step in _needed(flow)
        if step.flow
        and step.requirement == "CONDITIONAL"
        # Keycloak looks at the steps beside the condition, and not into sub-flows.
        and _demands(
            step.flow, scope, configured=any(each.provider == USER_CONFIGURED for each in _conditions(step.flow))
        )
    )


def _asks_the_others(step: Step, asked_sometimes: frozenset[str], scope: _Scope) -> bool:
    """Whether a CONDITIONAL sub-flow requires a second factor of all users that the sub-flows named did not ask."""
    if step.flow is None or step.flow.alias not in asked_sometimes or not _is_for_the_others(step):
        return False
    named = {each.config.get("flow_to_check") for each in _conditions(step.flow)}
    # A sub-flow that no login goes through, such as one of the flow that this one is a copy of, asks no user.
    return step.flow.alias not in named and all(each in asked_sometimes or each not in scope.reached for each in named)


def _is_for_the_others(step: Step) -> bool:
    """Whether a CONDITIONAL sub-flow is gone through where others were not, and for no other reason."""
    if step.flow is None or step.requirement != "CONDITIONAL":
        return False
    conditions = _conditions(step.flow)
    return bool(conditions) and all(
        each.provider == SUB_FLOW_EXECUTED and each.config.get("check_result") == "not-executed" for each in conditions
    )


def _sets_up_the_others(step: Step) -> bool:
    if step.flow is None or not _is_for_the_others(step):
        return False
    return {each.provider for each in step.flow.steps if not each.is_condition} <= OTP
