"""What a login gave, not what its user owns: the guard's own pages, the steps in flows, tokens."""

import base64
import time
from typing import Any

import pyotp
import pytest
import requests
from tests.attacks.window import Window
from tests.extension import flows
from tests.extension.logins import APP, CALLBACK, add_app, direct_grant, login_window, page_after_password, token_url
from tests.extension.logins import with_password as user
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import MakeRealm, Realm, otp_credential
from tests.integration.verify.audit import where

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.pages import Done, OtpForm, Page, SetUpTotp, expect
from keycloak_2fa.login.session import LoginSession
from keycloak_2fa.realm.guard import ALIAS

SECRET = "made-for-a-test-only"


def code(secret: str = SECRET) -> str:
    return pyotp.TOTP(base64.b32encode(secret.encode()).decode()).now()


def enrolled(username: str, **more: Any) -> dict[str, Any]:
    """A user with a device that holds SECRET."""
    return user(username, credentials=[otp_credential(secret=SECRET)], **more)


@pytest.fixture
def realm(make_realm: MakeRealm) -> Realm:
    """A realm with three users: two without OTP, and one with it. It is OFF."""
    realm = make_realm(user("alice"), user("bob"), enrolled("carol"))
    add_app(realm)
    return realm


@pytest.fixture
def enforced(realm: Realm, kc2fa: Kc2fa) -> Realm:
    """The same realm, where 2FA is ON."""
    assert kc2fa("enforce", *CONFIRM, realm=realm).exit == 0
    return realm


def set_up(window: LoginSession, page: Page) -> Page:
    """Set up OTP as somebody does who cannot scan the barcode."""
    key = expect(window.show_key(page), SetUpTotp).secret
    assert key is not None
    return window.set_up_totp(page, pyotp.TOTP(key).now(), "phone")


class TestTheGuard:
    def test_a_marked_user_who_sets_up_is_not_asked_for_a_code_too(
        self, enforced: Realm, keycloak: EmbeddedKeycloak
    ) -> None:
        with login_window(keycloak, enforced) as window:
            page = window.submit_password(window.open(), "alice", "alice-pw")
            assert isinstance(set_up(window, page), Done)

    def test_it_sets_up_where_configure_totp_is_off(self, enforced: Realm, keycloak: EmbeddedKeycloak) -> None:
        # Given a realm whose CONFIGURE_TOTP somebody switched off, which Keycloak then skips without a word
        action = enforced.required_action() | {"enabled": False}
        enforced.put("authentication/required-actions/CONFIGURE_TOTP", action)
        with login_window(keycloak, enforced) as window:
            page = window.submit_password(window.open(), "alice", "alice-pw")
            # When a user sets up on the guard's page
            assert isinstance(set_up(window, page), Done)
        # Then they are enrolled, and nothing is due any more
        alice = enforced.user("alice")
        assert (alice["totp"], alice["requiredActions"]) == (True, [])

    def test_it_asks_for_the_code_that_no_flow_asked_for(self, enforced: Realm, keycloak: EmbeddedKeycloak) -> None:
        flows.never_asks(enforced, "never")
        assert isinstance(page_after_password(keycloak, enforced, "carol"), OtpForm)

    def test_a_wrong_code_is_asked_for_again(self, enforced: Realm, keycloak: EmbeddedKeycloak) -> None:
        flows.never_asks(enforced, "never")
        with login_window(keycloak, enforced) as window:
            page = window.submit_password(window.open(), "carol", "carol-pw")
            again = window.enter_code(page, "000000")
            assert expect(again, OtpForm).error

    def test_the_right_code_lets_in_and_single_sign_on_does_not_ask_again(
        self, enforced: Realm, keycloak: EmbeddedKeycloak
    ) -> None:
        flows.never_asks(enforced, "never")
        with login_window(keycloak, enforced) as window:
            page = window.submit_password(window.open(), "carol", "carol-pw")
            assert isinstance(window.enter_code(page, code()), Done)
            assert isinstance(window.open(), Done)

    def test_wrong_codes_lock_as_in_a_flow(self, enforced: Realm, keycloak: EmbeddedKeycloak) -> None:
        # Given protection against guessing that locks at the second failure
        enforced.admin.update_realm(
            enforced.name, {"bruteForceProtected": True, "failureFactor": 2, "waitIncrementSeconds": 600}
        )
        flows.never_asks(enforced, "never")
        with login_window(keycloak, enforced) as window:
            page = window.submit_password(window.open(), "carol", "carol-pw")
            # When two codes are wrong
            for _ in range(2):
                page = window.enter_code(page, "000000")
            # Then the right one is not taken either
            assert isinstance(window.enter_code(page, code()), OtpForm)

    def test_a_new_device_takes_a_code_of_the_old_one(self, enforced: Realm, keycloak: EmbeddedKeycloak) -> None:
        # Given a user with OTP who must set up another device, in a flow that asks for no code
        flows.never_asks(enforced, "never")
        carol = enforced.user("carol")
        enforced.put(f"users/{carol['id']}", {"requiredActions": ["CONFIGURE_TOTP"]})
        with login_window(keycloak, enforced) as window:
            page = window.submit_password(window.open(), "carol", "carol-pw")
            assert isinstance(page, OtpForm)
            assert isinstance(window.enter_code(page, code()), SetUpTotp)


class TestTheFormInAFlow:
    @pytest.fixture
    def realm(self, enforced: Realm) -> Realm:
        """2FA is ON, and the browser flow ends with the extension's form."""
        flows.copy(enforced, "browser", "with form")
        flows.add(enforced, flows.sub_flow(enforced, "with form", " forms")["flowId"], flows.FORM)
        enforced.admin.update_realm(enforced.name, {"browserFlow": "with form"})
        return enforced

    @pytest.fixture
    def enforced(self, make_realm: MakeRealm, kc2fa: Kc2fa) -> Realm:
        """2FA is ON; one user came by an import after it."""
        realm = make_realm(user("alice"), enrolled("carol"))
        add_app(realm)
        assert kc2fa("enforce", *CONFIRM, realm=realm).exit == 0
        realm.post("partialImport", {"ifResourceExists": "FAIL", "users": [user("imported")]})
        return realm

    @pytest.mark.parametrize("name", ["alice", "imported"])
    def test_who_has_none_sets_up_before_the_flow_is_done(
        self, realm: Realm, keycloak: EmbeddedKeycloak, name: str
    ) -> None:
        with login_window(keycloak, realm) as window:
            page = window.submit_password(window.open(), name, f"{name}-pw")
            assert "/login-actions/authenticate" in expect(page, SetUpTotp).form.action
            assert isinstance(set_up(window, page), Done)
        set_up_user = realm.user(name)
        assert (set_up_user["totp"], set_up_user["requiredActions"]) == (True, [])

    def test_a_wrong_code_sets_nothing_up(self, realm: Realm, keycloak: EmbeddedKeycloak) -> None:
        with login_window(keycloak, realm) as window:
            page = window.submit_password(window.open(), "alice", "alice-pw")
            again = window.set_up_totp(page, "000000", "phone")
            assert expect(again, SetUpTotp).error
        assert realm.user("alice")["totp"] is False

    def test_the_secret_is_the_servers_and_not_the_forms(self, realm: Realm, keycloak: EmbeddedKeycloak) -> None:
        with login_window(keycloak, realm) as window:
            page = expect(window.submit_password(window.open(), "alice", "alice-pw"), SetUpTotp)
            forged = {**page.form.fields, "totpSecret": SECRET, "totp": code(), "userLabel": "forged"}
            again = window._page("POST", page.form.action, data=forged)
            assert expect(again, SetUpTotp).error

    def test_who_gave_a_code_is_not_asked_twice(self, realm: Realm, keycloak: EmbeddedKeycloak) -> None:
        with login_window(keycloak, realm) as window:
            page = window.submit_password(window.open(), "carol", "carol-pw")
            assert isinstance(window.enter_code(page, code()), Done)

    def test_it_asks_who_was_passed_over(self, realm: Realm, keycloak: EmbeddedKeycloak) -> None:
        flows.require(realm, "with form", flows.sub_flow(realm, "with form", "Conditional 2FA"), "DISABLED")
        with login_window(keycloak, realm) as window:
            page = window.submit_password(window.open(), "carol", "carol-pw")
            again = expect(window.enter_code(page, "000000"), OtpForm)
            assert again.error
            assert isinstance(window.enter_code(again, code()), Done)


class TestTheStepOfDirectGrants:
    @pytest.fixture
    def realm(self, realm: Realm) -> Realm:
        """OFF, and the direct grant flow has the extension's step in place of Keycloak's."""
        flows.copy(realm, "direct grant", "with code")
        two_factor = flows.sub_flow(realm, "with code", "Conditional OTP")
        flows.require(realm, "with code", two_factor, "DISABLED")
        top = next(each for each in realm.get("authentication/flows") if each["alias"] == "with code")
        flows.add(realm, top["id"], flows.DIRECT_GRANT)
        realm.admin.update_realm(realm.name, {"directGrantFlow": "with code"})
        return realm

    def test_it_demands_nothing_where_2fa_is_off(self, realm: Realm, keycloak: EmbeddedKeycloak) -> None:
        assert direct_grant(keycloak, realm, "alice").status_code == 200

    def test_it_refuses_who_has_no_otp(self, enforced: Realm, keycloak: EmbeddedKeycloak) -> None:
        answer = direct_grant(keycloak, enforced, "alice")
        assert (answer.status_code, answer.json()["error_description"]) == (400, "Account is not fully set up")

    @pytest.mark.slow
    @pytest.mark.parametrize("given", [{}, {"totp": "000000"}], ids=["none", "wrong"])
    def test_it_refuses_who_gives_no_right_code(
        self, enforced: Realm, keycloak: EmbeddedKeycloak, given: dict[str, str]
    ) -> None:
        answer = direct_grant(keycloak, enforced, "carol", **given)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")

    def test_it_takes_the_right_code(self, enforced: Realm, keycloak: EmbeddedKeycloak) -> None:
        assert direct_grant(keycloak, enforced, "carol", totp=code()).status_code == 200


class TestTokens:
    def _refresh(self, keycloak: EmbeddedKeycloak, realm: Realm, token: str) -> requests.Response:
        form = {"grant_type": "refresh_token", "client_id": APP, "refresh_token": token}
        return requests.post(token_url(keycloak, realm.name), data=form, timeout=30)

    @pytest.mark.parametrize("scope", ["openid", "openid offline_access"])
    def test_a_session_from_before_enforcement_gets_no_new_token(
        self, realm: Realm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak, scope: str
    ) -> None:
        # Given a user without OTP who logged in before
        offline = [realm.get_one("roles/offline_access")]
        realm.post(f"users/{realm.user('alice')['id']}/role-mappings/realm", offline)
        before = direct_grant(keycloak, realm, "alice", scope=scope).json()
        assert self._refresh(keycloak, realm, before["refresh_token"]).status_code == 200
        # When 2FA becomes ON
        kc2fa("enforce", *CONFIRM, realm=realm)
        # Then the session is worth nothing
        answer = self._refresh(keycloak, realm, before["refresh_token"])
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")

    def test_a_session_that_was_opened_with_a_code_goes_on(
        self, realm: Realm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak
    ) -> None:
        # Given two logins from before enforcement in which a code was given: without pages, and in the browser
        direct = direct_grant(keycloak, realm, "carol", totp=code()).json()
        with login_window(keycloak, realm) as window:
            page = window.submit_password(window.open(), "carol", "carol-pw")
            again = window.enter_code(page, pyotp.TOTP(base64.b32encode(SECRET.encode()).decode()).at(time.time() + 30))
            browser = window.tokens(expect(again, Done)).refresh
        # When 2FA becomes ON
        kc2fa("enforce", *CONFIRM, realm=realm)
        # Then they go on
        for token in (direct["refresh_token"], browser):
            assert self._refresh(keycloak, realm, str(token)).status_code == 200

    def test_a_session_in_which_otp_was_set_up_goes_on(
        self, realm: Realm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak
    ) -> None:
        # Given a user who set up OTP before enforcement, at a login
        realm.put(f"users/{realm.user('alice')['id']}", {"requiredActions": ["CONFIGURE_TOTP"]})
        with login_window(keycloak, realm) as window:
            page = window.submit_password(window.open(), "alice", "alice-pw")
            token = window.tokens(expect(set_up(window, page), Done)).refresh
        # When, then
        kc2fa("enforce", *CONFIRM, realm=realm)
        assert self._refresh(keycloak, realm, str(token)).status_code == 200

    def test_a_session_without_a_code_does_not_go_on_when_its_user_enrols(
        self, realm: Realm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak
    ) -> None:
        # Given a session that somebody opened by the password alone
        before = direct_grant(keycloak, realm, "alice").json()
        kc2fa("enforce", *CONFIRM, realm=realm)
        # When the user sets up OTP
        with login_window(keycloak, realm) as window:
            page = window.submit_password(window.open(), "alice", "alice-pw")
            own = window.tokens(expect(set_up(window, page), Done)).refresh
        # Then the user's own session is good, and the other one is not
        assert self._refresh(keycloak, realm, str(own)).status_code == 200
        answer = self._refresh(keycloak, realm, before["refresh_token"])
        assert (answer.status_code, answer.json()["error_description"]) == (
            400,
            "No second factor was given in this session: log in again",
        )

    def test_a_direct_grant_takes_a_code_also_without_the_guard(
        self, enforced: Realm, keycloak: EmbeddedKeycloak
    ) -> None:
        # Given a direct grant flow that asks for no code, and a guard that is off
        flows.copy(enforced, "direct grant", "never")
        two_factor = flows.sub_flow(enforced, "never", "Conditional OTP")
        flows.require(enforced, "never", two_factor, "DISABLED")
        enforced.admin.update_realm(enforced.name, {"directGrantFlow": "never"})
        guard = enforced.get_one(f"authentication/required-actions/{ALIAS}")
        enforced.put(f"authentication/required-actions/{ALIAS}", guard | {"enabled": False})
        # When, then
        assert direct_grant(keycloak, enforced, "carol").status_code == 400

    @pytest.mark.slow
    @pytest.mark.parametrize("path", ["admin/../realms", "admin/%2e%2e/realms", "admin/;/../../realms"])
    def test_a_path_that_looks_like_the_admin_api_changes_nothing(
        self, realm: Realm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak, path: str
    ) -> None:
        before = direct_grant(keycloak, realm, "alice").json()
        kc2fa("enforce", *CONFIRM, realm=realm)
        form = {"grant_type": "refresh_token", "client_id": APP, "refresh_token": before["refresh_token"]}
        with requests.Session() as session:
            request = session.prepare_request(requests.Request("POST", token_url(keycloak, realm.name), data=form))
            request.url = str(request.url).replace("/realms/", f"/{path}/")
            assert session.send(request, timeout=30).status_code != 200

    def test_who_loses_the_otp_gets_no_new_token(self, enforced: Realm, keycloak: EmbeddedKeycloak) -> None:
        # Given a user who logged in with a code
        tokens = direct_grant(keycloak, enforced, "carol", totp=code()).json()
        assert self._refresh(keycloak, enforced, tokens["refresh_token"]).status_code == 200
        # When their OTP is gone
        carol = enforced.user("carol")["id"]
        otp = next(each for each in enforced.get(f"users/{carol}/credentials") if each["type"] == "otp")
        enforced.delete(f"users/{carol}/credentials/{otp['id']}")
        # Then so is the session
        assert self._refresh(keycloak, enforced, tokens["refresh_token"]).status_code == 400

    def test_a_refusal_is_an_event_with_its_reason(
        self, realm: Realm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak
    ) -> None:
        realm.admin.update_realm(realm.name, {"eventsEnabled": True})
        before = direct_grant(keycloak, realm, "alice").json()
        kc2fa("enforce", *CONFIRM, realm=realm)
        self._refresh(keycloak, realm, before["refresh_token"])
        event = realm.get("events", type="LOGIN_ERROR")[0]
        assert (event["error"], event["userId"]) == ("resolve_required_actions", realm.user("alice")["id"])


class TestTheDoor:
    @pytest.mark.slow
    @pytest.mark.parametrize(
        "path", ["consent", "consent/", "consent;a=b", "%63onsent", "../login-actions;a=b/consent"]
    )
    def test_another_action_that_is_due_cannot_be_skipped_either(
        self, enforced: Realm, keycloak: EmbeddedKeycloak, path: str
    ) -> None:
        # Given a user who has given a code and must choose a new password
        enforced.put(f"users/{enforced.user('carol')['id']}", {"requiredActions": ["UPDATE_PASSWORD"]})
        with Window(keycloak, enforced, APP, CALLBACK) as window:
            window.open()
            window.enter_code(window.log_in("carol", "carol-pw"), code())
            assert "password-new" in window.html
            # When
            window.skip_by(path)
            # Then
            assert not window.landed

    def test_a_user_who_declines_consent_is_sent_back(self, enforced: Realm, keycloak: EmbeddedKeycloak) -> None:
        enforced.post(
            "clients",
            {"clientId": "asks", "publicClient": True, "redirectUris": [CALLBACK], "consentRequired": True},
        )
        with Window(keycloak, enforced, "asks", CALLBACK) as window:
            window.open()
            window.enter_code(window.log_in("carol", "carol-pw"), code())
            window.submit(cancel="")
            assert window.landed["error"] == "access_denied"

    @pytest.mark.parametrize("more", [{}, {"prompt": "consent"}], ids=["first", "each-time"])
    def test_a_user_who_consents_is_let_in(
        self, enforced: Realm, keycloak: EmbeddedKeycloak, more: dict[str, str]
    ) -> None:
        enforced.post(
            "clients",
            {"clientId": "asks", "publicClient": True, "redirectUris": [CALLBACK], "consentRequired": True},
        )
        with Window(keycloak, enforced, "asks", CALLBACK) as window:
            window.open(**more)
            window.enter_code(window.log_in("carol", "carol-pw"), code())
            window.submit(accept="")
            assert "code" in window.landed

    def test_a_device_is_let_in_by_a_user_who_gives_a_code(self, enforced: Realm, keycloak: EmbeddedKeycloak) -> None:
        # Given a device that shows a link
        attributes = {"oauth2.device.authorization.grant.enabled": "true"}
        enforced.post("clients", {"clientId": "tv", "publicClient": True, "attributes": attributes})
        issuer = f"{keycloak.url}/realms/{enforced.name}/protocol/openid-connect"
        begun = requests.post(f"{issuer}/auth/device", {"client_id": "tv", "scope": "openid"}, timeout=30).json()
        # When a user follows it, gives a code, and says yes
        with Window(keycloak, enforced, APP, CALLBACK) as window:
            window.go("GET", begun["verification_uri_complete"])
            window.enter_code(window.log_in("carol", "carol-pw"), code())
            window.submit(accept="")
        # Then the device has its tokens
        grant = "urn:ietf:params:oauth:grant-type:device_code"
        form = {"grant_type": grant, "client_id": "tv", "device_code": begun["device_code"]}
        assert requests.post(f"{issuer}/token", form, timeout=30).status_code == 200

    def test_a_refused_skip_is_not_told_as_a_login(
        self, enforced: Realm, keycloak: EmbeddedKeycloak, kc2fa: Kc2fa
    ) -> None:
        # Given a realm that keeps its events
        enforced.admin.update_realm(enforced.name, {"eventsEnabled": True})
        with Window(keycloak, enforced, APP, CALLBACK) as window:
            window.open()
            window.log_in("alice", "alice-pw")
            # When a skip is refused
            window.skip(window.page)
        # Then no event says that somebody got in
        assert enforced.get("events", type="LOGIN") == []
        assert where(kc2fa("verify", "--json", realm=enforced), "consent-replayed") == []


class TestImpersonation:
    def test_an_administrator_does_not_meet_the_users_set_up_page(
        self, enforced: Realm, keycloak: EmbeddedKeycloak
    ) -> None:
        # Given an administrator who acts as a user without OTP
        with login_window(keycloak, enforced) as window:
            answer = _impersonate(keycloak, enforced, "alice")
            window._http.cookies.update(answer)
            # Then the app opens, and no device can be enrolled
            assert isinstance(window.open(), Done)
        # And the user sets up at their own login
        assert enforced.user("alice")["requiredActions"] == ["CONFIGURE_TOTP"]
        assert isinstance(page_after_password(keycloak, enforced, "alice"), SetUpTotp)


def _impersonate(keycloak: EmbeddedKeycloak, realm: Realm, username: str) -> dict[str, str]:
    """The cookies that the administrator's browser gets."""
    headers = {"Authorization": f"Bearer {realm.admin.connection.token['access_token']}"}
    url = f"{keycloak.url}/admin/realms/{realm.name}/users/{realm.user(username)['id']}/impersonation"
    answer = requests.post(url, headers=headers, timeout=30)
    assert answer.status_code == 200, answer.text
    return {cookie.name: cookie.value or "" for cookie in answer.cookies}
