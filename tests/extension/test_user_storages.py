"""People of an LDAP directory, with the extension in the server."""

from collections.abc import Iterator

import pytest
from tests.extension.logins import add_app, login_window, with_password
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.realms import MakeRealm, Realm
from tests.ldap import PASSWORD, Ldap

from keycloak_2fa.authenticator import Authenticator
from keycloak_2fa.embedded.server import EmbeddedKeycloak
from keycloak_2fa.login_pages import Done, OtpForm, Page, SetUpTotp, expect


@pytest.fixture(scope="module")
def ldap() -> Iterator[Ldap]:
    """A directory with two people in it."""
    with Ldap("lena", "ludo") as directory:
        yield directory


def log_in(keycloak: EmbeddedKeycloak, realm: Realm, username: str) -> Page:
    with login_window(keycloak, realm) as window:
        return window.submit_password(window.open(), username, PASSWORD)


class TestImported:
    @pytest.fixture(scope="class")
    @staticmethod
    def realm(make_realm: MakeRealm, ldap: Ldap, kc2fa: Kc2fa) -> Realm:
        """A realm that is ON; Keycloak knows lena already, and ludo not yet."""
        realm = make_realm()
        add_app(realm)
        realm.post("components", ldap.storage(imports=True))
        assert realm.get("users", username="lena", exact="true")
        assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).data["state"] == "ON"
        return realm

    def test_who_is_known_is_marked(self, realm: Realm) -> None:
        assert "CONFIGURE_TOTP" in realm.user("lena")["requiredActions"]

    @pytest.mark.parametrize("username", ["lena", "ludo"])
    def test_both_must_set_up(self, realm: Realm, keycloak: EmbeddedKeycloak, username: str) -> None:
        expect(log_in(keycloak, realm, username), SetUpTotp)


class TestNotImported:
    @pytest.fixture(scope="class")
    @staticmethod
    def realm(make_realm: MakeRealm, ldap: Ldap) -> Realm:
        """One person of Keycloak's own, and two whom only the directory knows."""
        realm = make_realm(with_password("local"))
        add_app(realm)
        realm.post("components", ldap.storage(imports=False))
        return realm

    @pytest.fixture(scope="class")
    @staticmethod
    def run(realm: Realm, kc2fa: Kc2fa) -> Run:
        return kc2fa("enforce", "--json", *CONFIRM, realm=realm)

    def test_they_are_named_as_by_the_other_engine(self, run: Run) -> None:
        assert (run.exit, run.data["state"], run.data["engine"]) == (5, "ENFORCING", "extension")
        assert {each["username"] for each in run.data["failures"]} == {"lena", "ludo"}
        assert all("guard" in each["fix"] for each in run.data["failures"])

    def test_the_figures_add_up(self, run: Run) -> None:
        users = run.data["users"]
        assert users == {"total": 3, "enrolled": 0, "marked": 1, "already_marked": 0, "exempt": 0, "failed": 2}

    @pytest.mark.usefixtures("run")
    def test_the_guard_has_them_set_up(self, realm: Realm, keycloak: EmbeddedKeycloak) -> None:
        with login_window(keycloak, realm) as window:
            page = expect(window.submit_password(window.open(), "lena", PASSWORD), SetUpTotp)
            phone = Authenticator.typed(page.secret)
            expect(window.set_up_totp(page, phone.code(), "Phone"), Done)
        assert isinstance(log_in(keycloak, realm, "lena"), OtpForm)
