"""Flows of a test's realm, made as an administrator makes them."""

from typing import Any

from tests.integration.realms import Realm

FORM, DIRECT_GRANT = "two-factor-form", "two-factor-direct-grant"
"""The extension's two authenticators."""


def copy(realm: Realm, alias: str, name: str) -> str:
    """A copy of a flow; returns its id."""
    realm.post(f"authentication/flows/{alias}/copy", {"newName": name})
    return next(each["id"] for each in realm.get("authentication/flows") if each["alias"] == name)


def steps(realm: Realm, alias: str) -> list[dict[str, Any]]:
    """Every step of a flow, in order."""
    return realm.get(f"authentication/flows/{alias}/executions")


def sub_flow(realm: Realm, alias: str, ending: str) -> dict[str, Any]:
    """The sub-flow whose name ends so."""
    return next(each for each in steps(realm, alias) if each.get("displayName", "").endswith(ending))


def add(realm: Realm, parent: str, authenticator: str) -> None:
    """A REQUIRED step at the end of a flow or sub-flow, which is named by its id."""
    step = {"parentFlow": parent, "authenticator": authenticator, "requirement": "REQUIRED"}
    realm.post("authentication/executions", step)


def require(realm: Realm, alias: str, step: dict[str, Any], requirement: str) -> None:
    """Set a step's requirement."""
    realm.put(f"authentication/flows/{alias}/executions", step | {"requirement": requirement})


def never_asks(realm: Realm, name: str) -> None:
    """Bind a browser flow whose OTP stands behind a condition that nobody fulfils."""
    copy(realm, "browser", name)
    two_factor = sub_flow(realm, name, "Conditional 2FA")
    add(realm, two_factor["flowId"], "conditional-user-role")
    condition = next(each for each in steps(realm, name) if each.get("providerId") == "conditional-user-role")
    config = {"alias": f"{name} nobody", "config": {"condUserRole": "nobody-has-this", "negate": "false"}}
    realm.post(f"authentication/executions/{condition['id']}/config", config)
    realm.admin.update_realm(realm.name, {"browserFlow": name})
