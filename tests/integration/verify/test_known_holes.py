"""Known holes of the server that the tests run on: each is told where what it needs is in use, and only there."""

import pytest
from tests.integration.command import Kc2fa
from tests.integration.realms import MakeRealm, Realm, flow
from tests.integration.verify.audit import findings, set_client, where
from tests.integration.verify.test_client_policies import set_policy

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.verification import server_version
from keycloak_2fa.verification.server_version import HOLES, Verdict


def open_on(keycloak: EmbeddedKeycloak, *cves: str) -> list[str]:
    """Which of them the server under test has."""
    version = server_version.release(keycloak.version)
    assert version is not None
    return [each.cve for each in HOLES if each.cve in cves and server_version.verdict(each, version) is Verdict.OPEN]


@pytest.fixture
def realm(make_audited: MakeRealm) -> Realm:
    return make_audited()


def verify(kc2fa: Kc2fa, realm: Realm, master: dict[str, str]) -> list[str]:
    return where(kc2fa("verify", "--json", "--realm", realm.name, **master), "server-vulnerable")


def test_a_new_realm_uses_nothing_that_a_hole_needs(realm: Realm, kc2fa: Kc2fa, master: dict[str, str]) -> None:
    assert verify(kc2fa, realm, master) == []


def test_the_reset_of_a_password(
    realm: Realm, kc2fa: Kc2fa, master: dict[str, str], keycloak: EmbeddedKeycloak
) -> None:
    realm.put("", {"resetPasswordAllowed": True})
    assert verify(kc2fa, realm, master) == open_on(keycloak, "CVE-2026-18963")


def test_a_client_policy_that_leads_to_a_flow(
    realm: Realm, kc2fa: Kc2fa, master: dict[str, str], keycloak: EmbeddedKeycloak
) -> None:
    set_policy(realm, "browser")
    assert verify(kc2fa, realm, master) == open_on(keycloak, "CVE-2026-94218")
    set_policy(realm, "browser", enabled=False)
    assert verify(kc2fa, realm, master) == []


@pytest.mark.slow
def test_fine_grained_permissions(
    realm: Realm, kc2fa: Kc2fa, master: dict[str, str], keycloak: EmbeddedKeycloak
) -> None:
    realm.put("", {"adminPermissionsEnabled": True})
    assert verify(kc2fa, realm, master) == open_on(keycloak, "CVE-2026-94001")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("attribute", "cve"),
    [
        ("oidc.ciba.grant.enabled", "CVE-2026-16103"),
        ("oauth2.device.authorization.grant.enabled", "CVE-2026-88770"),
    ],
)
def test_a_grant_that_does_not_look_at_a_lock(
    realm: Realm, kc2fa: Kc2fa, master: dict[str, str], keycloak: EmbeddedKeycloak, attribute: str, cve: str
) -> None:
    set_client(realm, "app", publicClient=False, attributes={attribute: "true"})
    assert verify(kc2fa, realm, master) == []
    realm.put("", {"bruteForceProtected": True})
    assert verify(kc2fa, realm, master) == open_on(keycloak, cve)


def test_each_says_what_it_opens_where_it_is_told_and_what_has_the_fix(
    realm: Realm, kc2fa: Kc2fa, master: dict[str, str]
) -> None:
    realm.put("", {"adminPermissionsEnabled": True})
    for each in findings(kc2fa("verify", "--json", "--realm", realm.name, **master), "server-vulnerable"):
        assert "https://github.com/keycloak/keycloak/issues/53057" in each["title"]
        assert "26.8.1" in each["fix"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "cve"),
    [
        ("conditional-level-of-authentication", "CVE-2026-3429"),
        ("webauthn-authenticator", "CVE-2026-37982"),
    ],
)
def test_a_step_of_a_flow_that_a_browser_login_can_go_through(
    make_audited: MakeRealm, kc2fa: Kc2fa, master: dict[str, str], keycloak: EmbeddedKeycloak, step: str, cve: str
) -> None:
    realm = make_audited(authenticationFlows=[flow("own", ["auth-username-password-form", step])])
    assert verify(kc2fa, realm, master) == []
    [own] = [each["id"] for each in realm.get("authentication/flows") if each["alias"] == "own"]
    set_client(realm, "app", authenticationFlowBindingOverrides={"browser": own})
    assert verify(kc2fa, realm, master) == open_on(keycloak, cve)


def test_a_saml_provider_for_linking_only(
    make_audited: MakeRealm, kc2fa: Kc2fa, master: dict[str, str], keycloak: EmbeddedKeycloak
) -> None:
    config = {"entityId": "us", "singleSignOnServiceUrl": "https://idp.example/sso"}
    provider = {"alias": "saml", "providerId": "saml", "enabled": True, "linkOnly": False, "config": config}
    realm = make_audited(identityProviders=[provider])
    assert verify(kc2fa, realm, master) == []
    path = "identity-provider/instances/saml"
    realm.put(path, realm.get_one(path) | {"linkOnly": True})
    assert verify(kc2fa, realm, master) == open_on(keycloak, "CVE-2026-16442")
