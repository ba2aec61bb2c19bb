"""Authentication flows as a realm's export has them: all of them in one document, named by alias. Pure."""

from collections.abc import Mapping
from typing import Any

from keycloak_2fa.realm.flows import Flow, Step


def read(export: Mapping[str, Any]) -> dict[str, Flow]:
    """Every flow and sub-flow by its alias. Steps have no ids there.

    Args:
        export: The RealmRepresentation of an export.
    """
    listed = {each["alias"]: each for each in export.get("authenticationFlows") or ()}
    configs = {each["alias"]: each.get("config") or {} for each in export.get("authenticatorConfig") or ()}

    def step(each: Mapping[str, Any]) -> Step:
        config = each.get("authenticatorConfig")
        return Step(
            id="",
            provider=each.get("authenticator"),
            requirement=each["requirement"],
            flow=flow(each["flowAlias"]) if each.get("authenticatorFlow") else None,
            config=configs.get(config or "", {}),
            config_alias=config,
        )

    def flow(alias: str) -> Flow:
        executions = listed[alias].get("authenticationExecutions") or ()
        return Flow(listed[alias].get("id", ""), alias, tuple(step(each) for each in executions))

    return {alias: flow(alias) for alias in listed}
