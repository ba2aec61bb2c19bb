"""Login flows, to import into a realm."""

from typing import Any

from tests.integration.realms import Realm


def browser(alias: str, *more: str) -> list[dict[str, Any]]:
    """A browser flow: the session's cookie, or the password and then these steps."""
    forms = [step(each, "REQUIRED", number) for number, each in enumerate(["auth-username-password-form", *more])]
    return [_top(alias), _flow(f"{alias} forms", forms, top=False)]


def conditional(authenticator: str) -> dict[str, Any]:
    """A realm's settings: a bound browser flow whose second factor is for a role alone, which nobody has."""
    condition = step("conditional-user-role", "REQUIRED", 0) | {"authenticatorConfig": "for a role"}
    second = _flow("strict second", [condition, step(authenticator, "REQUIRED", 1)], top=False)
    forms = _flow(
        "strict forms",
        [step("auth-username-password-form", "REQUIRED", 0), _below("strict second", "CONDITIONAL", 1)],
        top=False,
    )
    config = {"alias": "for a role", "config": {"condUserRole": "offline_access"}}
    return bound([_top("strict"), forms, second]) | {"authenticatorConfig": [config]}


def reset_that_removes(what: str) -> dict[str, Any]:
    """A realm's settings: a bound reset flow whose step "Reset OTP" takes OTP away.

    Args:
        what: As its configuration says it: `Remove all` or `Remove one`.
    """
    steps = ["reset-credentials-choose-user", "reset-credential-email", "reset-password", "reset-otp"]
    executions = [step(each, "REQUIRED", number) for number, each in enumerate(steps)]
    executions[-1]["authenticatorConfig"] = "removes"
    config = {"alias": "removes", "config": {"action_on_otp_reset_flag": what}}
    return {
        "authenticationFlows": [_flow("reset that removes", executions, top=True)],
        "authenticatorConfig": [config],
        "resetCredentialsFlow": "reset that removes",
    }


def bound(flows: list[dict[str, Any]]) -> dict[str, Any]:
    """A realm's settings: these flows, the first of them as its browser flow."""
    return {"authenticationFlows": flows, "browserFlow": flows[0]["alias"]}


def step(authenticator: str, requirement: str, priority: int) -> dict[str, Any]:
    return {"authenticator": authenticator, "requirement": requirement, "priority": priority}


def enforce_by_policy(realm: Realm, flow: str) -> None:
    """A client policy that leads every client to a flow."""
    executor = {"executor": "auth-flow-enforcer", "configuration": {"auth-flow-alias": flow}}
    realm.put("client-policies/profiles", {"profiles": [{"name": "theirs", "executors": [executor]}]})
    anybody = {"condition": "any-client", "configuration": {}}
    policy = {"name": "theirs", "enabled": True, "conditions": [anybody], "profiles": ["theirs"]}
    realm.put("client-policies/policies", {"policies": [policy]})


def _top(alias: str) -> dict[str, Any]:
    return _flow(alias, [step("auth-cookie", "ALTERNATIVE", 0), _below(f"{alias} forms", "ALTERNATIVE", 1)], top=True)


def _below(alias: str, requirement: str, priority: int) -> dict[str, Any]:
    return {"authenticatorFlow": True, "flowAlias": alias, "requirement": requirement, "priority": priority}


def _flow(alias: str, executions: list[dict[str, Any]], *, top: bool) -> dict[str, Any]:
    return {
        "alias": alias,
        "providerId": "basic-flow",
        "topLevel": top,
        "builtIn": False,
        "authenticationExecutions": executions,
    }
