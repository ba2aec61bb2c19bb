"""Ways to tokens without a page."""

import requests
from tests.attacks import flows
from tests.attacks.ground import Enrolled, Ground, enrolled
from tests.attacks.way import way
from tests.attacks.ways.set_up_page import DeviceLogin
from tests.attacks.window import Got, Saw, token_answer, token_url
from tests.integration import windows
from tests.integration.realms import Realm, flow
from tests.integration.windows import APP

from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import Done, SetUpTotp, expect

GRANT = "A direct access grant with the password alone"


@way(GRANT, "by a user without OTP", finding="direct-grant-clients")
def grant_marked(ground: Ground) -> Saw:
    return token_answer(ground.grant(ground.shared(), ground.marked()))


@way(GRANT, "by a user imported after enforcement", finding="direct-grant-clients")
def grant_imported(ground: Ground) -> Saw:
    realm = ground.shared()
    realm.import_users([windows.user("imported-for-grant")])
    return token_answer(ground.grant(realm, "imported-for-grant"))


@way(GRANT, "by an enrolled user", finding="direct-grant-clients")
def grant_enrolled(ground: Ground) -> Saw:
    realm = ground.shared()
    realm.import_users([enrolled("enrolled-for-grant").user])
    return token_answer(ground.grant(realm, "enrolled-for-grant"))


@way(GRANT, "by an enrolled user, in a flow that never asks", finding="direct-grant-clients")
def grant_bare(ground: Ground) -> Saw:
    realm, _ = bare_grant(ground)
    return token_answer(ground.grant(ground.enforce(realm), "olga"))


BEFORE = "What was issued before enforcement, by a user who never enrols"


@way(BEFORE, "a refresh token", finding="open-sessions", core=True)
def refresh(ground: Ground) -> Saw:
    realm = ground.realm(windows.user("lazy"))
    issued = ground.grant(realm, "lazy").json()
    ground.enforce(realm)
    return token_answer(ground.token(realm, grant_type="refresh_token", refresh_token=issued["refresh_token"]))


@way(BEFORE, "an offline token", finding="open-sessions")
def offline(ground: Ground) -> Saw:
    realm = ground.realm(windows.user("lazy", realmRoles=["offline_access"]))
    issued = ground.grant(realm, "lazy", scope="openid offline_access").json()
    ground.enforce(realm)
    return token_answer(ground.token(realm, grant_type="refresh_token", refresh_token=issued["refresh_token"]))


def exchanged(ground: Ground, **attributes: str) -> Saw:
    secret = {"client_id": "exchanger", "client_secret": "exchanger-secret"}
    exchanger = {
        "clientId": "exchanger",
        "secret": "exchanger-secret",
        "directAccessGrantsEnabled": True,
        "attributes": attributes,
    }
    realm = ground.realm(windows.user("lazy"), clients=(exchanger,))
    issued = ground.grant(realm, "lazy", **secret).json()
    ground.enforce(realm)
    exchange = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": issued["access_token"],
        "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
    }
    return token_answer(ground.token(realm, **secret, **exchange))


@way(BEFORE, "token exchange (standard)", finding="open-sessions")
def token_exchange(ground: Ground) -> Saw:
    return exchanged(ground, **{"standard.token.exchange.enabled": "true"})


@way(BEFORE, "token exchange (version 1, where the server has that feature)", finding="open-sessions")
def token_exchange_v1(ground: Ground) -> Saw:
    return exchanged(ground)


@way(BEFORE, "a page of consent, accepted after `--sign-out`", finding="set-up-skippable")
def old_consent_page(ground: Ground) -> Saw:
    client = {"clientId": "asks", "publicClient": True, "redirectUris": [APP], "consentRequired": True}
    realm = ground.realm(windows.user("lazy"), clients=(client,))
    window = ground.window(realm, "asks")
    window.open()
    window.log_in("lazy")
    ground.enforce(realm, "--sign-out")
    window.submit(accept="Yes")
    return window.saw()


@way(BEFORE, "a device's page of consent, accepted after `--sign-out`", finding="set-up-skippable")
def old_device_page(ground: Ground) -> Saw:
    realm = ground.realm(windows.user("lazy"))
    begun = DeviceLogin(ground, realm)
    window = ground.window(realm)
    window.go("GET", begun.page)
    window.log_in("lazy")
    ground.enforce(realm, "--sign-out")
    window.submit(accept="Yes")
    return begun.poll()


@way(BEFORE, "an open session in another app, and the page is skipped", finding="open-sessions")
def open_session(ground: Ground) -> Saw:
    realm = ground.realm(windows.user("lazy"))
    window = ground.window(realm)
    window.open()
    window.log_in("lazy")
    ground.enforce(realm)
    window.open()
    window.skip_if_due()
    return window.saw()


@way(BEFORE, "a device that was let in before, and fetches its tokens after", finding="open-sessions")
def device_before(ground: Ground) -> Saw:
    realm = ground.realm(windows.user("lazy"))
    begun = DeviceLogin(ground, realm)
    window = ground.window(realm)
    window.go("GET", begun.page)
    window.log_in("lazy")
    window.submit(accept="Yes")
    ground.enforce(realm)
    return begun.poll()


@way(BEFORE, "an access token, for one with permissions (UMA)", finding="open-sessions")
def permissions(ground: Ground) -> Saw:
    server = {
        "clientId": "resources",
        "secret": "s",
        "serviceAccountsEnabled": True,
        "authorizationServicesEnabled": True,
    }
    realm = ground.realm(windows.user("lazy"), clients=(server,))
    issued = ground.grant(realm, "lazy").json()["access_token"]
    ground.enforce(realm)
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:uma-ticket", "audience": "resources"}
    url = token_url(ground.keycloak.url, realm.name)
    return token_answer(requests.post(url, form, headers={"Authorization": f"Bearer {issued}"}, timeout=30))


SINCE = "What was issued before enforcement to a thief of the password, where the user enrols since"


def stolen(ground: Ground, **more: str) -> tuple[Realm, str]:
    """A refresh token that was got by the password alone; the user has OTP by now."""
    realm = ground.realm(windows.user("lazy", realmRoles=["offline_access"]))
    issued = ground.grant(realm, "lazy", **more).json()
    ground.enforce(realm)
    window = ground.window(realm)
    window.open()
    page = expect(window.log_in("lazy"), SetUpTotp)
    assert isinstance(window.set_up_totp(page, Authenticator.typed(page.secret).code(), "Mine"), Done)
    return realm, issued["refresh_token"]


@way(SINCE, "a refresh token", finding="open-sessions", core=True)
def stolen_refresh(ground: Ground) -> Saw:
    realm, refresh = stolen(ground)
    return token_answer(ground.token(realm, grant_type="refresh_token", refresh_token=refresh))


@way(SINCE, "an offline token", finding="open-sessions")
def stolen_offline(ground: Ground) -> Saw:
    realm, refresh = stolen(ground, scope="openid offline_access")
    return token_answer(ground.token(realm, grant_type="refresh_token", refresh_token=refresh))


def bare_grant(ground: Ground) -> tuple[Realm, Enrolled]:
    """A realm with somebody who has OTP, and a direct grant flow that never asks. It is OFF."""
    steps = ["direct-grant-validate-username", "direct-grant-validate-password"]
    olga = enrolled("olga")
    return ground.realm(olga.user, authenticationFlows=[flow("bare grant", steps)], directGrantFlow="bare grant"), olga


@way(SINCE, "a refresh token of a user who had OTP, by a flow that never asked", finding="open-sessions")
def bare_refresh(ground: Ground) -> Saw:
    realm, _ = bare_grant(ground)
    issued = ground.grant(realm, "olga").json()
    ground.enforce(realm)
    return token_answer(ground.token(realm, grant_type="refresh_token", refresh_token=issued["refresh_token"]))


@way(SINCE, "an open session, and a second factor of the thief's own is added", finding="open-sessions")
def factor_added(ground: Ground) -> Saw:
    realm = ground.realm(enrolled("olga").user, **flows.bound(flows.browser("bare")))
    window = ground.window(realm)
    window.open()
    assert isinstance(window.log_in("olga"), Done)
    ground.enforce(realm)
    window.open(kc_action="CONFIGURE_RECOVERY_AUTHN_CODES")
    if "generatedRecoveryAuthnCodes" in window.html:
        return Saw(Got.LET_IN, "codes of the thief's own")
    return window.saw()
