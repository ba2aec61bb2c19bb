"""Flows that do not demand a second factor, by whatever they are bound."""

import pytest
from tests.integration.realms import MakeRealm, Realm
from tests.integration.verify.audit import TIGHT, VerifyRealm, where


def test_the_built_in_flows_are_conditional(enforced: Realm, verify: VerifyRealm) -> None:
    run = verify(enforced)
    assert where(run, "flow-conditional") == ["browser", "direct grant"]
    assert where(run, "passkey-skips-otp") == []
    assert where(run, "reset-credentials") == []


def test_a_flow_that_demands_a_code_is_not(make_audited: MakeRealm, verify: VerifyRealm) -> None:
    realm = make_audited(authenticationFlows=TIGHT, browserFlow="browser with 2FA")
    assert where(verify(realm), "flow-conditional") == ["direct grant"]


@pytest.mark.slow
def test_passkeys(make_audited: MakeRealm, verify: VerifyRealm) -> None:
    realm = make_audited(webAuthnPolicyPasswordlessPasskeysEnabled=True)
    assert where(verify(realm), "passkey-skips-otp") == ["browser"]


def test_passkeys_where_a_code_follows(make_audited: MakeRealm, verify: VerifyRealm) -> None:
    realm = make_audited(
        webAuthnPolicyPasswordlessPasskeysEnabled=True, authenticationFlows=TIGHT, browserFlow="browser with 2FA"
    )
    assert where(verify(realm), "passkey-skips-otp") == []


def test_forgot_password_where_it_is_on(make_audited: MakeRealm, verify: VerifyRealm) -> None:
    realm = make_audited(resetPasswordAllowed=True)
    assert where(verify(realm), "reset-credentials") == ["reset credentials"]


@pytest.mark.slow
def test_a_client_with_a_flow_of_its_own(make_audited: MakeRealm, verify: VerifyRealm) -> None:
    # Given a realm whose browser flow is tight, and one client that keeps the built-in one
    realm = make_audited(authenticationFlows=TIGHT, browserFlow="browser with 2FA")
    ids = {each["alias"]: each["id"] for each in realm.get("authentication/flows")}
    [client] = realm.get("clients", clientId="account-console")
    assert where(verify(realm), "client-flow-override") == []
    # When
    for flow, expected in (("browser", ["account-console"]), ("browser with 2FA", [])):
        overrides = {"browser": ids[flow]}
        realm.put(f"clients/{client['id']}", client | {"authenticationFlowBindingOverrides": overrides})
        # Then
        assert where(verify(realm), "client-flow-override") == expected


def test_clients_with_direct_access_grants(enforced: Realm, verify: VerifyRealm) -> None:
    assert where(verify(enforced), "direct-grant-clients") == ["admin-cli", "app"]
    for name in ("admin-cli", "app"):
        [client] = enforced.get("clients", clientId=name)
        enforced.put(f"clients/{client['id']}", client | {"directAccessGrantsEnabled": False})
    assert where(verify(enforced), "direct-grant-clients") == []


def test_identity_providers(make_audited: MakeRealm, verify: VerifyRealm) -> None:
    config = {"authorizationUrl": "https://idp.example/a", "tokenUrl": "https://idp.example/t", "clientId": "us"}
    provider = {"providerId": "oidc", "enabled": True, "config": config | {"clientSecret": "secret"}}
    realm = make_audited(
        authenticationFlows=TIGHT,
        identityProviders=[
            provider | {"alias": "open"},
            provider | {"alias": "conditional", "postBrokerLoginFlowAlias": "browser"},
            provider | {"alias": "tight", "postBrokerLoginFlowAlias": "browser with 2FA"},
            provider | {"alias": "off", "enabled": False},
            provider | {"alias": "linking", "linkOnly": True},
        ],
    )
    assert where(verify(realm), "broker-without-2fa") == ["conditional", "open"]
