"""Authentication flows through the Admin API: read whole, copied, and added to.

Keycloak makes a step that is sent twice twice. So each is sent once, in a job of `AdminApi.retrying`.
"""

from collections.abc import Mapping
from contextlib import suppress

from keycloak_2fa.api import endpoints
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.responses import NotFoundError
from keycloak_2fa.realm import flows
from keycloak_2fa.realm.flows import Flow

_KIND = "basic-flow"


def list_aliases(api: AdminApi) -> dict[str, str]:
    """Aliases of the realm's top-level flows by their ids."""
    return {each["id"]: each["alias"] for each in api.get(endpoints.flows(api.settings.realm))}


def get_flow(api: AdminApi, flow_id: str, alias: str) -> Flow:
    """A flow with all its sub-flows."""
    realm = api.settings.realm
    executions = api.get(endpoints.flow_executions(realm, alias))
    configs = {
        config_id: api.get(endpoints.authenticator_config(realm, config_id)).get("config", {})
        for each in executions
        if each.get("providerId") in flows.CONFIGURED and (config_id := each.get("authenticationConfig")) is not None
    }
    return flows.read(flow_id, alias, executions, configs)


def copy(api: AdminApi, alias: str, new_alias: str) -> str:
    """Copy a flow with all its sub-flows, whose names get the new one put before them; returns the copy's id."""
    return api.create_once(endpoints.flow_copy(api.settings.realm, alias), {"newName": new_alias})


def create(api: AdminApi, alias: str, description: str) -> str:
    """Create an empty flow; returns its id."""
    flow = {"alias": alias, "description": description, "providerId": _KIND, "topLevel": True, "builtIn": False}
    return api.create_once(endpoints.flows(api.settings.realm), flow)


def list_authenticators(api: AdminApi) -> frozenset[str]:
    """Ids of the authenticators that the server has."""
    return frozenset(each["id"] for each in api.get(endpoints.authenticator_providers(api.settings.realm)))


def remove(api: AdminApi, flow_id: str) -> None:
    """Remove a flow with all its sub-flows."""
    with suppress(NotFoundError):
        api.delete(endpoints.flow(api.settings.realm, flow_id))


def add_step(api: AdminApi, flow_id: str, provider: str, config: Mapping[str, str] | None = None) -> None:
    """Add a step at the end of a flow, REQUIRED.

    Args:
        api: The caller's connection.
        flow_id: The flow or sub-flow.
        provider: The authenticator.
        config: Its configuration.
    """
    realm = api.settings.realm
    step = {"parentFlow": flow_id, "authenticator": provider, "requirement": "REQUIRED"}
    step_id = api.create_once(endpoints.executions(realm), step)
    if config is not None:
        named = {"alias": f"{provider} {step_id}", "config": config}
        api.create_once(endpoints.new_authenticator_config(realm, step_id), named)


def rename(api: AdminApi, flow_id: str, alias: str) -> None:
    """Give a flow or sub-flow another alias.

    Raises:
        ConflictError: Another flow or sub-flow of the realm has that alias.
    """
    path = endpoints.flow(api.settings.realm, flow_id)
    api.put(path, api.get(path) | {"alias": alias})


def configure(api: AdminApi, config_id: str, config: Mapping[str, str]) -> None:
    """Set the configuration of a step, under the alias that it has."""
    path = endpoints.authenticator_config(api.settings.realm, config_id)
    api.put(path, api.get(path) | {"config": dict(config)})


def remove_step(api: AdminApi, step_id: str) -> None:
    """Remove a step from its flow, with all of it where it is a sub-flow."""
    with suppress(NotFoundError):
        api.delete(endpoints.execution(api.settings.realm, step_id))


def add_sub_flow(api: AdminApi, parent: str, alias: str, description: str) -> str:
    """Add an empty sub-flow at the end of a flow, DISABLED; returns its id.

    Args:
        api: The caller's connection.
        parent: Alias of the flow or sub-flow.
        alias: The new one's alias.
        description: What it is for.

    Raises:
        ConflictError: A flow or sub-flow of the realm has that alias.
    """
    sub_flow = {"alias": alias, "description": description, "type": _KIND}
    return api.create_once(endpoints.new_sub_flow(api.settings.realm, parent), sub_flow)


def set_requirement(api: AdminApi, alias: str, step_id: str, requirement: str) -> None:
    """Set the requirement of one step of a flow.

    Args:
        api: The caller's connection.
        alias: The top-level flow.
        step_id: The step, in it or in one of its sub-flows, or else the sub-flow that it is.
        requirement: REQUIRED, ALTERNATIVE, CONDITIONAL or DISABLED.
    """
    path = endpoints.flow_executions(api.settings.realm, alias)
    [step] = [each for each in api.get(path) if step_id in {each["id"], each.get("flowId")}]
    api.put(path, step | {"requirement": requirement})
