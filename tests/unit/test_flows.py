"""When a flow demands a second factor of everybody."""

from typing import Any

import pytest

from keycloak_2fa.realm import flows
from keycloak_2fa.realm.flows import Flow

PASSWORD = ("auth-username-password-form", "REQUIRED")
OTP = "auth-otp-form"
CONFIGURED = ("conditional-user-configured", "REQUIRED")
USED = ("conditional-credential", "REQUIRED")
COOKIE = ("auth-cookie", "ALTERNATIVE")
REDIRECTOR = ("identity-provider-redirector", "ALTERNATIVE")
PASSKEY = ("webauthn-authenticator-passwordless", "ALTERNATIVE")


def sub(alias: str, requirement: str, *steps: Any) -> tuple[str, str, tuple[Any, ...]]:
    return alias, requirement, steps


def unless_executed(alias: str, *steps: Any) -> tuple[str, str, tuple[Any, ...]]:
    """A sub-flow that is gone through where another one was not."""
    config = {"flow_to_check": alias, "check_result": "not-executed"}
    return "else", "CONDITIONAL", ((flows.SUB_FLOW_EXECUTED, "REQUIRED", config), *steps)


def flow(*steps: Any) -> Flow:
    """A flow as the Admin API lists it: flat, with levels, configurations apart."""
    executions: list[dict[str, Any]] = []
    configs: dict[str, dict[str, str]] = {}

    def add(level: int, name: str, requirement: str, more: Any = None) -> None:
        number = str(len(executions))
        each: dict[str, Any] = {"id": number, "level": level, "displayName": name, "requirement": requirement}
        executions.append(each)
        if isinstance(more, tuple):
            each |= {"authenticationFlow": True, "flowId": f"id of {name}"}
            for step in more:
                add(level + 1, *step)
            return
        each["providerId"] = name
        if more:
            each["authenticationConfig"] = number
            configs[number] = more

    for step in steps:
        add(0, *step)
    return flows.read("an id", "a flow", executions, configs)


ROLE = ("conditional-user-role", "REQUIRED")
WEBAUTHN = ("webauthn-authenticator", "ALTERNATIVE")
RECOVERY = ("auth-recovery-authn-code-form", "ALTERNATIVE")
RECOVERY_REQUIRED = ("auth-recovery-authn-code-form", "REQUIRED")
IF_CONFIGURED = sub("2FA", "CONDITIONAL", CONFIGURED, USED, (OTP, "ALTERNATIVE"))
ELSE_OTP = unless_executed("2FA", (OTP, "REQUIRED"))
OTHER_WAY = sub("other", "ALTERNATIVE", PASSWORD, (OTP, "REQUIRED"))
ORGANIZATION = sub("org", "ALTERNATIVE", sub("c", "CONDITIONAL", CONFIGURED, ("organization", "ALTERNATIVE")))


@pytest.mark.parametrize(
    "steps",
    [
        (PASSWORD, (OTP, "REQUIRED")),
        (COOKIE, REDIRECTOR, ORGANIZATION, sub("forms", "ALTERNATIVE", PASSWORD, (OTP, "REQUIRED"))),
        (PASSWORD, sub("2FA", "REQUIRED", CONFIGURED, (OTP, "REQUIRED"))),
        (PASSWORD, sub("2FA", "REQUIRED", (OTP, "ALTERNATIVE"), ("webauthn-authenticator", "ALTERNATIVE"))),
        (PASSWORD, IF_CONFIGURED, unless_executed("2FA", (OTP, "REQUIRED"))),
        (PASSWORD, IF_CONFIGURED, unless_executed("2FA", ("deny-access-authenticator", "REQUIRED"))),
        # An administrator's copy of such a flow: the condition names a sub-flow of the original.
        (PASSWORD, IF_CONFIGURED, unless_executed("2FA of the original", (OTP, "REQUIRED"))),
        (PASSWORD, sub("2FA", "REQUIRED", (OTP, "ALTERNATIVE"), WEBAUTHN, RECOVERY)),
        (PASSWORD, (OTP, "REQUIRED"), ("webauthn-authenticator", "REQUIRED")),
        (("auth-username-form", "REQUIRED"), (OTP, "REQUIRED"), ("auth-password-form", "REQUIRED")),
        (PASSWORD, sub("2FA", "CONDITIONAL", CONFIGURED, RECOVERY_REQUIRED), unless_executed("2FA", (OTP, "REQUIRED"))),
        (PASSWORD, ("two-factor-form", "REQUIRED")),
        (PASSWORD, IF_CONFIGURED, ("two-factor-form", "REQUIRED")),
        (("direct-grant-validate-password", "REQUIRED"), ("two-factor-direct-grant", "REQUIRED")),
    ],
)
def test_demands_it(steps: Any) -> None:
    assert flows.demands(flow(*steps))


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (PASSWORD,),
        (PASSWORD, (OTP, "DISABLED")),
        (PASSWORD, (OTP, "ALTERNATIVE")),
        (PASSWORD, IF_CONFIGURED),
        (PASSWORD, sub("2FA", "DISABLED", (OTP, "REQUIRED"))),
        (PASSWORD, sub("2FA", "CONDITIONAL", (OTP, "REQUIRED"))),
        (COOKIE, sub("forms", "ALTERNATIVE", PASSWORD, IF_CONFIGURED)),
        (("auth-spnego", "ALTERNATIVE"), sub("forms", "ALTERNATIVE", PASSWORD, (OTP, "REQUIRED"))),
        (PASSWORD, sub("2FA", "REQUIRED", (OTP, "ALTERNATIVE"), ("auth-password-form", "ALTERNATIVE"))),
        (PASSWORD, sub("2FA", "CONDITIONAL", CONFIGURED), unless_executed("2FA", (OTP, "REQUIRED"))),
        (PASSWORD, IF_CONFIGURED, unless_executed("2FA", USED, (OTP, "REQUIRED"))),
        (PASSWORD, sub("2FA", "CONDITIONAL", CONFIGURED, RECOVERY_REQUIRED), unless_executed("2FA", RECOVERY_REQUIRED)),
        # A user who has OTP, and no recovery codes or security key, sets them up and gets in by the password.
        (PASSWORD, RECOVERY_REQUIRED),
        (PASSWORD, ("webauthn-authenticator", "REQUIRED")),
        (PASSWORD, sub("2FA", "REQUIRED", ("webauthn-authenticator", "REQUIRED"))),
        (PASSWORD, sub("2FA", "CONDITIONAL", ROLE, RECOVERY_REQUIRED), unless_executed("2FA", (OTP, "REQUIRED"))),
        (PASSWORD, sub("2FA", "CONDITIONAL", CONFIGURED, sub("in", "REQUIRED", RECOVERY_REQUIRED)), ELSE_OTP),
        (sub("one", "ALTERNATIVE", PASSWORD, IF_CONFIGURED, unless_executed("other", (OTP, "REQUIRED"))), OTHER_WAY),
        (PASSWORD, ("two-factor-form", "ALTERNATIVE")),
    ],
)
def test_does_not_demand_it(steps: Any) -> None:
    assert not flows.demands(flow(*steps))


FORMS = sub("forms", "ALTERNATIVE", PASSWORD, IF_CONFIGURED)


@pytest.mark.parametrize(
    ("steps", "offered", "skips"),
    [
        ((COOKIE, FORMS), True, True),
        ((COOKIE, FORMS), False, False),
        ((PASSWORD, sub("2FA", "CONDITIONAL", CONFIGURED, (OTP, "REQUIRED"))), True, False),
        ((PASSWORD, (OTP, "REQUIRED")), True, False),
        ((PASSWORD, IF_CONFIGURED, unless_executed("2FA", (OTP, "REQUIRED"))), True, False),
        ((PASSKEY, sub("forms", "ALTERNATIVE", PASSWORD, (OTP, "REQUIRED"))), False, True),
        ((PASSWORD, IF_CONFIGURED, ("two-factor-form", "REQUIRED")), True, True),
        ((PASSWORD, ("two-factor-form", "REQUIRED")), True, True),
        ((PASSWORD, IF_CONFIGURED, ("two-factor-form", "REQUIRED")), False, False),
        ((sub("either", "REQUIRED", ("auth-password-form", "ALTERNATIVE"), PASSKEY), (OTP, "REQUIRED")), False, False),
    ],
)
def test_a_passkey_skips_otp(steps: Any, offered: bool, skips: bool) -> None:
    assert flows.lets_passkeys_skip(flow(*steps), passkeys=offered) is skips


RESET_OTP = ("reset-otp", "REQUIRED")


@pytest.mark.parametrize(
    ("steps", "ids"),
    [
        ((PASSWORD, RESET_OTP), ["1"]),
        ((PASSWORD, sub("OTP", "CONDITIONAL", CONFIGURED, RESET_OTP)), ["1"]),
        ((PASSWORD, sub("all", "REQUIRED", ("reset-password", "REQUIRED"), RESET_OTP)), ["3"]),
        ((PASSWORD, sub("OTP", "DISABLED", RESET_OTP)), []),
    ],
)
def test_a_sub_flow_goes_where_nothing_but_conditions_would_be_left(steps: Any, ids: list[str]) -> None:
    assert list(flows.switched_off_with(flow(*steps), "reset-otp")) == ids


@pytest.mark.parametrize(
    ("steps", "aliases"),
    [
        ((PASSWORD, (OTP, "REQUIRED")), []),
        ((PASSWORD,), ["a flow"]),
        ((PASSWORD, IF_CONFIGURED), ["a flow"]),
        ((COOKIE, REDIRECTOR, ORGANIZATION, FORMS), ["forms"]),
        ((sub("one", "ALTERNATIVE", PASSWORD), sub("two", "ALTERNATIVE", PASSWORD, (OTP, "REQUIRED"))), ["one"]),
        ((PASSWORD, IF_CONFIGURED, ELSE_OTP), []),
        ((("auth-spnego", "ALTERNATIVE"), FORMS), None),
        ((COOKIE,), None),
    ],
)
def test_where_a_second_factor_has_to_be_demanded(steps: Any, aliases: list[str] | None) -> None:
    levels = flows.open_levels(flow(*steps))

    assert (None if levels is None else [level.alias for level in levels]) == aliases


@pytest.mark.parametrize(
    ("steps", "hands"),
    [
        ((PASSWORD, RECOVERY_REQUIRED), True),
        ((PASSWORD, sub("2FA", "REQUIRED", ("webauthn-authenticator", "REQUIRED"))), True),
        ((PASSWORD, (OTP, "REQUIRED"), RECOVERY_REQUIRED), False),
        ((PASSWORD, IF_CONFIGURED), False),
    ],
)
def test_a_factor_is_handed_out(steps: Any, hands: bool) -> None:
    assert flows.hands_out(flow(*steps)) is hands


@pytest.mark.parametrize(
    ("steps", "asks"),
    [
        ((PASSWORD, (OTP, "REQUIRED")), True),
        ((PASSWORD, IF_CONFIGURED, ELSE_OTP), True),
        ((PASSWORD, RECOVERY_REQUIRED), True),
        ((PASSWORD, IF_CONFIGURED), False),
        ((PASSWORD, ("two-factor-form", "REQUIRED")), False),
        ((PASSWORD, IF_CONFIGURED, ("two-factor-form", "REQUIRED")), False),
        ((PASSWORD, (OTP, "REQUIRED"), ("two-factor-form", "REQUIRED")), True),
    ],
)
def test_who_is_exempt_is_asked_all_the_same(steps: Any, asks: bool) -> None:
    assert flows.asks_exempt(flow(*steps)) is asks


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ((PASSWORD, (OTP, "REQUIRED")), [("a flow", "1")]),
        ((PASSWORD, IF_CONFIGURED, ELSE_OTP), [("a flow", "5")]),
        ((COOKIE, sub("forms", "ALTERNATIVE", PASSWORD, (OTP, "REQUIRED"))), [("forms", "3")]),
        ((PASSWORD, sub("2FA", "CONDITIONAL", CONFIGURED, (OTP, "REQUIRED"))), []),
        ((PASSWORD, sub("2FA", "REQUIRED", (OTP, "ALTERNATIVE"), WEBAUTHN)), []),
    ],
)
def test_the_extensions_step_can_stand_for(steps: Any, found: list[tuple[str, str]]) -> None:
    assert [(level.alias, step.id) for level, step in flows.replaceable_steps(flow(*steps))] == found
