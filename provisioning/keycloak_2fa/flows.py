"""Authentication flows: whether every way through one demands a second factor. Pure.

How Keycloak goes through a level of a flow (Server Administration Guide, "Authentication flows"): where a step
is REQUIRED or CONDITIONAL, alternatives beside it are ignored; else one alternative is enough. A CONDITIONAL
sub-flow is skipped unless all its conditions hold, so it demands nothing by itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SECOND_FACTORS = frozenset(
    {
        "auth-otp-form",
        "direct-grant-validate-otp",
        "webauthn-authenticator",
        "auth-recovery-authn-code-form",
    }
)
"""Authenticators of Keycloak's own that ask for something beside the password. Those of extensions are unknown."""

DENIES = "deny-access-authenticator"

HANDS_OVER = frozenset({"auth-cookie", "identity-provider-redirector", "organization"})
"""Authenticators that let nobody in by a password: a session that was begun elsewhere, another login page."""

PASSKEY = "webauthn-authenticator-passwordless"
USED_CREDENTIAL = "conditional-credential"
"""The condition by which the built-in flow leaves OTP out after a passkey."""

PASSWORDS_ONLY = HANDS_OVER | {PASSKEY}
"""The authenticators to leave to other checks where only logins by password are looked at."""

SUB_FLOW_EXECUTED = "conditional-sub-flow-executed"
CONFIGURED_CONDITIONS = frozenset({SUB_FLOW_EXECUTED})
"""Conditions whose configuration decides here."""


@dataclass(frozen=True)
class Step:
    """One execution of a flow.

    Attributes:
        id: Its id.
        provider: The authenticator's id; None for a sub-flow.
        requirement: REQUIRED, ALTERNATIVE, CONDITIONAL or DISABLED.
        flow: The sub-flow, if it is one.
        config: The authenticator's configuration, as far as it was read.
    """

    id: str
    provider: str | None
    requirement: str
    flow: "Flow | None" = None
    config: Mapping[str, str] = field(default_factory=dict)

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
            )
        )
    return Flow(flow_id, alias, tuple(steps))


def demands(flow: Flow, *, elsewhere: frozenset[str] = PASSWORDS_ONLY) -> bool:
    """Whether nobody gets through without a second factor. Conditions count for the sub-flow that they stand in.

    Args:
        flow: A flow that is gone through from its beginning.
        elsewhere: Alternatives that are judged by another check.
    """
    if needed := _needed(flow):
        asked_sometimes = conditional_second_factors(flow, elsewhere=elsewhere)
        return any(
            _demands(step, elsewhere) if step.requirement == "REQUIRED" else _asks_the_others(step, asked_sometimes)
            for step in needed
        )
    ways = _ways(flow, elsewhere)
    return bool(ways) and all(_demands(step, elsewhere) for step in ways)


def conditional_second_factors(flow: Flow, *, elsewhere: frozenset[str] = PASSWORDS_ONLY) -> frozenset[str]:
    """Aliases of the CONDITIONAL sub-flows of a level that demand a second factor of whom they are for."""
    return frozenset(
        step.flow.alias
        for step in _needed(flow)
        if step.flow and step.requirement == "CONDITIONAL" and demands(step.flow, elsewhere=elsewhere)
    )


def open_levels(flow: Flow, *, elsewhere: frozenset[str] = PASSWORDS_ONLY) -> tuple[Flow, ...] | None:
    """The levels of a flow at whose end a second factor has to be demanded, so that the whole flow demands it.

    Returns:
        None where no step at the end of a level can do it: where one step, such as Kerberos, is a way of its own.
    """
    if demands(flow, elsewhere=elsewhere):
        return ()
    if _needed(flow):
        return (flow,)
    found: list[Flow] = []
    for step in _ways(flow, elsewhere):
        if step.flow is None:
            if not _demands(step, elsewhere):
                return None
            continue
        below = open_levels(step.flow, elsewhere=elsewhere)
        if below is None:
            return None
        found += below
    return tuple(found) or None


def lets_passkeys_skip(flow: Flow, *, passkeys: bool) -> bool:
    """Whether a login by passkey gets through without OTP.

    Args:
        flow: A browser flow.
        passkeys: Whether the realm's login form offers passkeys (`webAuthnPolicyPasswordlessPasskeysEnabled`).
    """
    if demands(flow, elsewhere=HANDS_OVER):
        return False
    if passkeys and not demands(flow) and any(step.provider == USED_CREDENTIAL for step in flow.walk()):
        return True
    return any(
        step.provider == PASSKEY or (step.flow is not None and lets_passkeys_skip(step.flow, passkeys=False))
        for step in flow.enabled
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


def _demands(step: Step, elsewhere: frozenset[str]) -> bool:
    if step.flow is not None:
        return demands(step.flow, elsewhere=elsewhere)
    return step.provider in SECOND_FACTORS or step.provider == DENIES


def _judged_elsewhere(step: Step, elsewhere: frozenset[str]) -> bool:
    if step.flow is None:
        return step.provider in elsewhere
    inside = [each for each in step.flow.enabled if not each.is_condition]
    return all(_judged_elsewhere(each, elsewhere) for each in inside)


def _needed(flow: Flow) -> list[Step]:
    """The steps of a level that nobody gets round, apart from its conditions."""
    return [step for step in flow.enabled if not step.is_condition and step.requirement in {"REQUIRED", "CONDITIONAL"}]


def _ways(flow: Flow, elsewhere: frozenset[str]) -> list[Step]:
    """The alternatives of a level that are judged here."""
    return [step for step in flow.enabled if not step.is_condition and not _judged_elsewhere(step, elsewhere)]


def _asks_the_others(step: Step, asked_sometimes: frozenset[str]) -> bool:
    """Whether a CONDITIONAL sub-flow demands a second factor of everybody whom the sub-flows named did not ask."""
    if step.flow is None or step.flow.alias not in asked_sometimes:
        return False
    conditions = [each for each in step.flow.enabled if each.is_condition]
    return bool(conditions) and all(
        each.provider == SUB_FLOW_EXECUTED
        and each.config.get("check_result") == "not-executed"
        and each.config.get("flow_to_check") in asked_sometimes - {step.flow.alias}
        for each in conditions
    )
