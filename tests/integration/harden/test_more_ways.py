"""Ways around the login page: SAML ECP, client policies, grants, social providers; and limits that limit nothing."""

import base64
import time
from typing import Any

import pyotp
import pytest
import requests
from tests.integration import windows
from tests.integration.command import Kc2fa
from tests.integration.harden.conftest import AS_KEEPER, Harden
from tests.integration.realms import MakeRealm, Realm, flow, otp_credential, person
from tests.integration.windows import PASSWORD, Windows

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.pages import Done, SetUpTotp

NOBODY = person("nobody", credentials=[otp_credential()])


@pytest.mark.slow
def test_an_assertion_for_a_name_and_a_password(
    make_open: MakeRealm, harden: Harden, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak
) -> None:
    # Given a SAML client that allows ECP
    unsigned = {"saml.client.signature": "false", "saml.server.signature": "false", "saml.assertion.signature": "false"}
    client = {"clientId": "sp", "protocol": "saml", "redirectUris": ["http://127.0.0.1:9/saml"]}
    client["attributes"] = unsigned | {"saml.allow.ecp.flow": "true", "ours": "kept"}
    realm = make_open(windows.user("alice"), clients=((client, NOBODY),))
    assert "Assertion" in ecp(keycloak, realm, "alice")
    assert found(kc2fa, realm, "saml-ecp") == ["sp"]
    [was] = realm.get("clients", clientId="sp")
    # When
    harden(realm, "saml-ecp")
    # Then
    assert "Assertion" not in ecp(keycloak, realm, "alice")
    assert found(kc2fa, realm, "saml-ecp") == []
    # And nothing else of the client was changed
    [now] = realm.get("clients", clientId="sp")
    assert now | {"attributes": now["attributes"] | {"saml.allow.ecp.flow": "true"}} == was


@pytest.mark.slow
def test_a_client_policy_that_replaces_the_flow(
    make_open: MakeRealm, harden: Harden, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak
) -> None:
    # Given a realm that demands OTP, and a client policy that leads every client to a flow that does not
    bare = flow("bare", ["auth-username-password-form"])
    realm = make_open(windows.user("alice"), authenticationFlows=[bare])
    harden(realm, "flow-conditional")
    executor = {"executor": "auth-flow-enforcer", "configuration": {"auth-flow-alias": "bare"}}
    other = {"executor": "pkce-enforcer", "configuration": {"auto-configure": False}}
    profiles = [{"name": "lenient", "executors": [executor]}, {"name": "another", "executors": [other]}]
    realm.put("client-policies/profiles", {"profiles": profiles})
    condition = {"condition": "any-client", "configuration": {}}
    policy = {"name": "p", "enabled": True, "conditions": [condition], "profiles": ["lenient"]}
    realm.put("client-policies/policies", {"policies": [policy]})
    people = Windows(keycloak, realm)
    assert isinstance(people.log_in("alice")[1], Done)
    assert found(kc2fa, realm, "client-policy-flow") == ["p"]
    was = realm.get_one("client-policies/profiles")
    # When
    harden(realm, "client-policy-flow")
    # Then
    assert isinstance(people.log_in("alice")[1], SetUpTotp)
    assert found(kc2fa, realm, "client-policy-flow") == []
    # And the other profile, and the flow itself, are as they were
    now = realm.get_one("client-policies/profiles")
    assert [each for each in now["profiles"] if each["name"] == "another"] == [
        each for each in was["profiles"] if each["name"] == "another"
    ]
    assert len(realm.get("authentication/flows/bare/executions")) == 1


@pytest.mark.slow
def test_grants_without_a_login_page(make_open: MakeRealm, harden: Harden, kc2fa: Kc2fa) -> None:
    ciba = {"oidc.ciba.grant.enabled": "true", "ours": "kept"}
    client = {"clientId": "caller", "secret": "s", "publicClient": False, "attributes": ciba}
    realm = make_open(clients=((client, NOBODY),))
    assert found(kc2fa, realm, "grant-without-2fa") == ["caller"]
    harden(realm, "grant-without-2fa")
    assert found(kc2fa, realm, "grant-without-2fa") == []
    [now] = realm.get("clients", clientId="caller")
    assert (now["attributes"]["oidc.ciba.grant.enabled"], now["attributes"]["ours"]) == ("false", "kept")


@pytest.mark.slow
@pytest.mark.parametrize("social", ["github", "google"])
def test_a_social_provider(make_open: MakeRealm, harden: Harden, social: str) -> None:
    # Given a provider to which Keycloak gives no types
    provider = {
        "alias": social,
        "providerId": social,
        "enabled": True,
        "config": {"clientId": "x", "clientSecret": "y"},
    }
    realm = make_open(identityProviders=[provider])
    # When
    harden(realm, "broker-without-2fa")
    # Then a flow that asks for a code is run after it
    bound = realm.get_one(f"identity-provider/instances/{social}")["postBrokerLoginFlowAlias"]
    assert [each["providerId"] for each in realm.get(f"authentication/flows/{bound}/executions")] == ["auth-otp-form"]


@pytest.mark.slow
def test_limits_that_limit_nothing(
    make_open: MakeRealm, harden: Harden, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak
) -> None:
    # Given protection that is on in name only
    weak = {"failureFactor": 10_000_000, "waitIncrementSeconds": 0, "quickLoginCheckMilliSeconds": 0}
    realm = make_open(windows.user("alice"), windows.user("bob"), bruteForceProtected=True, **weak)
    people = Windows(keycloak, realm)
    guess(people, "alice", times=35)
    assert people.grant("alice").ok
    assert found(kc2fa, realm, "brute-force-weak") != []
    # When
    harden(realm, "brute-force-weak")
    # Then
    assert found(kc2fa, realm, "brute-force-weak") == []
    guess(people, "bob", times=35)
    assert not people.grant("bob").ok


def test_stricter_limits_stay(make_open: MakeRealm, harden: Harden) -> None:
    realm = make_open(bruteForceProtected=True, failureFactor=5, waitIncrementSeconds=0, maxFailureWaitSeconds=9_000)
    harden(realm, "brute-force-weak")
    now = realm.representation()
    limits = ("failureFactor", "waitIncrementSeconds", "maxFailureWaitSeconds")
    assert [now[each] for each in limits] == [5, 60, 9_000]


def test_all_closes_limits_of_protection_that_was_off(make_open: MakeRealm, harden: Harden) -> None:
    realm = make_open(failureFactor=10_000_000)
    done = harden(realm)
    assert (realm.representation()["bruteForceProtected"], realm.representation()["failureFactor"]) == (True, 30)
    assert done.data["left"] == [] or "brute-force-weak" not in {each["id"] for each in done.data["left"]}


@pytest.mark.slow
def test_old_codes_and_used_ones(
    make_open: MakeRealm, harden: Harden, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak
) -> None:
    # Given a realm that takes codes of an hour ago, and a code twice
    key = windows.key()
    credentials = [*windows.user("olga")["credentials"], otp_credential(secret=key)]
    policy = {"otpPolicyType": "totp", "otpPolicyAlgorithm": "HmacSHA1", "otpPolicyDigits": 8, "otpPolicyPeriod": 30}
    policy |= {"otpPolicyLookAheadWindow": 200, "otpPolicyInitialCounter": 0, "otpPolicyCodeReusable": True}
    realm = make_open(windows.user("olga", credentials=credentials), **policy)
    people = Windows(keycloak, realm)
    old = code_of(key, seconds_ago=3_600)
    assert people.grant("olga", totp=old).ok
    assert people.grant("olga", totp=old).ok
    assert sorted(found(kc2fa, realm, "otp-policy-weak")) == ["otpPolicyCodeReusable", "otpPolicyLookAheadWindow"]
    # When, with the digits that have drifted too
    harden(realm, "otp-policy-weak", "otp-policy-drift")
    # Then
    assert found(kc2fa, realm, "otp-policy-weak") + found(kc2fa, realm, "otp-policy-drift") == []
    assert not people.grant("olga", totp=code_of(key, seconds_ago=3_540)).ok
    current = code_of(key, seconds_ago=0)
    assert people.grant("olga", totp=current).ok
    assert not people.grant("olga", totp=current).ok


def code_of(key: str, *, seconds_ago: int) -> str:
    """A code of the phone as it was; the credential keeps six digits whatever the policy says."""
    return pyotp.TOTP(base64.b32encode(key.encode()).decode()).at(int(time.time()) - seconds_ago)


def found(kc2fa: Kc2fa, realm: Realm, kind: str) -> list[str]:
    """Where verify finds it."""
    findings: list[dict[str, Any]] = kc2fa("verify", "--json", realm=realm, **AS_KEEPER).data["findings"]
    return [each["where"] for each in findings if each["id"] == kind]


def guess(people: Windows, username: str, *, times: int) -> None:
    for _ in range(times):
        assert not people.grant(username, password="wrong").ok


def ecp(keycloak: EmbeddedKeycloak, realm: Realm, username: str) -> str:
    """What the SAML endpoint answers to a login by Basic authentication (SAML 2.0 profiles, 4.2)."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    request = (
        '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>'
        '<p:AuthnRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="ID_1" Version="2.0" '
        f'IssueInstant="{now}" AssertionConsumerServiceURL="http://127.0.0.1:9/saml" '
        'ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:PAOS">'
        '<a:Issuer xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion">sp</a:Issuer>'
        "</p:AuthnRequest></S:Body></S:Envelope>"
    )
    url = f"{keycloak.url}/realms/{realm.name}/protocol/saml"
    headers = {"Content-Type": "text/xml"}
    return requests.post(url, request, headers=headers, auth=(username, PASSWORD), timeout=30).text
