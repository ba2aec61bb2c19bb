"""Protocols that ask in a way of their own, and grants that run no flow."""

import json
import time
import uuid
from typing import Any

import requests
from jwcrypto import jwk, jwt
from tests.attacks import saml
from tests.attacks.ground import Ground, enrolled
from tests.attacks.way import way
from tests.attacks.window import Saw, token_answer
from tests.integration import windows
from tests.integration.realms import service_account
from tests.integration.windows import PASSWORD

APART = "Protocols that ask in a way of their own"


def by_ecp(ground: Ground, user: dict[str, Any], *, imported: bool) -> Saw:
    people = [] if imported else [user]
    realm = ground.realm(*people, clients=({"clientId": "sp"} | saml.CLIENT,))
    ground.enforce(realm)
    if imported:
        realm.post("partialImport", {"ifResourceExists": "FAIL", "users": [user]})
    return saml.ecp(ground.keycloak, realm, "sp", user["username"])


@way(APART, "SAML ECP, by a user imported after enforcement", finding="saml-ecp")
def ecp_imported(ground: Ground) -> Saw:
    return by_ecp(ground, windows.user("imported"), imported=True)


@way(APART, "SAML ECP, by a user without OTP", finding="saml-ecp")
def ecp_marked(ground: Ground) -> Saw:
    return by_ecp(ground, windows.user("lazy"), imported=False)


@way(APART, "SAML ECP, by an enrolled user", finding="saml-ecp")
def ecp_enrolled(ground: Ground) -> Saw:
    return by_ecp(ground, enrolled("olga").user, imported=False)


def by_docker(ground: Ground, user: dict[str, Any], *, imported: bool) -> Saw:
    people = [] if imported else [user]
    realm = ground.realm(*people, clients=({"clientId": "registry", "protocol": "docker-v2"},))
    ground.enforce(realm)
    if imported:
        realm.post("partialImport", {"ifResourceExists": "FAIL", "users": [user]})
    url = f"{ground.keycloak.url}/realms/{realm.name}/protocol/docker-v2/auth"
    query = {"service": "registry", "account": user["username"]}
    return token_answer(requests.get(url, query, auth=(user["username"], PASSWORD), timeout=30))


@way(APART, "a Docker registry, by a user imported after enforcement", finding="docker-clients")
def docker_imported(ground: Ground) -> Saw:
    return by_docker(ground, windows.user("imported"), imported=True)


@way(APART, "a Docker registry, by a user without OTP", finding="docker-clients")
def docker_marked(ground: Ground) -> Saw:
    return by_docker(ground, windows.user("lazy"), imported=False)


@way(APART, "a Docker registry, by an enrolled user", finding="docker-clients")
def docker_enrolled(ground: Ground) -> Saw:
    return by_docker(ground, enrolled("olga").user, imported=False)


def by_ciba(ground: Ground, user: dict[str, Any], *, imported: bool) -> Saw:
    secret = {"client_id": "ciba", "client_secret": "ciba-secret"}
    client = {"clientId": "ciba", "secret": "ciba-secret", "attributes": {"oidc.ciba.grant.enabled": "true"}}
    realm = ground.realm(*([] if imported else [user]), clients=(client,))
    ground.enforce(realm)
    if imported:
        realm.post("partialImport", {"ifResourceExists": "FAIL", "users": [user]})
    ciba = f"{ground.keycloak.url}/realms/{realm.name}/protocol/openid-connect/ext/ciba/auth"
    hint = {"login_hint": user["username"], "scope": "openid", "binding_message": "hello"}
    begun = requests.post(ciba, secret | hint, timeout=30)
    if not begun.ok:
        return token_answer(begun)
    approval = {"Authorization": ground.elsewhere.approvals[-1], "Content-Type": "application/json"}
    approved = requests.post(f"{ciba}/callback", json.dumps({"status": "SUCCEED"}), headers=approval, timeout=30)
    assert approved.ok, approved.text
    request_id = begun.json()["auth_req_id"]
    grant = {"grant_type": "urn:openid:params:grant-type:ciba", "auth_req_id": request_id}
    return token_answer(ground.token(realm, **secret, **grant))


@way(APART, "CIBA, by a user imported after enforcement", finding="grant-without-2fa")
def ciba_imported(ground: Ground) -> Saw:
    return by_ciba(ground, windows.user("imported"), imported=True)


@way(APART, "CIBA, by a user without OTP", finding="grant-without-2fa")
def ciba_marked(ground: Ground) -> Saw:
    return by_ciba(ground, windows.user("lazy"), imported=False)


@way(APART, "CIBA, by an enrolled user", finding="grant-without-2fa")
def ciba_enrolled(ground: Ground) -> Saw:
    return by_ciba(ground, enrolled("olga").user, imported=False)


def by_jwt_grant(ground: Ground, user: dict[str, Any], *, imported: bool) -> Saw:
    key = jwk.JWK.generate(kty="RSA", size=2048, kid="theirs")
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
    realm = ground.realm(*([] if imported else [user]), clients=(client,), identityProviders=[provider])
    ground.enforce(realm)
    if imported:
        realm.post("partialImport", {"ifResourceExists": "FAIL", "users": [user]})
    now = int(time.time())
    audience = f"{ground.keycloak.url}/realms/{realm.name}"
    claims = {"iss": issuer, "sub": "their-id", "aud": audience, "iat": now, "exp": now + 60, "jti": str(uuid.uuid4())}
    assertion = jwt.JWT({"alg": "RS256", "kid": "theirs"}, claims)
    assertion.make_signed_token(key)
    grant = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion.serialize()}
    return token_answer(ground.token(realm, **secret, **grant))


@way(APART, "a JWT authorization grant, for a user imported after enforcement", finding="grant-without-2fa")
def jwt_imported(ground: Ground) -> Saw:
    return by_jwt_grant(ground, windows.user("imported"), imported=True)


@way(APART, "a JWT authorization grant, for a user without OTP", finding="grant-without-2fa")
def jwt_marked(ground: Ground) -> Saw:
    return by_jwt_grant(ground, windows.user("lazy"), imported=False)


@way(APART, "a JWT authorization grant, for an enrolled user", finding="grant-without-2fa")
def jwt_enrolled(ground: Ground) -> Saw:
    return by_jwt_grant(ground, enrolled("olga").user, imported=False)


def by_pre_authorized_code(ground: Ground, user: dict[str, Any], *, imported: bool) -> Saw:
    """An issuer offers the user a verifiable credential; whoever holds the offer redeems its code (OpenID4VCI, 3.5)."""
    issuer, account = service_account("issuer", attributes={"oid4vci.enabled": "true"})
    people = [] if imported else [user]
    realm = ground.realm(*people, clients=(issuer,), verifiableCredentialsEnabled=True)
    ground.enforce(realm)
    if imported:
        realm.post("partialImport", {"ifResourceExists": "FAIL", "users": [user]})
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


@way(APART, "a pre-authorized code (OID4VCI), for a user imported after enforcement", finding="grant-without-2fa")
def pre_authorized_imported(ground: Ground) -> Saw:
    return by_pre_authorized_code(ground, windows.user("imported"), imported=True)


@way(APART, "a pre-authorized code (OID4VCI), for a user without OTP", finding="grant-without-2fa")
def pre_authorized_marked(ground: Ground) -> Saw:
    return by_pre_authorized_code(ground, windows.user("lazy"), imported=False)


@way(APART, "a pre-authorized code (OID4VCI), for an enrolled user", finding="grant-without-2fa")
def pre_authorized_enrolled(ground: Ground) -> Saw:
    return by_pre_authorized_code(ground, enrolled("olga").user, imported=False)
