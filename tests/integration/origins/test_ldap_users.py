"""Users of a directory: with import they are marked like others, and without it they are named."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.faults import proxy
from tests.integration.origins.conftest import LogIn, Make, enforce, somebody, status
from tests.integration.realms import Realm, switch_user_storage
from tests.ldap import PASSWORD, Ldap
from tests.server import Keycloak

from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import Done, OtpForm, SetUpTotp, expect
from keycloak_2fa.login.session import LoginSession
from keycloak_2fa.warning_codes import WarningCode

pytestmark = pytest.mark.loopback


@pytest.fixture(scope="module")
def ldap() -> Iterator[Ldap]:
    """A directory with two people in it."""
    with Ldap("lena", "ludo") as directory:
        yield directory


class TestLdapImported:
    @pytest.mark.slow
    def test_who_has_never_logged_in_is_marked(self, make: Make, kc2fa: Kc2fa, ldap: Ldap, log_in: LogIn) -> None:
        realm = make()
        realm.post("components", ldap.storage(imports=True))
        assert enforce(kc2fa, realm).data["state"] == "ON"
        assert realm.marked() == {"lena", "ludo"}
        expect(log_in(realm, "lena"), SetUpTotp)

    def test_who_comes_after_enforcement(self, make: Make, kc2fa: Kc2fa, ldap: Ldap, log_in: LogIn) -> None:
        realm = make()
        enforce(kc2fa, realm)
        realm.post("components", ldap.storage(imports=True))
        expect(log_in(realm, "lena"), SetUpTotp)

    def test_of_a_storage_that_is_off_they_are_named(self, make: Make, kc2fa: Kc2fa, ldap: Ldap) -> None:
        # Given people who were imported from a storage that was switched off since
        realm = make()
        realm.post("components", ldap.storage(imports=True))
        assert "lena" in realm.users()
        switch_user_storage(realm, "enabled", on=False)
        # When 2FA is enforced
        run = enforce(kc2fa, realm)
        # Then they are named, with what mends it
        assert (run.exit, run.data["state"]) == (5, "ENFORCING")
        assert {each["username"] for each in run.data["failures"]} == {"lena", "ludo"}
        assert all("Enable the user federation provider" in each["fix"] for each in run.data["failures"])

    def test_once_it_is_on_again_the_next_run_finishes(self, make: Make, kc2fa: Kc2fa, ldap: Ldap) -> None:
        realm = make()
        realm.post("components", ldap.storage(imports=True))
        assert "lena" in realm.users()
        switch_user_storage(realm, "enabled", on=False)
        enforce(kc2fa, realm)
        switch_user_storage(realm, "enabled", on=True)
        assert enforce(kc2fa, realm).data["state"] == "ON"


class TestLdapNotImported:
    @pytest.fixture(scope="class")
    @staticmethod
    def realm(make: Make, ldap: Ldap) -> Realm:
        """One person of Keycloak's own, and two whom only the directory knows."""
        realm = make(somebody("local"))
        realm.post("components", ldap.storage(imports=False))
        return realm

    @pytest.fixture(scope="class")
    @staticmethod
    def previewed(realm: Realm, kc2fa: Kc2fa) -> Run:
        return kc2fa("preview", "--json", realm=realm)

    @pytest.fixture(scope="class")
    @staticmethod
    def run(realm: Realm, kc2fa: Kc2fa, previewed: Run) -> Run:
        assert previewed.exit == 0
        return enforce(kc2fa, realm)

    def test_a_preview_foresees_that_they_cannot_be_marked(self, previewed: Run) -> None:
        assert {each["username"] for each in previewed.data["failures"]} == {"lena", "ludo"}
        assert previewed.data["users"] == {
            "total": 3,
            "enrolled": 0,
            "to_mark": 1,
            "already_marked": 0,
            "exempt": 0,
            "failed": 2,
        }

    def test_a_preview_explains_the_storage(self, previewed: Run) -> None:
        assert "'ldap'" in previewed.warned[WarningCode.PROVIDER_IMPORT_OFF]

    def test_each_is_named_with_reason_and_fix(self, run: Run) -> None:
        failures = {each["username"]: each for each in run.data["failures"]}
        assert (run.exit, set(failures)) == (5, {"lena", "ludo"})
        assert "read-only" in failures["lena"]["reason"]
        assert "login flow" in failures["lena"]["fix"]

    def test_2fa_is_not_said_to_be_on(self, run: Run) -> None:
        assert run.data["state"] == "ENFORCING"

    @pytest.mark.usefixtures("run")
    def test_status_counts_them_as_uncovered_and_says_why(self, realm: Realm, kc2fa: Kc2fa) -> None:
        found = kc2fa("status", "--json", realm=realm)
        assert found.data["users"]["uncovered"] == 2
        assert "'ldap'" in found.warned[WarningCode.PROVIDER_IMPORT_OFF]

    @pytest.mark.usefixtures("run")
    def test_a_login_flow_that_requires_otp_reaches_them(
        self, realm: Realm, kc2fa: Kc2fa, new_session: Callable[[Realm], LoginSession], log_in: LogIn
    ) -> None:
        # Given somebody whom the password alone lets in still
        expect(log_in(realm, "lena"), Done)
        # When the login flow requires OTP, as the fix says
        require_otp(realm)
        # Then they must set it up, it is stored, and they count as enrolled
        session = new_session(realm)
        page = expect(session.submit_password(session.open(), "lena", PASSWORD), SetUpTotp)
        expect(session.set_up_totp(page, Authenticator.typed(page.secret).code(), "Phone"), Done)
        expect(log_in(realm, "lena"), OtpForm)
        assert status(kc2fa, realm)["users"]["enrolled"] == 1


@pytest.mark.slow
def test_while_an_ldap_does_not_answer_it_says_who_was_not_seen(make: Make, kc2fa: Kc2fa) -> None:
    with Ldap("lena") as ldap:
        # Given a directory whose people Keycloak does not import, and that is away
        realm = make(somebody("local"))
        realm.post("components", ldap.storage(imports=False))
        ldap.stop()
        # When 2FA is enforced
        run = enforce(kc2fa, realm)
        # Then it says that they were not seen, in every answer
        for answer in (run, *(kc2fa(command, "--json", realm=realm) for command in ("status", "preview", "report"))):
            assert "'ldap'" in answer.warned[WarningCode.PROVIDER_SILENT], answer
        # And it is not said to be ON
        assert (run.exit, run.data["state"]) == (5, "ENFORCING")
        # And once it is back, they are
        ldap.start()
        assert [each["username"] for each in enforce(kc2fa, realm).data["failures"]] == ["lena"]


@pytest.mark.slow
def test_an_ldap_that_goes_away_in_the_middle_is_told(make: Make, kc2fa: Kc2fa, keycloak: Keycloak) -> None:
    with Ldap("lena") as ldap, proxy(keycloak.url) as between:
        # Given a directory whose people Keycloak does not import, and that goes away when the first user is written
        realm = make(somebody("local"))
        realm.post("components", ldap.storage(imports=False))
        left = [ldap.stop]

        def stop(request: Any) -> None:
            if request.method == "PUT" and "/users/" in request.path and left:
                left.pop()()

        between.before = stop
        # When
        run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_SERVER_URL=between.url)
        # Then
        assert (run.exit, run.data["state"], left) == (5, "ENFORCING", []), run
        assert "'ldap'" in run.warned[WarningCode.PROVIDER_SILENT]


@pytest.mark.slow
def test_what_was_accepted_once_does_not_accept_whom_nobody_saw(make: Make, kc2fa: Kc2fa) -> None:
    with Ldap("lena") as ldap:
        # Given a realm that is ON, where the users of a directory that cannot be written were accepted
        realm = make(somebody("local"))
        realm.post("components", ldap.storage(imports=False))
        accepted = kc2fa("enforce", "--json", *CONFIRM, "--accept", "unwritable-users", realm=realm)
        assert (accepted.exit, accepted.data["state"]) == (0, "ON")
        assert enforce(kc2fa, realm).exit == 0
        # When the directory goes away, then the next run says so
        ldap.stop()
        run = enforce(kc2fa, realm)
        assert (run.exit, run.data["state"]) == (5, "ENFORCING")
        # And it can be accepted for one more run
        again = kc2fa("enforce", "--json", *CONFIRM, "--accept", "unwritable-users", realm=realm)
        assert (again.exit, again.data["state"]) == (0, "ON")


@pytest.mark.slow
def test_an_ldap_that_went_away_after_2fa_was_on_is_no_reason_to_say_that_nothing_has_drifted(
    make: Make, kc2fa: Kc2fa
) -> None:
    with Ldap("lena") as ldap:
        # Given a realm that is ON, with everybody seen
        realm = make(somebody("local"))
        realm.post("components", ldap.storage(imports=True))
        assert enforce(kc2fa, realm).data["state"] == "ON"
        ldap.stop()
        # When enforce runs again, with nobody to ask
        run = kc2fa("enforce", "--json", realm=realm)
        # Then it wants to look, and finds that it cannot see them
        assert (run.exit, run.error["code"]) == (6, "no-consent")
        assert enforce(kc2fa, realm).exit == 5


@pytest.mark.slow
def test_who_comes_after_a_person_whom_the_ldap_has_dropped_is_not_missed(make: Make, kc2fa: Kc2fa) -> None:
    with Ldap(*(f"a-{number:03}" for number in range(105))) as ldap:
        # Given more people than a page holds, all of them asked, and others who were imported since
        realm = make()
        realm.post("components", ldap.storage(imports=True))
        first = enforce(kc2fa, realm)
        assert (first.exit, first.data["users"]["total"]) == (0, 105), first
        later = [somebody(f"b-{number:03}") for number in range(20)]
        realm.import_users(later)
        # When the directory drops one of the first page, whom Keycloak then leaves out of that page, and removes
        [storage] = realm.get("components", type="org.keycloak.storage.UserStorageProvider")
        storage["config"]["customUserSearchFilter"] = ["(!(uid=a-050))"]
        realm.put(f"components/{storage['id']}", storage)
        realm.post("clear-user-cache", {})
        # Then
        users = enforce(kc2fa, realm).data["users"]
        assert (users["marked"], users["total"]) == (20, 124)


def require_otp(realm: Realm) -> None:
    """Make the second factor of the built-in browser flow REQUIRED."""
    for execution in realm.get("authentication/flows/browser/executions"):
        if "2FA" in execution["displayName"] or execution.get("providerId") == "auth-otp-form":
            realm.put("authentication/flows/browser/executions", execution | {"requirement": "REQUIRED"})
