"""Logins by way of somebody else: an identity provider, a social network, an administrator."""

from typing import Any

from tests.attacks.ground import Ground, enrolled
from tests.attacks.way import way
from tests.attacks.window import Got, Saw, Window
from tests.integration import windows
from tests.integration.harden.test_other_ways import identity_provider
from tests.integration.realms import Realm

from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import SetUpTotp

GROUP = "An identity provider answers for the user"


def brokered(ground: Ground, *people: dict[str, Any]) -> Realm:
    """A realm that people log in to by another realm, which knows carol."""
    secret = {"clientId": "us", "secret": "broker-secret", "redirectUris": [f"{ground.keycloak.url}/*"]}
    other = ground.realm(windows.user("carol"), clients=(secret,))
    provider = identity_provider(ground.keycloak, other)
    provider["config"]["clientId"] = "us"
    return ground.enforce(ground.realm(*people, identityProviders=[provider]))


def by_provider(ground: Ground, realm: Realm) -> Window:
    window = ground.window(realm)
    window.open(kc_idp_hint="other")
    window.log_in("carol")
    return window


@way(GROUP, "OIDC, a linked user who has OTP", finding="broker-without-2fa")
def broker_enrolled(ground: Ground) -> Saw:
    realm = brokered(ground, enrolled("carol").user)
    other = realm.get_one("identity-provider/instances/other")["config"]["issuer"].rpartition("/")[2]
    [theirs] = realm.admin.connection.raw_get(f"admin/realms/{other}/users", username="carol").json()
    user = realm.user("carol")["id"]
    realm.post(f"users/{user}/federated-identity/other", {"userId": theirs["id"], "userName": "carol"})
    return by_provider(ground, realm).saw()


@way(GROUP, "OIDC, a new user, and the page after it is skipped", finding="set-up-skippable")
def broker_new(ground: Ground) -> Saw:
    window = by_provider(ground, brokered(ground))
    window.skip_if_due()
    return window.saw()


@way(GROUP, "a social network, a linked user who has OTP", finding="broker-without-2fa")
def social(ground: Ground) -> Saw:
    links = [{"identityProvider": "github", "userId": "42", "userName": "octavia"}]
    there = {"clientId": "us", "clientSecret": "ours", "baseUrl": ground.elsewhere.url, "apiUrl": ground.elsewhere.url}
    provider = {"alias": "github", "providerId": "github", "enabled": True, "trustEmail": True, "config": there}
    realm = ground.realm(enrolled("octavia", federatedIdentities=links).user, identityProviders=[provider])
    window = ground.window(ground.enforce(realm))
    window.open(kc_idp_hint="github")
    return window.saw()


OTHERS = "An administrator acts as a user who has no OTP"


@way(OTHERS, "and sets up a phone of their own in the user's name", finding=None)
def impersonated(ground: Ground) -> Saw:
    realm, name = ground.shared(), ground.marked()
    window = impersonation(ground, realm, name)
    window.open()
    if isinstance(window.page, SetUpTotp):
        window.set_up_totp(window.page, Authenticator.typed(window.page.secret).code(), "The administrator's")
    held = realm.user(name)["totp"]
    return Saw(Got.LET_IN if held else Got.REFUSED, "the administrator's phone" if held else window.page.title)


@way(OTHERS, "the user is the administrator, who wants to be asked no more", finding=None)
def self_impersonated(ground: Ground) -> Saw:
    roles = {"realm-management": ["realm-admin"]}
    realm = ground.realm(windows.user("boss", clientRoles=roles))
    token = ground.grant(realm, "boss").json()["access_token"]
    ground.enforce(realm)
    window = impersonation(ground, realm, "boss", token)
    window.open()
    return window.saw()


def impersonation(ground: Ground, realm: Realm, name: str, token: str | None = None) -> Window:
    """A window with the cookies that the admin console gets for somebody."""
    window = ground.window(realm)
    url = f"{ground.keycloak.url}/admin/realms/{realm.name}/users/{realm.user(name)['id']}/impersonation"
    token = token or realm.admin.connection.token["access_token"]
    answer = window._http.post(url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
    assert answer.ok, answer.text
    return window
