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
    """A flow or sub-flow with its steps, in order."""

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


def read(alias: str, executions: Sequence[Mapping[str, Any]], configs: Mapping[str, Mapping[str, str]]) -> Flow:
    """Build a flow from the flat list that the Admin API gives.

    Args:
        alias: The flow's alias.
        executions: AuthenticationExecutionInfoRepresentations, in order, each with its `level`.
        configs: Configurations by their id.
    """
    return _read(alias, list(executions), configs, 0)


def _read(
    alias: str, executions: list[Mapping[str, Any]], configs: Mapping[str, Mapping[str, str]], level: int
) -> Flow:
    starts = [index for index, each in enumerate(executions) if each["level"] == level]
    ends = [*starts[1:], len(executions)]
    steps = []
    for start, end in zip(starts, ends, strict=False):
        each = executions[start]
        below = executions[start + 1 : end]
        steps.append(
            Step(
                id=each["id"],
                provider=each.get("providerId"),
                requirement=each["requirement"],
                flow=_read(each["displayName"], below, configs, level + 1) if each.get("authenticationFlow") else None,
                config=configs.get(each.get("authenticationConfig") or "", {}),
            )
        )
    return Flow(alias, tuple(steps))


def demands(flow: Flow, *, elsewhere: frozenset[str] = HANDS_OVER | {PASSKEY}) -> bool:
    """Whether nobody gets through without a second factor. Conditions count for the sub-flow that they stand in.

    Args:
        flow: A flow that is gone through from its beginning.
        elsewhere: Alternatives that are judged by another check.
    """
    steps = [step for step in flow.enabled if not step.is_condition]
    needed = [step for step in steps if step.requirement in {"REQUIRED", "CONDITIONAL"}]
    if needed:
        return any(_demands(step, elsewhere) for step in needed if step.requirement == "REQUIRED") or any(
            _complete_each_other(step, other, elsewhere) for step in needed for other in needed
        )
    ways = [step for step in steps if not _judged_elsewhere(step, elsewhere)]
    return bool(ways) and all(_demands(step, elsewhere) for step in ways)


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


def _demands(step: Step, elsewhere: frozenset[str]) -> bool:
    if step.flow is not None:
        return demands(step.flow, elsewhere=elsewhere)
    return step.provider in SECOND_FACTORS or step.provider == DENIES


def _judged_elsewhere(step: Step, elsewhere: frozenset[str]) -> bool:
    if step.flow is None:
        return step.provider in elsewhere
    inside = [each for each in step.flow.enabled if not each.is_condition]
    return all(_judged_elsewhere(each, elsewhere) for each in inside)


def _complete_each_other(step: Step, other: Step, elsewhere: frozenset[str]) -> bool:
    """Whether `other` is gone through exactly where `step` is not, and both demand a second factor."""
    if step.flow is None or other.flow is None:
        return False
    conditions = [each for each in other.flow.enabled if each.is_condition]
    return (
        len(conditions) == 1
        and conditions[0].provider == SUB_FLOW_EXECUTED
        and conditions[0].config.get("flow_to_check") == step.flow.alias
        and conditions[0].config.get("check_result") == "not-executed"
        and demands(step.flow, elsewhere=elsewhere)
        and demands(other.flow, elsewhere=elsewhere)
    )
