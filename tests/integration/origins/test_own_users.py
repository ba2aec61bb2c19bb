"""Users of the realm itself: at the next login they must set up 2FA, whether they were there before or come after."""

from collections.abc import Callable

import pytest
from tests.integration.command import Kc2fa
from tests.integration.origins.conftest import APP, LogIn, Make, enforce, somebody, status
from tests.integration.realms import Realm
from tests.ldap import PASSWORD
from tests.server import Keycloak

from keycloak_2fa.login.html import Document
from keycloak_2fa.login.pages import Done, Page, SetUpTotp, _forms, expect
from keycloak_2fa.login.session import LoginSession

pytestmark = pytest.mark.loopback


class TestBeforeEnforcement:
    """Users who are there: enforcement marks them."""

    @pytest.mark.slow
    def test_made_in_the_console(self, make: Make, kc2fa: Kc2fa, log_in: LogIn) -> None:
        realm = make()
        realm.post("users", somebody("clicked"))
        enforce(kc2fa, realm)
        expect(log_in(realm, "clicked"), SetUpTotp)

    def test_made_by_a_realm_import(self, make: Make, kc2fa: Kc2fa, log_in: LogIn) -> None:
        realm = make(somebody("imported"))
        enforce(kc2fa, realm)
        expect(log_in(realm, "imported"), SetUpTotp)

    def test_made_by_a_partial_import(self, make: Make, kc2fa: Kc2fa, log_in: LogIn) -> None:
        realm = make()
        realm.post("partialImport", {"users": [somebody("imported")]})
        enforce(kc2fa, realm)
        expect(log_in(realm, "imported"), SetUpTotp)

    def test_disabled(self, make: Make, kc2fa: Kc2fa, log_in: LogIn) -> None:
        # Given somebody who is disabled while 2FA is enforced
        realm = make(somebody("sleeping", enabled=False))
        enforce(kc2fa, realm)
        # When they are enabled again and log in
        realm.put(f"users/{realm.user('sleeping')['id']}", {"enabled": True})
        # Then they must set up 2FA
        expect(log_in(realm, "sleeping"), SetUpTotp)


class TestAfterEnforcement:
    """Users who come later: the default action reaches them, or the next run does."""

    @pytest.fixture(scope="class")
    @staticmethod
    def realm(make: Make, kc2fa: Kc2fa) -> Realm:
        """2FA is ON, and nobody is there yet."""
        realm = make(registrationAllowed=True)
        assert enforce(kc2fa, realm).data["state"] == "ON"
        return realm

    def test_made_in_the_console(self, realm: Realm, log_in: LogIn) -> None:
        realm.post("users", somebody("clicked"))
        expect(log_in(realm, "clicked"), SetUpTotp)

    def test_self_registration(
        self, realm: Realm, keycloak: Keycloak, new_session: Callable[[Realm], LoginSession]
    ) -> None:
        expect(register(new_session(realm), keycloak, realm, "volunteer"), SetUpTotp)

    def test_a_partial_import_is_uncovered_until_the_next_run(self, make: Make, kc2fa: Kc2fa, log_in: LogIn) -> None:
        # Given a realm where 2FA is ON, and somebody imported afterwards, whom Keycloak gives no default action
        realm = make()
        enforce(kc2fa, realm)
        realm.post("partialImport", {"users": [somebody("imported")]})
        expect(log_in(realm, "imported"), Done)
        assert status(kc2fa, realm)["users"]["uncovered"] == 1
        # When it is run again
        again = enforce(kc2fa, realm)
        # Then they are marked
        assert (again.data["state"], again.data["users"]["marked"]) == ("ON", 1)
        expect(log_in(realm, "imported"), SetUpTotp)


def register(session: LoginSession, keycloak: Keycloak, realm: Realm, username: str) -> Page:
    """Fill in the registration form, and return the page that comes then."""
    query = {"client_id": "app", "redirect_uri": APP, "response_type": "code", "scope": "openid"}
    url = f"{keycloak.url}/realms/{realm.name}/protocol/openid-connect/registrations"
    shown = session._send("GET", url, params=query)
    [form] = _forms(Document(shown.text), shown.url)
    names = {"username": username, "email": f"{username}@example.org", "firstName": "Some", "lastName": "Body"}
    return session._submit(form, names | {"password": PASSWORD, "password-confirm": PASSWORD})
