"""The set-up page, walked past by somebody who has the password and nothing else."""

from typing import Any
from urllib.parse import urljoin

import requests
from tests.attacks import saml
from tests.attacks.ground import Ground
from tests.attacks.way import way
from tests.attacks.window import Got, Saw, Window, token_answer
from tests.integration import windows
from tests.integration.realms import Realm
from tests.integration.windows import APP, PASSWORD

GROUP = "The set-up page is skipped after the password"
FINDING = "set-up-skippable"


def skipped(window: Window, username: str, **more: str) -> Saw:
    """Name and password, and then on without the set-up."""
    window.open(**more)
    window.log_in(username)
    window.skip_if_due()
    return window.saw()


@way(GROUP, "OIDC, authorization code", finding=FINDING, core=True)
def code(ground: Ground) -> Saw:
    return skipped(ground.window(ground.shared()), ground.marked())


@way(GROUP, "OIDC, a client that asks for consent", finding=FINDING)
def consent_client(ground: Ground) -> Saw:
    realm = ground.shared()
    client = ground.client(realm, {"publicClient": True, "redirectUris": [APP], "consentRequired": True})
    return skipped(ground.window(realm, client), ground.marked())


@way(GROUP, "OIDC, implicit", finding=FINDING, core=True)
def implicit(ground: Ground) -> Saw:
    realm = ground.shared()
    client = ground.client(realm, {"publicClient": True, "redirectUris": [APP], "implicitFlowEnabled": True})
    return skipped(ground.window(realm, client), ground.marked(), response_type="id_token token", nonce="n")


@way(GROUP, "OIDC, hybrid", finding=FINDING)
def hybrid(ground: Ground) -> Saw:
    realm = ground.shared()
    client = ground.client(realm, {"publicClient": True, "redirectUris": [APP], "implicitFlowEnabled": True})
    return skipped(ground.window(realm, client), ground.marked(), response_type="code id_token token", nonce="n")


@way(GROUP, "OIDC, device authorization", finding=FINDING, core=True)
def device(ground: Ground) -> Saw:
    realm = ground.shared()
    begun = DeviceLogin(ground, realm)
    window = ground.window(realm)
    window.go("GET", begun.page)
    window.log_in(ground.marked())
    window.skip(window.page)
    return begun.poll()


@way(GROUP, "SAML", finding=FINDING, core=True)
def saml_client(ground: Ground) -> Saw:
    realm = ground.shared()
    client = ground.client(realm, saml.CLIENT)
    window = ground.window(realm, client)
    window.go("GET", saml.redirect_binding(ground.keycloak, realm, client))
    window.log_in(ground.marked())
    window.skip_if_due()
    return window.saw()


@way(GROUP, "the account console", finding=FINDING, core=True)
def account_console(ground: Ground) -> Saw:
    realm = ground.shared()
    account = f"{ground.keycloak.url}/realms/{realm.name}/account/"
    return skipped(ground.window(realm, "account-console", redirect_uri=account), ground.marked())


@way(GROUP, "the admin console, by an administrator of the realm", finding=FINDING)
def admin_console(ground: Ground) -> Saw:
    roles = {"realm-management": ["realm-admin"]}
    realm = ground.enforce(ground.realm(windows.user("boss", clientRoles=roles)))
    console = f"{ground.keycloak.url}/admin/{realm.name}/console/"
    return skipped(ground.window(realm, "security-admin-console", redirect_uri=console), "boss")


@way(GROUP, "by an imported user (`partialImport`)", finding=FINDING, core=True)
def imported(ground: Ground) -> Saw:
    realm = ground.shared()
    realm.import_users([windows.user("imported")])
    return skipped(ground.window(realm), "imported")


@way(GROUP, "by a user who registered", finding=FINDING)
def registered(ground: Ground) -> Saw:
    realm = ground.enforce(ground.realm(registrationAllowed=True))
    window = ground.window(realm)
    window.open()
    window.follow("registration")
    register(window, "newcomer")
    window.skip_if_due()
    return window.saw()


@way(GROUP, "by a user that an administrator created", finding=FINDING)
def created(ground: Ground) -> Saw:
    realm = ground.shared()
    realm.post("users", new_user("created"))
    return skipped(ground.window(realm), "created")


@way(GROUP, "by a user who was disabled and enabled again", finding=FINDING)
def enabled_again(ground: Ground) -> Saw:
    realm, name = ground.shared(), ground.marked()
    person = realm.user(name)
    for on in (False, True):
        realm.put(f"users/{person['id']}", {"enabled": on})
    return skipped(ground.window(realm), name)


@way(GROUP, "at the page for a new password", finding=FINDING)
def temporary_password(ground: Ground) -> Saw:
    realm = ground.shared()
    user = windows.user("temporary", requiredActions=["UPDATE_PASSWORD"])
    realm.import_users([user])
    return skipped(ground.window(realm), "temporary")


def register(window: Window, username: str) -> None:
    """Fill in the page for a new user."""
    window.submit(
        username=username,
        email=f"{username}@example.org",
        firstName="Some",
        lastName="Person",
        **{"password": PASSWORD, "password-confirm": PASSWORD},
    )


def new_user(username: str, **more: Any) -> dict[str, Any]:
    """A user as the admin console creates one."""
    return {key: value for key, value in windows.user(username).items() if key != "clientRoles"} | more


class DeviceLogin:
    """A device that waits for somebody to log in elsewhere (RFC 8628)."""

    def __init__(self, ground: Ground, realm: Realm, **more: Any) -> None:
        attributes = {"oauth2.device.authorization.grant.enabled": "true"}
        client = {"publicClient": True, "standardFlowEnabled": False, "attributes": attributes} | more
        self._ground, self._realm, self._client = ground, realm, ground.client(realm, client)
        issuer = f"{ground.keycloak.url}/realms/{realm.name}/"
        url = urljoin(issuer, "protocol/openid-connect/auth/device")
        answer = requests.post(url, {"client_id": self._client, "scope": "openid"}, timeout=30)
        assert answer.ok, answer.text
        begun = answer.json()
        self._device_code = begun["device_code"]
        self.page = str(begun["verification_uri_complete"])

    def poll(self) -> Saw:
        """What the device gets now."""
        grant = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": self._device_code}
        answer = self._ground.token(self._realm, client_id=self._client, **grant)
        saw = token_answer(answer)
        waiting = saw.got is Got.REFUSED and "authorization_pending" in answer.text
        return Saw(Got.REFUSED, "the device waits") if waiting else saw
