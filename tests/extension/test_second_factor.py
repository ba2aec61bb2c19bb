"""What a login gave, not what its user owns: the guard's own pages, and the steps in flows."""

import pytest
from tests.extension import flows
from tests.extension.enrolled import SECRET, code, enforced, enrolled, realm, set_up
from tests.extension.logins import add_app, direct_grant, login_window, page_after_password
from tests.extension.logins import with_password as user
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import MakeRealm, Realm

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.pages import Done, OtpForm, SetUpTotp, expect

__all__ = ["enforced", "realm"]


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
        realm.import_users([user("imported")])
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
