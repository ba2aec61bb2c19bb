"""What a login gave, not what its user owns: tokens, and sessions from before enforcement."""

import base64
import time

import pyotp
import pytest
import requests
from tests.extension import flows
from tests.extension.enrolled import SECRET, code, enforced, realm, set_up
from tests.extension.logins import APP, direct_grant, login_window, token_url
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import Realm

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.pages import Done, expect
from keycloak_2fa.realm.guard import ALIAS

__all__ = ["enforced", "realm"]


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
