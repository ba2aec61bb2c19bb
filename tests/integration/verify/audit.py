"""What the tests of `verify` share: an auditor, and how its findings are read."""

import json
from collections.abc import Callable
from typing import Any

from tests.integration import windows
from tests.integration.command import Run
from tests.integration.realms import Realm, otp_credential, person

READ = ("view-realm", "view-users", "view-events", "view-clients", "view-identity-providers")
APP = (windows.APP_CLIENT, person("of-no-importance", credentials=[otp_credential()]))

TIGHT = [
    each
    for each in json.loads(windows.REALM_FILE.read_text(encoding="utf-8"))["authenticationFlows"]
    if each["alias"].startswith("browser")
]
"""A browser flow that demands a code of everybody."""

VerifyRealm = Callable[..., Run]
"""Runs `kc2fa verify --json` on a realm."""


def as_client(client: str) -> dict[str, str]:
    return {"KC2FA_CLIENT_ID": client, "KC2FA_CLIENT_SECRET": f"{client}-secret"}


def findings(run: Run, kind: str) -> list[dict[str, str]]:
    return [each for each in run.data["findings"] if each["id"] == kind]


def where(run: Run, kind: str) -> list[str]:
    return [each["where"] for each in findings(run, kind)]


def held(run: Run, kind: str) -> list[str]:
    return [each["where"] for each in run.data["held"] if each["id"] == kind]


def exempt(realm: Realm, username: str, *, expires: str, **more: str) -> None:
    """An exemption as `kc2fa exempt add` writes it, or as somebody else does."""
    values = {
        "username": username,
        "reason": "break glass",
        "approver": "the CISO",
        "expires": expires,
        "created_at": "2026-01-01T00:00:00Z",
        "created_by": "root",
    }
    name = f"two-factor-exempt-{realm.user(username)['id']}"
    kept = {key: [value] for key, value in (values | more).items() if value}
    realm.post("roles", {"name": name, "attributes": kept})


def set_client(realm: Realm, client_id: str, **settings: Any) -> None:
    [client] = realm.get("clients", clientId=client_id)
    attributes = client.get("attributes", {}) | settings.pop("attributes", {})
    realm.put(f"clients/{client['id']}", client | settings | {"attributes": attributes})
