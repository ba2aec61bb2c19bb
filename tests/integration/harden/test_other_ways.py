"""Ways around the realm's own login flow: providers, self-removal, reset by mail, guessing."""

from typing import Any

import pytest
from tests.integration import windows
from tests.integration.harden.conftest import Harden, Olga, set_up
from tests.integration.realms import MakeRealm, Realm, flow, otp_credential, person
from tests.integration.windows import Pages, Windows
from tests.mail import Mailbox

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.pages import Done, Other, OtpForm, SetUpTotp


@pytest.mark.slow
def test_a_client_with_a_flow_of_its_own(make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak) -> None:
    # Given a realm that demands OTP, but for one client
    realm = make_open(windows.user("alice"))
    harden(realm, "flow-conditional")
    ids = {each["alias"]: each["id"] for each in realm.get("authentication/flows")}
    [client] = realm.get("clients", clientId="app")
    overrides = {"browser": ids["browser"], "direct_grant": ids["direct grant"]}
    realm.put(f"clients/{client['id']}", client | {"authenticationFlowBindingOverrides": overrides})
    [client] = realm.get("clients", clientId="app")
    people = Windows(keycloak, realm)
    assert isinstance(people.log_in("alice")[1], Done)
    assert people.grant("alice").ok
    # When
    harden(realm, "client-flow-override")
    # Then
    assert isinstance(people.log_in("alice")[1], SetUpTotp)
    assert not people.grant("alice").ok
    # And nothing else of the client was changed
    [now] = realm.get("clients", clientId="app")
    assert now | {"authenticationFlowBindingOverrides": overrides} == client


@pytest.mark.slow
@pytest.mark.parametrize("post_login", [None, "lenient"])
def test_an_identity_provider(
    make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak, post_login: str | None
) -> None:
    # Given another realm by which people log in to this one
    callback = {"redirectUris": [f"{keycloak.url}/*"], "publicClient": False, "secret": "broker-secret"}
    broker = ({"clientId": "broker"} | callback, person("of-no-use", credentials=[otp_credential()]))
    other = make_open(windows.user("carol"), clients=(broker,))
    more = {"postBrokerLoginFlowAlias": post_login} if post_login else {}
    realm = make_open(
        authenticationFlows=[flow("lenient", ["allow-access-authenticator"])],
        identityProviders=[identity_provider(keycloak, other) | more],
    )
    people = Windows(keycloak, realm)
    assert isinstance(people.log_in_by("other", "carol")[1], Done)
    was = realm.get_one("identity-provider/instances/other")
    # When
    harden(realm, "broker-without-2fa")
    # Then
    phone = set_up(*people.log_in_by("other", "carol"))
    window, page = people.log_in_by("other", "carol")
    assert isinstance(window.enter_code(page, phone.fresh_code()), Done)
    # And nothing else of it was changed
    now = realm.get_one("identity-provider/instances/other")
    assert {key for key in now | was if now.get(key) != was.get(key)} == {"postBrokerLoginFlowAlias"}


@pytest.mark.slow
def test_removing_ones_own_otp(make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak, olga: Olga) -> None:
    # Given that the account console lets a person remove their OTP, after which the password is enough
    realm = make_open(olga.user)
    people = Windows(keycloak, realm)
    assert people.remove_own_otp("olga", olga.phone).status_code == 204
    assert isinstance(people.log_in("olga")[1], Done)
    # When
    harden(realm, "otp-self-removal")
    # Then
    realm.put(f"users/{realm.user('olga')['id']}", {"requiredActions": ["CONFIGURE_TOTP"]})
    phone = set_up(*people.log_in("olga"))
    assert people.remove_own_otp("olga", phone).status_code == 400
    assert isinstance(people.log_in("olga")[1], OtpForm)


def test_removing_ones_own_otp_by_a_link(
    make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak, olga: Olga
) -> None:
    # Given that an app may send a person to a page that removes a credential
    realm = make_open(olga.user)
    people = Windows(keycloak, realm)
    [otp] = [each for each in realm.get(f"users/{realm.user('olga')['id']}/credentials") if each["type"] == "otp"]
    window, page = people.log_in("olga")
    assert isinstance(window.enter_code(page, olga.phone.fresh_code()), Done)
    link = {"kc_action": f"delete_credential:{otp['id']}"}
    assert window.open(**link).title == "Delete phone"
    # When
    harden(realm, "otp-self-removal")
    # Then the person is sent straight back
    assert isinstance(window.open(**link), Done)


@pytest.mark.slow
def test_a_forgotten_password(
    make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak, mailbox: Mailbox, olga: Olga
) -> None:
    # Given that whoever reads Olga's mail sets up a phone of their own in her name
    realm = make_open(olga.user, resetPasswordAllowed=True, smtpServer=mailbox.settings)
    people = Windows(keycloak, realm)
    assert isinstance(forgot(people, mailbox).page, SetUpTotp)
    # When
    harden(realm, "reset-credentials")
    # Then the mail is not enough
    pages = forgot(people, mailbox)
    assert isinstance(pages.page, OtpForm)
    assert isinstance(pages.submit(otp=olga.phone.wrong_code()).page, OtpForm)
    # And with the old code it is
    page = pages.submit(otp=olga.phone.fresh_code()).page
    assert page == Other(title="Update password", error=None)
    pages.submit(**{"password-new": "a new one", "password-confirm": "a new one"})
    window, asked = people.log_in("olga", "a new one")
    assert isinstance(window.enter_code(asked, olga.phone.fresh_code()), Done)


def test_guessing(make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak) -> None:
    # Given that nobody counts wrong passwords
    realm = make_open(windows.user("alice"), windows.user("bob"))
    people = Windows(keycloak, realm)
    guess(people, "alice", times=3)
    assert people.grant("alice").ok
    # When
    harden(realm, "brute-force-off")
    # Then
    guess(people, "bob", times=3)
    assert not people.grant("bob").ok


def forgot(people: Windows, mailbox: Mailbox) -> Pages:
    """Olga's way from "Forgot password?" to what the link in the mail leads to, in another window."""
    Pages(people.open()).follow("reset-credentials").submit(username="olga")
    return Pages(people.open()).go("GET", mailbox.link("olga@example.org"))


def guess(people: Windows, username: str, *, times: int) -> None:
    for _ in range(times):
        assert not people.grant(username, password="wrong").ok


def identity_provider(keycloak: EmbeddedKeycloak, realm: Realm) -> dict[str, Any]:
    """A realm as the identity provider of another one."""
    issuer = f"{keycloak.url}/realms/{realm.name}"
    endpoint = f"{issuer}/protocol/openid-connect"
    config = {
        "issuer": issuer,
        "authorizationUrl": f"{endpoint}/auth",
        "tokenUrl": f"{endpoint}/token",
        "jwksUrl": f"{endpoint}/certs",
        "useJwksUrl": "true",
        "validateSignature": "true",
        "clientId": "broker",
        "clientSecret": "broker-secret",
        "clientAuthMethod": "client_secret_post",
        "defaultScope": "openid profile email",
    }
    return {"alias": "other", "providerId": "oidc", "enabled": True, "trustEmail": True, "config": config}
