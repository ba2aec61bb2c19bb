"""Realms for tests: made whole by one import, which, as in life, gives nobody a default action."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from keycloak import KeycloakAdmin

from keycloak_2fa.api.endpoints import segment
from keycloak_2fa.realm.enforcement_state import ROLE

ENFORCER, ENFORCER_SECRET = "enforcer", "enforcer-secret"
"""A service account with manage-realm and manage-users, and no more."""


@dataclass(frozen=True)
class Realm:
    """A realm on the server, as a test sees it."""

    name: str
    admin: KeycloakAdmin = field(repr=False)

    def representation(self) -> dict[str, Any]:
        return dict(self.admin.get_realm(segment(self.name)))

    def users(self) -> dict[str, dict[str, Any]]:
        """Everybody by name, whole."""
        return {each["username"]: each for each in self.get("users", max=100_000, briefRepresentation="false")}

    def user(self, username: str) -> dict[str, Any]:
        return next(iter(self.get("users", username=username, exact="true", briefRepresentation="false")))

    def marked(self) -> set[str]:
        """Names of those who have CONFIGURE_TOTP due."""
        return {name for name, user in self.users().items() if "CONFIGURE_TOTP" in user["requiredActions"]}

    def has_mark(self) -> bool:
        return any(role["name"] == ROLE for role in self.get("roles"))

    def required_action(self) -> dict[str, Any]:
        actions = self.get("authentication/required-actions")
        return next(each for each in actions if each["alias"] == "CONFIGURE_TOTP")

    def user_writes(self) -> dict[str, int]:
        """How often each user was written, by id, from the server's own admin events."""
        events = self.get("admin-events", operationTypes="UPDATE", resourceTypes="USER", max=100_000)
        written: dict[str, int] = {}
        for event in events:
            user_id = event["resourcePath"].removeprefix("users/")
            written[user_id] = written.get(user_id, 0) + 1
        return written

    def workflows(self) -> list[dict[str, Any]]:
        headers = self.admin.connection.headers or {}
        self.admin.connection.headers = headers | {"Accept": "application/json"}
        try:
            return self.get("workflows")
        finally:
            self.admin.connection.headers = headers

    def put(self, path: str, body: dict[str, Any]) -> None:
        response = self.admin.connection.raw_put(self._path(path), data=json.dumps(body))
        assert response.status_code < 300, response.text

    def get_one(self, path: str) -> dict[str, Any]:
        response = self.admin.connection.raw_get(self._path(path))
        assert response.status_code == 200, response.text
        return dict(response.json())

    def delete(self, path: str) -> None:
        response = self.admin.connection.raw_delete(self._path(path))
        assert response.status_code < 300, response.text

    def post(self, path: str, body: Any) -> None:
        response = self.admin.connection.raw_post(self._path(path), data=json.dumps(body))
        assert response.status_code < 300, response.text

    def import_users(self, users: Sequence[dict[str, Any]]) -> None:
        """Import users, which gives them no default action; one who is there already is a failure."""
        self.post("partialImport", {"ifResourceExists": "FAIL", "users": users})

    def get(self, path: str, **query: Any) -> list[dict[str, Any]]:
        response = self.admin.connection.raw_get(self._path(path), **query)
        assert response.status_code == 200, response.text
        return list(response.json())

    def _path(self, path: str) -> str:
        return f"admin/realms/{segment(self.name)}/{path}"


MakeRealm = Callable[..., Realm]
"""Makes a realm: people as positional arguments, settings of the realm as named ones."""


def switch_user_storage(realm: Realm, setting: str, *, on: bool) -> None:
    """Switch a setting of the realm's one user storage, as in `enabled`."""
    [storage] = realm.get("components", type="org.keycloak.storage.UserStorageProvider")
    storage["config"][setting] = [str(on).lower()]
    realm.put(f"components/{storage['id']}", storage)


def person(username: str, **more: Any) -> dict[str, Any]:
    """A person to import."""
    return {"username": username, "enabled": True} | more


def people(count: int, prefix: str = "person") -> list[dict[str, Any]]:
    return [person(f"{prefix}-{number:05d}") for number in range(count)]


def password(value: str) -> list[dict[str, Any]]:
    return [{"type": "password", "value": value, "temporary": False}]


def otp_credential(label: str = "phone", *, secret: str = "made-for-a-test-only") -> dict[str, Any]:
    """An OTP credential as Keycloak exports it."""
    return {
        "type": "otp",
        "userLabel": label,
        "secretData": json.dumps({"value": secret}),
        "credentialData": (
            '{"subType":"totp","digits":6,"counter":0,"period":30,"algorithm":"HmacSHA1","secretEncoding":null}'
        ),
    }


SECURITY_KEY = {
    "type": "webauthn",
    "userLabel": "key",
    "secretData": "{}",
    "credentialData": json.dumps(
        {
            "aaguid": "00000000-0000-0000-0000-000000000000",
            "credentialId": "bm90IGEga2V5IGF0IGFsbA==",
            "counter": 0,
            "credentialPublicKey": "not-a-key-at-all",
            "attestationStatementFormat": "none",
            "transports": ["usb"],
        }
    ),
}
RECOVERY_CODES = {
    "type": "recovery-authn-codes",
    "userLabel": "codes",
    "secretData": '{"codes":[{"number":1,"encodedHashedValue":"of-no-code-at-all"}]}',
    "credentialData": '{"hashIterations":-1,"algorithm":"RS512","totalCodes":1,"remainingCodes":1}',
}
"""Other second factors, as Keycloak exports them. Nobody can log in with these."""


def service_account(client_id: str, *roles: str, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A client with a service account, and that account with admin roles of the realm."""
    client = {
        "clientId": client_id,
        "secret": f"{client_id}-secret",
        "serviceAccountsEnabled": True,
        "standardFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "publicClient": False,
    } | more
    user = {
        "username": f"service-account-{client_id}",
        "enabled": True,
        "serviceAccountClientId": client_id,
        "clientRoles": {"realm-management": list(roles)},
    }
    return client, user


_EVERYBODY = {"view": ["admin", "user"], "edit": ["admin", "user"]}
PHONE_REQUIRED = {"name": "phone", "permissions": _EVERYBODY, "required": {"roles": ["admin", "user"]}}
"""An attribute of the user profile without which Keycloak refuses to write a user, whoever writes."""


def user_profile(*attributes: dict[str, Any], unmanaged: bool = False) -> dict[str, Any]:
    """Components of a realm with these attributes in its user profile beside the usual ones."""
    usual = [{"name": name, "permissions": _EVERYBODY} for name in ("username", "email", "firstName", "lastName")]
    profile: dict[str, Any] = {"attributes": [*usual, *attributes]}
    if unmanaged:
        profile["unmanagedAttributePolicy"] = "ENABLED"
    config = {"kc.user.profile.config": [json.dumps(profile)]}
    provider = {"providerId": "declarative-user-profile", "config": config}
    return {"org.keycloak.userprofile.UserProfileProvider": [provider]}


def flow(alias: str, steps: list[str]) -> dict[str, Any]:
    """A flow of required steps, to import."""
    executions = [
        {"authenticator": step, "requirement": "REQUIRED", "priority": number} for number, step in enumerate(steps)
    ]
    return {
        "alias": alias,
        "providerId": "basic-flow",
        "topLevel": True,
        "builtIn": False,
        "authenticationExecutions": executions,
    }


def permit(realm: Realm, who: str, whom: str, scopes: Collection[str]) -> None:
    """A fine-grained permission (v2) of one user for another one."""
    [client] = realm.get("clients", clientId="admin-permissions")
    authz = f"clients/{client['id']}/authz/resource-server"
    realm.post(f"{authz}/policy/user", {"name": f"is {who}", "users": [realm.user(who)["id"]]})
    permission = {"name": f"{who} {whom}", "resourceType": "Users", "scopes": list(scopes), "policies": [f"is {who}"]}
    realm.post(f"{authz}/permission/scope", permission | {"resources": [realm.user(whom)["id"]]})
