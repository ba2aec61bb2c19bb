"""The extension's endpoints, called without `kc2fa`."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from tests.extension.logins import token_url
from tests.integration.realms import ENFORCER, Realm

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.api.endpoints import segment

CONSENT = {"confirm": "Enforce 2FA"}

Call = Callable[..., requests.Response]


@pytest.fixture
def call(keycloak: EmbeddedKeycloak) -> Call:
    """Calls `two-factor` of a realm as one of its service accounts, or as nobody."""

    def call(
        realm: Realm,
        path: str = "",
        *,
        as_: str | None = ENFORCER,
        name: str = "",
        prefer: str = "",
        accept: str = "",
        **body: Any,
    ) -> Any:
        headers = {name: value for name, value in {"Prefer": prefer, "Accept": accept}.items() if value}
        if as_:
            form = {"grant_type": "client_credentials", "client_id": as_, "client_secret": f"{as_}-secret"}
            token = requests.post(token_url(keycloak, realm.name), data=form, timeout=30).json()["access_token"]
            headers["Authorization"] = f"Bearer {token}"
        url = f"{keycloak.url}/admin/realms/{segment(name or realm.name)}/two-factor{path}"
        method = "POST" if path == "/enforce" else "GET"
        return requests.request(method, url, headers=headers, timeout=120, **body)

    return call
