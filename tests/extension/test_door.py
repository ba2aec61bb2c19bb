"""Who is let in at the end of a login: not by skipping what is due, and else as Keycloak does."""

import pytest
import requests
from tests.attacks.window import Window
from tests.extension.enrolled import code, enforced, realm
from tests.extension.logins import APP, CALLBACK, login_window, page_after_password
from tests.integration.command import Kc2fa
from tests.integration.realms import Realm
from tests.integration.verify.audit import where

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.pages import Done, SetUpTotp

__all__ = ["enforced", "realm"]


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
