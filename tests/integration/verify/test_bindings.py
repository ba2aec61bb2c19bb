"""The table of flow bindings against what a real server has."""

import pytest
from keycloak import KeycloakAdmin
from tests.integration.realms import MakeRealm
from tests.integration.verify.audit import VerifyRealm, where

from keycloak_2fa.verification import flow_bindings
from keycloak_2fa.verification.flow_bindings import BINDINGS, SAML_ECP_FLOW, Binding

SETTINGS = {each.setting for each in BINDINGS}


def test_every_flow_that_a_realm_binds_is_a_row(make_realm: MakeRealm) -> None:
    bound = {
        key for key, value in make_realm().representation().items() if key.endswith("Flow") and isinstance(value, str)
    }
    assert bound - SETTINGS == set()


def test_every_flow_that_an_identity_provider_binds_is_a_row(make_realm: MakeRealm) -> None:
    provider = {"alias": "github", "providerId": "github", "enabled": True, "config": {"clientId": "us"}}
    flows = {"firstBrokerLoginFlowAlias": "first broker login", "postBrokerLoginFlowAlias": "browser"}
    realm = make_realm(identityProviders=[provider | flows])
    bound = {key for key in realm.get_one("identity-provider/instances/github") if key.endswith("FlowAlias")}
    assert {f"identity provider: {each}" for each in bound} - SETTINGS == set()


def test_every_executor_that_names_a_flow_is_a_row(admin: KeycloakAdmin) -> None:
    executors = admin.get_server_info()["componentTypes"][
        "org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider"
    ]
    naming = {each["id"] for each in executors if any("flow-alias" in p["name"] for p in each["properties"])}
    assert naming == {flow_bindings.FLOW_ENFORCER}


def test_saml_ecp_has_its_flow_by_its_alias_only(make_realm: MakeRealm) -> None:
    realm = make_realm()
    assert SAML_ECP_FLOW not in {each["alias"] for each in realm.get("authentication/flows")}
    [step] = realm.get(f"authentication/flows/{SAML_ECP_FLOW}/executions")
    assert step["providerId"] == "http-basic-authenticator"


@pytest.mark.parametrize("binding", BINDINGS, ids=lambda binding: binding.name)
def test_a_row_is_reported_or_says_why_not(binding: Binding) -> None:
    assert binding.reported_by or not binding.lets_in
    assert binding.reported_by or binding.why


def test_every_built_in_flow_is_bound_somewhere(make_audited: MakeRealm, verify: VerifyRealm) -> None:
    realm = make_audited()
    flows = {each["alias"] for each in realm.get("authentication/flows")}
    representation = realm.representation()
    assert flows == {representation[key] for key in SETTINGS if key in representation}
    assert where(verify(realm), "flow-conditional") == ["browser", "direct grant"]
