"""A SAML service provider: its client, and what it asks for (SAML 2.0 bindings, 3.4 and 4.2)."""

import base64
import uuid
import zlib
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import requests
from tests.attacks.window import Got, Saw, saml_answer
from tests.integration.realms import Realm
from tests.integration.windows import APP, PASSWORD
from tests.server import Keycloak

CLIENT: dict[str, Any] = {
    "protocol": "saml",
    "redirectUris": [APP],
    "attributes": {"saml.client.signature": "false", "saml.force.post.binding": "true", "saml.allow.ecp.flow": "true"},
}


def redirect_binding(keycloak: Keycloak, realm: Realm, client: str) -> str:
    """Where the service provider sends the browser."""
    packed = zlib.compress(_request(keycloak, realm, client, "HTTP-POST").encode())[2:-4]
    return f"{_endpoint(keycloak, realm)}?{urlencode({'SAMLRequest': base64.b64encode(packed).decode()})}"


def ecp(keycloak: Keycloak, realm: Realm, client: str, username: str) -> Saw:
    """What a client without a browser gets for a name and a password."""
    request = _request(keycloak, realm, client, "PAOS")
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    envelope = f'<s:Envelope xmlns:s="{soap}"><s:Body>{request}</s:Body></s:Envelope>'
    answer = requests.post(
        _endpoint(keycloak, realm),
        envelope,
        auth=(username, PASSWORD),
        headers={"Content-Type": "text/xml"},
        timeout=30,
    )
    if not answer.ok:
        return Saw(Got.REFUSED, f"{answer.status_code}, {answer.text[:300]}")
    return saml_answer(answer.text)


def _endpoint(keycloak: Keycloak, realm: Realm) -> str:
    return f"{keycloak.url}/realms/{realm.name}/protocol/saml"


def _request(keycloak: Keycloak, realm: Realm, client: str, binding: str) -> str:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        '<p:AuthnRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" Version="2.0"'
        f' ID="id-{uuid.uuid4()}" IssueInstant="{now}" Destination="{_endpoint(keycloak, realm)}"'
        f' AssertionConsumerServiceURL="{APP}" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:{binding}">'
        f'<a:Issuer xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion">{client}</a:Issuer></p:AuthnRequest>'
    )
