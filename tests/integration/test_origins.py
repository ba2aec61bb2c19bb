"""Wherever a user comes from, 2FA reaches them: at the next login they must set it up. Or they are named."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.faults import proxy
from tests.integration.realms import MakeRealm, Realm, password, person, switch_user_storage
from tests.ldap import PASSWORD, Ldap
from tests.server import Keycloak

from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.html import Document
from keycloak_2fa.login.pages import Done, OtpForm, Page, SetUpTotp, _forms, expect
from keycloak_2fa.login.session import LoginSession
from keycloak_2fa.warning_codes import WarningCode

pytestmark = pytest.mark.loopback

APP = "http://127.0.0.1:9/callback"
"""Nothing listens on the port "discard": the redirect is never followed."""
PUBLIC_CLIENT = {"clientId": "app", "publicClient": True, "redirectUris": [APP]}

Make = Callable[..., Realm]
LogIn = Callable[..., Page]


def somebody(username: str, **more: Any) -> dict[str, Any]:
    """A person who can log in, with nothing left to fill in."""
    address = f"{username}@example.org"
    names = {"firstName": "Some", "lastName": "Body"}
    return person(username, email=address, credentials=password(PASSWORD)) | names | more


@pytest.fixture(scope="module")
def make(make_realm: MakeRealm) -> Make:
    """Makes a realm with an app to log in to."""

    def make(*people: dict[str, Any], **settings: Any) -> Realm:
        realm = make_realm(*people, **settings)
        realm.post("clients", PUBLIC_CLIENT)
        return realm

    return make


@pytest.fixture
def new_session(keycloak: Keycloak) -> Iterator[Callable[[Realm], LoginSession]]:
    """Opens browser windows that know nothing of one another."""
    opened: list[LoginSession] = []

    def open_window(realm: Realm) -> LoginSession:
        opened.append(LoginSession(keycloak.url, realm.name, client_id="app", redirect_uri=APP))
        return opened[-1]

    yield open_window
    for session in opened:
        session.close()


@pytest.fixture
def log_in(new_session: Callable[[Realm], LoginSession]) -> LogIn:
    """Gives user name and password in a new window, and returns the page that comes then."""

    def log_in(realm: Realm, username: str, **more: str) -> Page:
        session = new_session(realm)
        return session.submit_password(session.open(**more), username, PASSWORD)

    return log_in


def enforce(kc2fa: Kc2fa, realm: Realm) -> Run:
    return kc2fa("enforce", "--json", *CONFIRM, realm=realm)


def status(kc2fa: Kc2fa, realm: Realm) -> dict[str, Any]:
    return kc2fa("status", "--json", realm=realm).data


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


class TestIdentityProvider:
    """Users who log in through another realm, which is the OIDC provider."""

    @pytest.fixture
    def provider(self, make_realm: MakeRealm) -> Realm:
        return make_realm(somebody("visitor"))

    @pytest.fixture
    def realm(self, make: Make, provider: Realm, keycloak: Keycloak) -> Realm:
        realm = make()
        connect(realm, provider, keycloak)
        return realm

    @pytest.mark.slow
    def test_a_first_login_after_enforcement(self, realm: Realm, kc2fa: Kc2fa, log_in: LogIn) -> None:
        enforce(kc2fa, realm)
        expect(log_in(realm, "visitor", kc_idp_hint="provider"), SetUpTotp)

    @pytest.mark.slow
    def test_who_had_logged_in_before_it(self, realm: Realm, kc2fa: Kc2fa, log_in: LogIn) -> None:
        expect(log_in(realm, "visitor", kc_idp_hint="provider"), Done)
        enforce(kc2fa, realm)
        expect(log_in(realm, "visitor", kc_idp_hint="provider"), SetUpTotp)


class TestManagedByAnOrganization:
    """Members whose login belongs to an organization: read-only while the organization is disabled."""

    @pytest.fixture
    def realm(self, make: Make, make_realm: MakeRealm, keycloak: Keycloak, log_in: LogIn) -> Realm:
        """A disabled organization with one managed member, who had logged in through its identity provider."""
        provider, realm = make_realm(somebody("visitor")), make(organizationsEnabled=True)
        connect(realm, provider, keycloak)
        domains = [{"name": "example.org"}]
        realm.post("organizations", {"name": "Acme", "alias": "acme", "domains": domains})
        [organization] = realm.get("organizations")
        realm.post(f"organizations/{organization['id']}/identity-providers", "provider")
        expect(log_in(realm, "visitor", kc_idp_hint="provider"), Done)
        realm.put(f"organizations/{organization['id']}", organization | {"enabled": False})
        return realm

    @pytest.mark.slow
    def test_they_are_named_with_what_mends_it(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = enforce(kc2fa, realm)
        [failure] = run.data["failures"]
        assert (run.exit, failure["username"]) == (5, "visitor")
        assert "read-only" in failure["reason"]
        assert "organization" in failure["fix"]

    @pytest.mark.slow
    def test_once_it_is_enabled_the_next_run_finishes(self, realm: Realm, kc2fa: Kc2fa, log_in: LogIn) -> None:
        enforce(kc2fa, realm)
        [organization] = realm.get("organizations")
        realm.put(f"organizations/{organization['id']}", organization | {"enabled": True})
        assert enforce(kc2fa, realm).data["state"] == "ON"
        expect(log_in(realm, "visitor", kc_idp_hint="provider"), SetUpTotp)


def connect(realm: Realm, provider: Realm, keycloak: Keycloak) -> None:
    """Let the users of one realm log in to another by OIDC."""
    broker = f"{keycloak.url}/realms/{realm.name}/broker/provider/endpoint"
    provider.post("clients", {"clientId": "other-realm", "secret": "made-for-a-test-only", "redirectUris": [broker]})
    endpoint = f"{keycloak.url}/realms/{provider.name}/protocol/openid-connect"
    config = {
        "clientId": "other-realm",
        "clientSecret": "made-for-a-test-only",
        "clientAuthMethod": "client_secret_post",
        "authorizationUrl": f"{endpoint}/auth",
        "tokenUrl": f"{endpoint}/token",
        "jwksUrl": f"{endpoint}/certs",
        "useJwksUrl": "true",
        "validateSignature": "true",
    }
    realm.post("identity-provider/instances", {"alias": "provider", "providerId": "oidc", "config": config})


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
        realm.post("partialImport", {"ifResourceExists": "FAIL", "users": later})
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
