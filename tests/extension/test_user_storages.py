"""People of an LDAP directory, with the extension in the server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.extension.calls import CONSENT, Call, call
from tests.extension.logins import ENGINES, add_app, login_window, with_password
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.realms import MakeRealm, Realm, people, service_account, switch_user_storage
from tests.ldap import PASSWORD, Ldap

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import Done, OtpForm, Page, SetUpTotp, expect

__all__ = ["call"]

OFF = {"total": 2, "enrolled": 0, "already_marked": 0, "exempt": 0, "failed": 0}


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

    @pytest.mark.slow
    def test_who_is_known_is_marked(self, realm: Realm) -> None:
        assert "CONFIGURE_TOTP" in realm.user("lena")["requiredActions"]

    @pytest.mark.parametrize("username", ["lena", "ludo"])
    def test_both_must_set_up(self, realm: Realm, keycloak: EmbeddedKeycloak, username: str) -> None:
        expect(log_in(keycloak, realm, username), SetUpTotp)


class TestOff:
    @pytest.fixture(scope="class")
    @staticmethod
    def realm(make_realm: MakeRealm, ldap: Ldap) -> Realm:
        """People who were imported from a storage that was switched off since."""
        realm = make_realm()
        realm.post("components", ldap.storage(imports=True))
        assert set(realm.users()) == {"lena", "ludo"}
        switch_user_storage(realm, "enabled", on=False)
        return realm

    @pytest.fixture(scope="class")
    @staticmethod
    def preview(realm: Realm, kc2fa: Kc2fa) -> Run:
        return kc2fa("preview", "--json", realm=realm)

    @pytest.fixture(scope="class")
    @staticmethod
    def run(realm: Realm, kc2fa: Kc2fa, preview: Run) -> Run:
        assert preview.exit == 0
        return kc2fa("enforce", "--json", *CONFIRM, realm=realm)

    def test_a_preview_counts_them_as_who_will_be_marked(self, preview: Run) -> None:
        assert preview.data["users"] == OFF | {"to_mark": 2}

    def test_they_are_marked_all_the_same(self, run: Run) -> None:
        assert (run.exit, run.data["state"], run.data["users"]) == (0, "ON", OFF | {"marked": 2})

    @pytest.mark.usefixtures("run")
    def test_once_it_is_on_again_they_must_set_up(self, realm: Realm) -> None:
        switch_user_storage(realm, "enabled", on=True)
        assert realm.marked() == {"lena", "ludo"}


class TestBesideOneThatIsNotImported:
    @pytest.fixture(scope="class")
    @staticmethod
    def realm(make_realm: MakeRealm, ldap: Ldap) -> Iterator[Realm]:
        """Two people whom Keycloak has imported, and nora whom only another directory knows."""
        realm = make_realm()
        realm.post("components", ldap.storage(imports=True))
        assert set(realm.users()) == {"lena", "ludo"}
        with Ldap("nora") as other:
            realm.post("components", other.storage(imports=False, name="other"))
            yield realm

    def test_a_preview_tries_who_can_be_marked_and_leaves_no_trace(self, realm: Realm, kc2fa: Kc2fa) -> None:
        found = kc2fa("preview", "--json", realm=realm).data
        assert (found["users"]["to_mark"], [each["username"] for each in found["failures"]]) == (2, ["nora"])
        assert {each["user_id"] for each in found["people"]} == {realm.user(name)["id"] for name in ("lena", "ludo")}
        assert realm.marked() == set()


class TestWhoComesMeanwhile:
    """Beside a directory that keeps its people to itself."""

    def test_nobody_is_failed_without_a_name(self, make_realm: MakeRealm, ldap: Ldap, call: Call) -> None:
        # Given a realm that takes a moment
        realm = make_realm(*people(500))
        realm.post("components", ldap.storage(imports=False))
        # When people are imported while it is enforced
        with ThreadPoolExecutor(1) as pool:
            run = pool.submit(call, realm, "/enforce", json=CONSENT)
            for batch in range(20):
                users = people(5, f"late{batch}-")
                realm.import_users(users)
                if run.done():
                    break
        answer = run.result().json()
        # Then each who is left is named
        assert answer["users"]["failed"] == len(answer["failures"]) == 2
        assert answer["state"] == "ENFORCING"


class TestGoneFromTheDirectory:
    @pytest.mark.slow
    def test_who_stands_behind_them_is_marked(self, make_realm: MakeRealm, ldap: Ldap, call: Call) -> None:
        # Given people whom Keycloak imported, and zoe whom it knows itself
        realm = make_realm(with_password("zoe"))
        realm.post("components", ldap.storage(imports=False))
        with Ldap(*(f"amy{number:03}" for number in range(130))) as directory:
            realm.post("components", directory.storage(imports=True, name="leaving"))
            assert len(realm.users()) == 133
            # When the directory has them no more, and the realm is enforced
            storage = realm.get("components", name="leaving")[0]
            storage["config"]["customUserSearchFilter"] = ["(uid=nobody)"]
            realm.put(f"components/{storage['id']}", storage)
            answer = call(realm, "/enforce", json=CONSENT).json()
            # Then zoe is marked, and they are as long as Keycloak keeps them
            assert (answer["users"]["marked"], answer["users"]["failed"]) == (131, 2)
            assert realm.marked() == {"zoe"}


class TestSilent:
    """A directory that keeps its people to itself, and does not answer."""

    @pytest.fixture(scope="class")
    @staticmethod
    def realm(make_realm: MakeRealm) -> Realm:
        realm = make_realm(with_password("local"))
        with Ldap("lena") as gone:
            realm.post("components", gone.storage(imports=False, name="gone"))
        return realm

    def test_it_is_not_said_to_be_on(self, realm: Realm, call: Call) -> None:
        answer = call(realm, "/enforce", json=CONSENT).json()
        assert (answer["state"], answer["silent_storages"], answer["users"]["marked"]) == ("ENFORCING", ["gone"], 1)

    @pytest.mark.parametrize("path", ["", "/preview"])
    def test_it_is_named(self, realm: Realm, call: Call, path: str) -> None:
        assert call(realm, path).json()["silent_storages"] == ["gone"]

    def test_the_command_says_the_same(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
        assert (run.exit, run.data["state"]) == (5, "ENFORCING")

    def test_where_somebody_accepts_it_it_is_on_and_still_named(self, realm: Realm, kc2fa: Kc2fa, call: Call) -> None:
        assert kc2fa("enforce", "--json", *CONFIRM, "--accept", "unwritable-users", realm=realm).exit == 0
        status = call(realm).json()
        assert (status["state"], status["silent_storages"]) == ("ON", ["gone"])


VIEWER = service_account("viewer", "view-realm", "view-users")


class TestPreviewOfAViewer:
    def test_it_foresees_the_same_without_a_try(self, make_realm: MakeRealm, ldap: Ldap, call: Call) -> None:
        realm = make_realm(with_password("local"), clients=(VIEWER,))
        realm.post("components", ldap.storage(imports=False))
        ahead = call(realm, "/preview", as_="viewer").json()
        assert {each["username"] for each in ahead["failures"]} == {"lena", "ludo"}
        assert all("'ldap'" in each["reason"] for each in ahead["failures"])
        assert ahead["users"]["to_mark"] == 1


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
    def previews(realm: Realm, kc2fa: Kc2fa) -> dict[str, Run]:
        """What each engine foresees."""
        return {engine: kc2fa("preview", "--json", "--engine", engine, realm=realm) for engine in ENGINES}

    @pytest.fixture(scope="class")
    @staticmethod
    def run(realm: Realm, kc2fa: Kc2fa, previews: dict[str, Run]) -> Run:
        assert {preview.exit for preview in previews.values()} == {0}
        return kc2fa("enforce", "--json", *CONFIRM, realm=realm)

    @pytest.mark.parametrize("engine", ENGINES)
    def test_a_preview_foresees_that_they_cannot_be_marked(self, previews: dict[str, Run], engine: str) -> None:
        found = previews[engine].data
        assert found["users"] == {
            "total": 3,
            "enrolled": 0,
            "to_mark": 1,
            "already_marked": 0,
            "exempt": 0,
            "failed": 2,
        }
        assert {each["username"] for each in found["failures"]} == {"lena", "ludo"}
        assert [each["username"] for each in found["people"]] == ["local"]

    def test_both_previews_count_the_same_groups(self, previews: dict[str, Run]) -> None:
        one, other = (previews[engine].data["groups"] for engine in ENGINES)
        assert one == other

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
