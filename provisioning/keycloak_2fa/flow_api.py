"""Authentication flows through the Admin API: read whole, copied, and added to."""

from collections.abc import Mapping
from typing import Any

from keycloak_2fa import endpoints, flows
from keycloak_2fa.admin_api import AdminApi
from keycloak_2fa.flows import Flow

_KIND = "basic-flow"


def aliases(api: AdminApi) -> dict[str, str]:
    """Aliases of the realm's top-level flows by their ids."""
    return {each["id"]: each["alias"] for each in api.get(endpoints.flows(api.settings.realm))}


def read(api: AdminApi, flow_id: str, alias: str) -> Flow:
    """A flow with all its sub-flows."""
    realm = api.settings.realm
    executions = api.get(endpoints.flow_executions(realm, alias))
    configs = {
        config_id: api.get(endpoints.authenticator_config(realm, config_id)).get("config", {})
        for each in executions
        if each.get("providerId") in flows.CONFIGURED_CONDITIONS
        and (config_id := each.get("authenticationConfig")) is not None
    }
    return flows.read(flow_id, alias, executions, configs)


def copy(api: AdminApi, alias: str, new_alias: str) -> str:
    """Copy a flow with all its sub-flows, whose names get the new one put before them; returns the copy's id."""
    return api.create(endpoints.flow_copy(api.settings.realm, alias), {"newName": new_alias})


def create(api: AdminApi, alias: str, description: str, *, top_level: bool) -> str:
    """Create an empty flow, or a sub-flow that is in none yet; returns its id."""
    flow = {
        "alias": alias,
        "description": description,
        "providerId": _KIND,
        "topLevel": top_level,
        "builtIn": False,
    }
    return api.create(endpoints.flows(api.settings.realm), flow)


def add_step(api: AdminApi, flow_id: str, provider: str, config: Mapping[str, str] | None = None) -> None:
    """Add a step at the end of a flow, REQUIRED.

    Args:
        api: The caller's connection.
        flow_id: The flow or sub-flow.
        provider: The authenticator.
        config: Its configuration.
    """
    realm = api.settings.realm
    step_id = _add(api, flow_id, {"authenticator": provider, "requirement": "REQUIRED"})
    if config is not None:
        named = {"alias": f"{provider} {step_id}", "config": config}
        api.create(endpoints.new_authenticator_config(realm, step_id), named)


def add_conditional_sub_flow(api: AdminApi, flow_id: str, sub_flow_id: str) -> None:
    """Add a sub-flow at the end of a flow, CONDITIONAL."""
    _add(api, flow_id, {"flowId": sub_flow_id, "authenticatorFlow": True, "requirement": "CONDITIONAL"})


def disable(api: AdminApi, alias: str, step_id: str) -> None:
    """Switch one step of a flow off.

    Args:
        api: The caller's connection.
        alias: The top-level flow.
        step_id: The step, in it or in one of its sub-flows.
    """
    path = endpoints.flow_executions(api.settings.realm, alias)
    [step] = [each for each in api.get(path) if each["id"] == step_id]
    api.put(path, step | {"requirement": "DISABLED"})


def _add(api: AdminApi, flow_id: str, execution: Mapping[str, Any]) -> str:
    return api.create(endpoints.executions(api.settings.realm), {"parentFlow": flow_id, **execution})
