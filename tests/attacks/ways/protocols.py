"""Protocols that ask in a way of their own, and grants that run no flow."""

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import requests
from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT
from tests.attacks import saml
from tests.attacks.ground import Ground, enrolled
from tests.attacks.way import way
from tests.attacks.window import Saw, token_answer
from tests.integration import windows
from tests.integration.realms import Realm, service_account
from tests.integration.windows import PASSWORD

APART = "Protocols that ask in a way of their own"
USERS: tuple[tuple[str, str, Callable[[], dict[str, Any]], bool], ...] = (
    ("imported", "a user imported after enforcement", lambda: windows.user("imported"), True),
    ("marked", "a user without OTP", lambda: windows.user("lazy"), False),
    ("enrolled", "an enrolled user", lambda: enrolled("olga").user, False),
)
"""Who tries it: the end of the walk's name, words for the table, the user, and whether they come after enforcement."""


def by_three_users(title: str, *, finding: str) -> Callable[[Callable[..., Saw]], Callable[..., Saw]]:
    """Put a walk into the table once for each of USERS."""

    def add(walk: Callable[..., Saw]) -> Callable[..., Saw]:
        for name, who, user, imported in USERS:

            def one(ground: Ground, user: Callable[[], dict[str, Any]] = user, *, imported: bool = imported) -> Saw:
                return walk(ground, user(), imported=imported)

            one.__name__ = f"{walk.__name__}_{name}"
            way(APART, f"{title} {who}", finding=finding)(one)
        return walk

    return add


def enforced(
    ground: Ground, user: dict[str, Any], *, imported: bool, clients: tuple[dict[str, Any], ...], **settings: Any
) -> Realm:
    """A realm that is ON, with a user who was there before or was imported after."""
    realm = ground.enforce(ground.realm(*([] if imported else [user]), clients=clients, **settings))
    if imported:
        realm.import_users([user])
    return realm


@by_three_users("SAML ECP, by", finding="saml-ecp")
def ecp(ground: Ground, user: dict[str, Any], *, imported: bool) -> Saw:
    realm = enforced(ground, user, imported=imported, clients=({"clientId": "sp"} | saml.CLIENT,))
    return saml.ecp(ground.keycloak, realm, "sp", user["username"])


@by_three_users("a Docker registry, by", finding="docker-clients")
def docker(ground: Ground, user: dict[str, Any], *, imported: bool) -> Saw:
    realm = enforced(ground, user, imported=imported, clients=({"clientId": "registry", "protocol": "docker-v2"},))
    url = f"{ground.keycloak.url}/realms/{realm.name}/protocol/docker-v2/auth"
    query = {"service": "registry", "account": user["username"]}
    return token_answer(requests.get(url, query, auth=(user["username"], PASSWORD), timeout=30))


@by_three_users("CIBA, by", finding="grant-without-2fa")
def ciba(ground: Ground, user: dict[str, Any], *, imported: bool) -> Saw:
    secret = {"client_id": "ciba", "client_secret": "ciba-secret"}
    client = {"clientId": "ciba", "secret": "ciba-secret", "attributes": {"oidc.ciba.grant.enabled": "true"}}
    realm = enforced(ground, user, imported=imported, clients=(client,))
    endpoint = f"{ground.keycloak.url}/realms/{realm.name}/protocol/openid-connect/ext/ciba/auth"
    hint = {"login_hint": user["username"], "scope": "openid", "binding_message": "hello"}
    begun = requests.post(endpoint, secret | hint, timeout=30)
    if not begun.ok:
        return token_answer(begun)
    approval = {"Authorization": ground.elsewhere.approvals[-1], "Content-Type": "application/json"}
    approved = requests.post(f"{endpoint}/callback", json.dumps({"status": "SUCCEED"}), headers=approval, timeout=30)
    assert approved.ok, approved.text
    request_id = begun.json()["auth_req_id"]
    grant = {"grant_type": "urn:openid:params:grant-type:ciba", "auth_req_id": request_id}
    return token_answer(ground.token(realm, **secret, **grant))


@by_three_users("a JWT authorization grant, for", finding="grant-without-2fa")
def jwt(ground: Ground, user: dict[str, Any], *, imported: bool) -> Saw:
    key = JWK.generate(kty="RSA", size=2048, kid="theirs")
    issuer = "https://issuer.invalid"
    secret = {"client_id": "bearer", "client_secret": "bearer-secret"}
    attributes = {"oauth2.jwt.authorization.grant.enabled": "true", "oauth2.jwt.authorization.grant.idp": "elsewhere"}
    client = {"clientId": "bearer", "secret": "bearer-secret", "attributes": attributes}
    config = {
        "issuer": issuer,
        "useJwksUrl": "false",
        "publicKeySignatureVerifier": key.export_to_pem().decode(),
        "publicKeySignatureVerifierKeyId": "theirs",
        "jwtAuthorizationGrantEnabled": "true",
    }
    provider = {"alias": "elsewhere", "providerId": "jwt-authorization-grant", "enabled": True, "config": config}
    links = [{"identityProvider": "elsewhere", "userId": "their-id", "userName": user["username"]}]
    user = user | {"federatedIdentities": links}
    realm = enforced(ground, user, imported=imported, clients=(client,), identityProviders=[provider])
    now = int(time.time())
    audience = f"{ground.keycloak.url}/realms/{realm.name}"
    claims = {"iss": issuer, "sub": "their-id", "aud": audience, "iat": now, "exp": now + 60, "jti": str(uuid.uuid4())}
    assertion = JWT({"alg": "RS256", "kid": "theirs"}, claims)
    assertion.make_signed_token(key)
    grant = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion.serialize()}
    return token_answer(ground.token(realm, **secret, **grant))


@by_three_users("a pre-authorized code (OID4VCI), for", finding="grant-without-2fa")
def pre_authorized(ground: Ground, user: dict[str, Any], *, imported: bool) -> Saw:
    """An issuer offers the user a verifiable credential; whoever holds the offer redeems its code (OpenID4VCI, 3.5)."""
    issuer, account = service_account("issuer", attributes={"oid4vci.enabled": "true"})
    realm = enforced(ground, user, imported=imported, clients=(issuer,), verifiableCredentialsEnabled=True)
    role = realm.get_one("roles/credential-offer-create")
    realm.post(f"users/{realm.user(account['username'])['id']}/role-mappings/realm", [role])
    credential = "oid4vc_natural_person_jwt"
    realm.post(f"users/{realm.user(user['username'])['id']}/vc/credentials", {"credentialScopeName": credential})
    secret = {"client_id": "issuer", "client_secret": "issuer-secret"}
    issued = ground.token(realm, **secret, grant_type="client_credentials").json()["access_token"]
    endpoint = f"{ground.keycloak.url}/realms/{realm.name}/protocol/oid4vc"
    offer = {"credential_configuration_id": credential, "pre_authorized": "true", "target_user": user["username"]}
    bearer = {"Authorization": f"Bearer {issued}"}
    made = requests.get(f"{endpoint}/create-credential-offer", offer, headers=bearer, timeout=30)
    if not made.ok:
        return token_answer(made)
    offered = requests.get(f"{endpoint}/credential-offer/{made.json()['nonce']}", timeout=30).json()
    grant = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
    return token_answer(ground.token(realm, grant_type=grant, **offered["grants"][grant]))
