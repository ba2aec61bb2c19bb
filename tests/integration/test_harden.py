"""`kc2fa harden`: each way around 2FA is walked first, then closed, then walked in vain."""

import base64
import hashlib
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pexpect
import pytest
import requests
from tests.integration import windows
from tests.integration.command import COMMAND, CONFIRM, Kc2fa, Run, environment_for
from tests.integration.realms import MakeRealm, Realm, otp_credential, person, service_account
from tests.integration.windows import PASSWORD, Pages, Windows
from tests.mail import Mailbox

from keycloak_2fa.authenticator import Authenticator
from keycloak_2fa.embedded.server import EmbeddedKeycloak
from keycloak_2fa.login_pages import Done, Other, OtpForm, SetUpTotp, expect

APP = (windows.APP_CLIENT, person("of-no-importance", credentials=[otp_credential()]))
KEEPER = service_account("keeper", "realm-admin")
"""May do everything in the realm."""
SKIP_VERSION = ("--skip", "server-vulnerable")
"""No setting of a realm mends the server that the tests run on."""

AS_KEEPER = {"KC2FA_CLIENT_ID": "keeper", "KC2FA_CLIENT_SECRET": "keeper-secret"}


@pytest.fixture(scope="session")
def make_open(make_realm: MakeRealm) -> MakeRealm:
    """Makes a realm with an app and somebody who may close everything."""

    def make(*who: dict[str, Any], clients: tuple[Any, ...] = (), **settings: Any) -> Realm:
        return make_realm(*who, clients=(APP, KEEPER, *clients), **settings)

    return make


@pytest.fixture(scope="session")
def harden(kc2fa: Kc2fa) -> Callable[..., Run]:
    """Runs `kc2fa harden --yes` and expects it to succeed."""

    def run(realm: Realm, *ids: str) -> Run:
        what = [part for each in ids for part in ("--fix", each)] or ["--all"]
        done = kc2fa("harden", "--json", "--yes", *what, realm=realm, **AS_KEEPER)
        assert done.exit == 0, done
        return done

    return run


Harden = Callable[..., Run]


class Olga:
    """Somebody who is enrolled."""

    def __init__(self) -> None:
        key = windows.key()
        self.phone = windows.phone(key)
        self.user = windows.user("olga", credentials=[*windows.user("olga")["credentials"], otp_credential(secret=key)])


@pytest.fixture
def olga() -> Olga:
    return Olga()


def set_up(window: Any, page: Any) -> Authenticator:
    """Set up a phone where Keycloak asks for it, up to the app."""
    phone = Authenticator.typed(expect(page, SetUpTotp).secret)
    expect(window.set_up_totp(page, phone.code(), "Phone"), Done)
    return phone


class TestConditionalFlows:
    def test_the_browser_flow(
        self, make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak, olga: Olga
    ) -> None:
        # Given somebody without OTP, of whom nothing is due, and who logs in by password alone
        realm = make_open(windows.user("alice"), olga.user)
        people = Windows(keycloak, realm)
        assert isinstance(people.log_in("alice")[1], Done)
        # When
        harden(realm, "flow-conditional")
        # Then
        phone = set_up(*people.log_in("alice"))
        window, page = people.log_in("alice")
        assert isinstance(window.enter_code(page, phone.fresh_code()), Done)
        # And whoever is enrolled goes on as before
        window, page = people.log_in("olga")
        assert isinstance(window.enter_code(page, olga.phone.fresh_code()), Done)

    @pytest.mark.parametrize("way", ["flow-conditional", "direct-grant-clients"])
    def test_the_direct_grant_flow(
        self, make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak, olga: Olga, way: str
    ) -> None:
        realm = make_open(windows.user("alice"), olga.user)
        people = Windows(keycloak, realm)
        assert people.grant("alice").ok
        # When
        harden(realm, way)
        # Then it is refused in Keycloak's usual words
        refused = people.grant("alice")
        assert (refused.status_code, refused.json()["error_description"]) == (400, "Account is not fully set up")
        # And a code is still enough, and needed, for whoever has one
        assert not people.grant("olga").ok
        assert not people.grant("olga", totp=olga.phone.wrong_code()).ok
        assert people.grant("olga", totp=olga.phone.fresh_code()).ok

    def test_a_direct_grant_flow_that_never_asks(
        self, make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak, olga: Olga
    ) -> None:
        # Given a flow of name and password, by which even the enrolled need no code
        steps = ["direct-grant-validate-username", "direct-grant-validate-password"]
        realm = make_open(
            windows.user("alice"), olga.user, authenticationFlows=[flow("bare", steps)], directGrantFlow="bare"
        )
        people = Windows(keycloak, realm)
        assert people.grant("olga").ok
        # When
        harden(realm, "flow-conditional")
        # Then
        assert people.grant("alice").json()["error_description"] == "Account is not fully set up"
        assert not people.grant("olga").ok
        assert people.grant("olga", totp=olga.phone.fresh_code()).ok

    def test_another_second_factor_that_the_flow_takes_is_enough(
        self, make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak
    ) -> None:
        # Given a flow that takes recovery codes too, and somebody who has nothing else
        code = "ABCD2345EFGH"
        credentials = [*windows.user("rita")["credentials"], recovery_codes(code)]
        realm = make_open(windows.user("rita", credentials=credentials))
        steps = realm.get("authentication/flows/browser/executions")
        [step] = [each for each in steps if each.get("providerId") == "auth-recovery-authn-code-form"]
        realm.put("authentication/flows/browser/executions", step | {"requirement": "ALTERNATIVE"})
        # When
        harden(realm, "flow-conditional")
        # Then
        pages = Pages(Windows(keycloak, realm).open())
        assert not pages.submit(username="rita", password=PASSWORD).in_the_app
        assert pages.submit(recoveryCodeInput=code).in_the_app

    def test_the_flows_that_were_bound_stay_as_they_are(self, make_open: MakeRealm, harden: Harden) -> None:
        realm = make_open()
        aliases = [each["alias"] for each in realm.get("authentication/flows")]
        was = {alias: realm.get(f"authentication/flows/{alias}/executions") for alias in aliases}
        harden(realm)
        assert {alias: realm.get(f"authentication/flows/{alias}/executions") for alias in aliases} == was

    def test_a_way_that_is_one_step_is_left_and_named(self, make_open: MakeRealm, harden: Harden) -> None:
        # Given a flow in which Kerberos alone is enough
        kerberos = flow("kerberos", [])
        kerberos["authenticationExecutions"] = [
            {"authenticator": "auth-cookie", "requirement": "ALTERNATIVE", "priority": 10},
            {"authenticator": "auth-spnego", "requirement": "ALTERNATIVE", "priority": 20},
        ]
        realm = make_open(authenticationFlows=[kerberos], browserFlow="kerberos")
        # When
        left = harden(realm, "flow-conditional").data["left"]
        # Then
        assert realm.representation()["browserFlow"] == "kerberos"
        assert [(each["id"], each["where"]) for each in left] == [("flow-conditional", "kerberos")]
        assert "admin console" in left[0]["fix"]

    def test_a_copy_that_was_left_half_made_is_left_alone(
        self, make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak
    ) -> None:
        # Given what an interruption leaves: a copy to which nothing was added
        realm = make_open(windows.user("alice"))
        realm.post("authentication/flows/browser/copy", {"newName": "browser with 2FA"})
        # When
        harden(realm, "flow-conditional")
        # Then
        assert realm.representation()["browserFlow"] == "browser with 2FA 2"
        assert isinstance(Windows(keycloak, realm).log_in("alice")[1], SetUpTotp)


def recovery_codes(first: str) -> dict[str, Any]:
    """A credential of a dozen recovery codes, to import; of fewer Keycloak would want a new set."""
    hashes = [base64.b64encode(hashlib.sha512(f"{first}{n or ''}".encode()).digest()).decode() for n in range(12)]
    codes = [{"number": n, "encodedHashedValue": each} for n, each in enumerate(hashes, 1)]
    return {
        "type": "recovery-authn-codes",
        "secretData": json.dumps({"codes": codes}),
        "credentialData": json.dumps({"algorithm": "RS512", "totalCodes": 12, "remainingCodes": 12}),
    }


def flow(alias: str, steps: list[str]) -> dict[str, Any]:
    """A flow of required steps, to import."""
    executions = [
        {"authenticator": step, "requirement": "REQUIRED", "priority": number} for number, step in enumerate(steps)
    ]
    return {
        "alias": alias,
        "providerId": "basic-flow",
        "topLevel": True,
        "builtIn": False,
        "authenticationExecutions": executions,
    }


class TestOtherWays:
    def test_a_client_with_a_flow_of_its_own(
        self, make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak
    ) -> None:
        # Given a realm that demands OTP, but for one client
        realm = make_open(windows.user("alice"))
        harden(realm, "flow-conditional")
        ids = {each["alias"]: each["id"] for each in realm.get("authentication/flows")}
        [client] = realm.get("clients", clientId="app")
        overrides = {"browser": ids["browser"], "direct_grant": ids["direct grant"]}
        realm.put(f"clients/{client['id']}", client | {"authenticationFlowBindingOverrides": overrides})
        [client] = realm.get("clients", clientId="app")
        people = Windows(keycloak, realm)
        assert isinstance(people.log_in("alice")[1], Done)
        assert people.grant("alice").ok
        # When
        harden(realm, "client-flow-override")
        # Then
        assert isinstance(people.log_in("alice")[1], SetUpTotp)
        assert not people.grant("alice").ok
        # And nothing else of the client was changed
        [now] = realm.get("clients", clientId="app")
        assert now | {"authenticationFlowBindingOverrides": overrides} == client

    @pytest.mark.parametrize("post_login", [None, "lenient"])
    def test_an_identity_provider(
        self, make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak, post_login: str | None
    ) -> None:
        # Given another realm by which people log in to this one
        callback = {"redirectUris": [f"{keycloak.url}/*"], "publicClient": False, "secret": "broker-secret"}
        broker = ({"clientId": "broker"} | callback, person("of-no-use", credentials=[otp_credential()]))
        other = make_open(windows.user("carol"), clients=(broker,))
        more = {"postBrokerLoginFlowAlias": post_login} if post_login else {}
        realm = make_open(
            authenticationFlows=[flow("lenient", ["allow-access-authenticator"])],
            identityProviders=[identity_provider(keycloak, other) | more],
        )
        people = Windows(keycloak, realm)
        assert isinstance(people.log_in_by("other", "carol")[1], Done)
        was = realm.get_one("identity-provider/instances/other")
        # When
        harden(realm, "broker-without-2fa")
        # Then
        phone = set_up(*people.log_in_by("other", "carol"))
        window, page = people.log_in_by("other", "carol")
        assert isinstance(window.enter_code(page, phone.fresh_code()), Done)
        # And nothing else of it was changed
        now = realm.get_one("identity-provider/instances/other")
        assert {key for key in now | was if now.get(key) != was.get(key)} == {"postBrokerLoginFlowAlias"}

    def test_removing_ones_own_otp(
        self, make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak, olga: Olga
    ) -> None:
        # Given that the account console lets a person remove their OTP, after which the password is enough
        realm = make_open(olga.user)
        people = Windows(keycloak, realm)
        assert people.remove_own_otp("olga", olga.phone).status_code == 204
        assert isinstance(people.log_in("olga")[1], Done)
        # When
        harden(realm, "otp-self-removal")
        # Then
        realm.put(f"users/{realm.user('olga')['id']}", {"requiredActions": ["CONFIGURE_TOTP"]})
        phone = set_up(*people.log_in("olga"))
        assert people.remove_own_otp("olga", phone).status_code == 400
        assert isinstance(people.log_in("olga")[1], OtpForm)

    def test_removing_ones_own_otp_by_a_link(
        self, make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak, olga: Olga
    ) -> None:
        # Given that an app may send a person to a page that removes a credential
        realm = make_open(olga.user)
        people = Windows(keycloak, realm)
        [otp] = [each for each in realm.get(f"users/{realm.user('olga')['id']}/credentials") if each["type"] == "otp"]
        window, page = people.log_in("olga")
        assert isinstance(window.enter_code(page, olga.phone.fresh_code()), Done)
        link = {"kc_action": f"delete_credential:{otp['id']}"}
        assert window.open(**link).title == "Delete phone"
        # When
        harden(realm, "otp-self-removal")
        # Then the person is sent straight back
        assert isinstance(window.open(**link), Done)

    def test_a_forgotten_password(
        self, make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak, mailbox: Mailbox, olga: Olga
    ) -> None:
        # Given that whoever reads Olga's mail sets up a phone of their own in her name
        realm = make_open(olga.user, resetPasswordAllowed=True, smtpServer=mailbox.settings)
        people = Windows(keycloak, realm)
        assert isinstance(forgot(people, mailbox).page, SetUpTotp)
        # When
        harden(realm, "reset-credentials")
        # Then the mail is not enough
        pages = forgot(people, mailbox)
        assert isinstance(pages.page, OtpForm)
        assert isinstance(pages.submit(otp=olga.phone.wrong_code()).page, OtpForm)
        # And with the old code it is
        page = pages.submit(otp=olga.phone.fresh_code()).page
        assert page == Other(title="Update password", error=None)
        pages.submit(**{"password-new": "a new one", "password-confirm": "a new one"})
        window, asked = people.log_in("olga", "a new one")
        assert isinstance(window.enter_code(asked, olga.phone.fresh_code()), Done)

    def test_guessing(self, make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak) -> None:
        # Given that nobody counts wrong passwords
        realm = make_open(windows.user("alice"), windows.user("bob"))
        people = Windows(keycloak, realm)
        guess(people, "alice", times=3)
        assert people.grant("alice").ok
        # When
        harden(realm, "brute-force-off")
        # Then
        guess(people, "bob", times=3)
        assert not people.grant("bob").ok


def forgot(people: Windows, mailbox: Mailbox) -> Pages:
    """Olga's way from "Forgot password?" to what the link in the mail leads to, in another window."""
    Pages(people.open()).follow("reset-credentials").submit(username="olga")
    return Pages(people.open()).go("GET", mailbox.link("olga@example.org"))


def guess(people: Windows, username: str, *, times: int) -> None:
    for _ in range(times):
        assert not people.grant(username, password="wrong").ok


def identity_provider(keycloak: EmbeddedKeycloak, realm: Realm) -> dict[str, Any]:
    """A realm as the identity provider of another one."""
    issuer = f"{keycloak.url}/realms/{realm.name}"
    endpoint = f"{issuer}/protocol/openid-connect"
    config = {
        "issuer": issuer,
        "authorizationUrl": f"{endpoint}/auth",
        "tokenUrl": f"{endpoint}/token",
        "jwksUrl": f"{endpoint}/certs",
        "useJwksUrl": "true",
        "validateSignature": "true",
        "clientId": "broker",
        "clientSecret": "broker-secret",
        "clientAuthMethod": "client_secret_post",
        "defaultScope": "openid profile email",
    }
    return {"alias": "other", "providerId": "oidc", "enabled": True, "trustEmail": True, "config": config}


class TestSettings:
    def test_new_users(self, make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak) -> None:
        realm = make_open()
        people = Windows(keycloak, realm)
        realm.post("users", new_user("before"))
        assert isinstance(people.log_in("before")[1], Done)
        harden(realm, "default-action-off")
        realm.post("users", new_user("after"))
        assert isinstance(people.log_in("after")[1], SetUpTotp)

    def test_the_action_itself(self, make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak) -> None:
        # Given somebody who must set up OTP, and an action that is off
        realm = make_open(windows.user("alice", requiredActions=["CONFIGURE_TOTP"]))
        realm.put("authentication/required-actions/CONFIGURE_TOTP", realm.required_action() | {"enabled": False})
        people = Windows(keycloak, realm)
        assert isinstance(people.log_in("alice")[1], Done)
        harden(realm, "totp-action-off")
        assert isinstance(people.log_in("alice")[1], SetUpTotp)

    def test_the_otp_policy(self, make_open: MakeRealm, harden: Harden, keycloak: EmbeddedKeycloak) -> None:
        policy = {"otpPolicyType": "totp", "otpPolicyAlgorithm": "HmacSHA1", "otpPolicyDigits": 8}
        policy |= {"otpPolicyPeriod": 30, "otpPolicyLookAheadWindow": 3, "otpPolicyInitialCounter": 0}
        realm = make_open(windows.user("alice", requiredActions=["CONFIGURE_TOTP"]), **policy)
        people = Windows(keycloak, realm)
        assert "Microsoft Authenticator" not in expect(people.log_in("alice")[1], SetUpTotp).apps
        harden(realm, "otp-policy-drift")
        assert "Microsoft Authenticator" in expect(people.log_in("alice")[1], SetUpTotp).apps
        assert realm.representation()["otpPolicyLookAheadWindow"] == 3
        assert realm.required_action()["defaultAction"] is False

    def test_nothing_else_is_changed(self, make_open: MakeRealm, harden: Harden) -> None:
        realm = make_open(person("alice"), attributes={"ours": "kept"}, failureFactor=7, resetPasswordAllowed=True)
        was, people = realm.representation(), realm.users()
        done = harden(realm)
        now = realm.representation()
        assert {key for key in now | was if now.get(key) != was.get(key)} == {
            "browserFlow",
            "directGrantFlow",
            "resetCredentialsFlow",
            "bruteForceProtected",
        }
        assert realm.users() == people
        assert {each["setting"] for each in done.data["changes"]} == {
            "browserFlow",
            "directGrantFlow",
            "resetCredentialsFlow",
            "bruteForceProtected",
            "CONFIGURE_TOTP.defaultAction",
            "delete_credential.enabled",
        }

    def test_only_what_was_picked_is_changed(self, make_open: MakeRealm, harden: Harden) -> None:
        realm = make_open()
        was = realm.representation()
        harden(realm, "brute-force-off")
        assert realm.representation() == was | {"bruteForceProtected": True}

    def test_a_second_time_there_is_nothing_to_do(self, make_open: MakeRealm, harden: Harden, kc2fa: Kc2fa) -> None:
        realm = make_open(resetPasswordAllowed=True)
        harden(realm)
        was = realm.get("admin-events", max=1000)
        again = kc2fa("harden", "--all", "--json", realm=realm, **AS_KEEPER)
        assert (again.exit, again.data["changes"], again.data["left"]) == (0, [], [])
        assert realm.get("admin-events", max=1000) == was


def new_user(username: str) -> dict[str, Any]:
    """A user as the admin console creates one."""
    return {key: value for key, value in windows.user(username).items() if key != "clientRoles"}


class TestConsent:
    @pytest.fixture
    def untouched(self, make_open: MakeRealm) -> Iterator[Realm]:
        """A realm with an administrator of its own; nothing may be written to it."""
        boss = windows.user("boss", clientRoles={"realm-management": ["realm-admin"]})
        realm = make_open(boss, clients=(service_account("reader", "view-realm", "view-clients"),))
        was = realm.representation(), realm.get("authentication/flows")
        yield realm
        assert (realm.representation(), realm.get("authentication/flows")) == was

    def test_without_it_nothing_is_done(self, untouched: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("harden", "--all", "--json", realm=untouched, **AS_KEEPER)
        assert (run.exit, run.error["code"], run.data["left"]) == (6, "no-consent", None)
        assert "--yes" in run.error["hint"]
        assert {"id": "brute-force-off", "setting": "bruteForceProtected", "before": False, "after": True} in run.data[
            "changes"
        ]

    def test_a_person_sees_before_and_after_and_may_say_no(self, untouched: Realm, keycloak: EmbeddedKeycloak) -> None:
        command = pexpect.spawn(
            COMMAND[0],
            [*COMMAND[1:], "harden", "--fix", "flow-conditional"],
            env=environment_for(keycloak, untouched, **AS_KEEPER),
            encoding="utf-8",
            dimensions=(50, 140),
        )
        command.expect("browserFlow +browser +browser with 2FA")
        command.expect("Do it")
        command.sendline("n")
        command.expect(pexpect.EOF)
        command.close()
        assert command.exitstatus == 6

    @pytest.mark.parametrize("arguments", [(), ("--fix", "nonsense"), ("--fix", "not-checked")])
    def test_what_to_close_must_be_said(self, untouched: Realm, kc2fa: Kc2fa, arguments: tuple[str, ...]) -> None:
        run = kc2fa("harden", "--yes", "--json", *arguments, realm=untouched, **AS_KEEPER)
        assert (run.exit, run.error["code"]) == (2, "usage")

    @pytest.mark.parametrize(
        ("way", "fix"),
        [("uncovered-users", "enforce"), ("open-sessions", "--sign-out"), ("server-vulnerable", "Upgrade")],
    )
    def test_what_no_setting_closes_is_said_with_what_does(
        self, untouched: Realm, kc2fa: Kc2fa, way: str, fix: str
    ) -> None:
        run = kc2fa("harden", "--yes", "--json", "--fix", way, realm=untouched, **AS_KEEPER)
        assert (run.exit, run.error["code"]) == (2, "usage")
        assert fix in run.error["hint"]

    def test_demanding_otp_where_nobody_can_set_it_up(self, make_open: MakeRealm, kc2fa: Kc2fa) -> None:
        realm = make_open()
        realm.put("authentication/required-actions/CONFIGURE_TOTP", realm.required_action() | {"enabled": False})
        run = kc2fa("harden", "--yes", "--json", "--fix", "flow-conditional", realm=realm, **AS_KEEPER)
        assert (run.exit, run.error["code"]) == (6, "would-lock-out")
        assert realm.representation()["browserFlow"] == "browser"

    def test_the_callers_own_lockout(self, untouched: Realm, kc2fa: Kc2fa) -> None:
        boss = {"KC2FA_USERNAME": "boss", "KC2FA_PASSWORD": PASSWORD, "KC2FA_AUTH_REALM": untouched.name}
        run = kc2fa("harden", "--all", "--yes", "--json", realm=untouched, **boss)
        assert (run.exit, run.error["code"]) == (6, "caller-locked-out")

    def test_a_reader_may_not(self, untouched: Realm, kc2fa: Kc2fa) -> None:
        reader = {"KC2FA_CLIENT_ID": "reader", "KC2FA_CLIENT_SECRET": "reader-secret"}
        run = kc2fa("harden", "--all", "--yes", "--json", realm=untouched, **reader)
        assert (run.exit, run.error["code"]) == (3, "role-missing")
        assert "manage-realm" in run.error["message"]

    def test_a_way_that_the_caller_may_not_look_at(self, untouched: Realm, kc2fa: Kc2fa) -> None:
        # The enforcer has manage-realm and manage-users.
        run = kc2fa("harden", "--fix", "client-flow-override", "--yes", "--json", realm=untouched)
        assert (run.exit, run.error["code"]) == (3, "role-missing")
        assert "view-clients" in run.error["message"]

    def test_of_all_what_the_caller_may_not_look_at_is_left(self, make_open: MakeRealm, kc2fa: Kc2fa) -> None:
        run = kc2fa("harden", "--all", "--yes", "--json", realm=make_open())
        assert run.exit == 0
        assert {each["where"] for each in run.data["left"]} == {
            "client-flow-override",
            "direct-grant-clients",
            "broker-without-2fa",
        }


class TestAfterwards:
    """An enforced realm with everything closed: verify holds, and people go about as usual."""

    @pytest.fixture(scope="module")
    @staticmethod
    def box() -> Iterator[Mailbox]:
        with Mailbox() as box:
            yield box

    @pytest.fixture(scope="module")
    @staticmethod
    def realm(make_open: MakeRealm, kc2fa: Kc2fa, harden: Harden, box: Mailbox) -> Realm:
        realm = make_open(
            windows.user("alice"),
            windows.user("frank"),
            resetPasswordAllowed=True,
            registrationAllowed=True,
            smtpServer=box.settings,
            webAuthnPolicyPasswordlessPasskeysEnabled=True,
        )
        assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
        harden(realm)
        return realm

    def test_verify_holds(self, realm: Realm, kc2fa: Kc2fa) -> None:
        run = kc2fa("verify", "--json", *SKIP_VERSION, realm=realm, **AS_KEEPER)
        assert (run.exit, run.data["holds"], run.data["findings"]) == (0, True, [])

    def test_an_import_is_found_by_verify_and_caught_by_the_flow(
        self, make_open: MakeRealm, kc2fa: Kc2fa, harden: Harden, keycloak: EmbeddedKeycloak
    ) -> None:
        realm = make_open()
        assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
        harden(realm)
        realm.post("partialImport", {"ifResourceExists": "SKIP", "users": [new_user("mallory")]})
        run = kc2fa("verify", "--json", *SKIP_VERSION, realm=realm, **AS_KEEPER)
        assert [(each["id"], each["where"]) for each in run.data["findings"]] == [("uncovered-users", "mallory")]
        assert isinstance(Windows(keycloak, realm).log_in("mallory")[1], SetUpTotp)

    def test_set_up_and_next_login(self, realm: Realm, keycloak: EmbeddedKeycloak) -> None:
        people = Windows(keycloak, realm)
        phone = set_up(*people.log_in("alice"))
        window, page = people.log_in("alice")
        assert isinstance(window.enter_code(page, phone.fresh_code()), Done)

    def test_a_forgotten_password(self, realm: Realm, keycloak: EmbeddedKeycloak, box: Mailbox) -> None:
        people = Windows(keycloak, realm)
        phone = set_up(*people.log_in("frank"))
        # When he forgets his password
        Pages(people.open()).follow("reset-credentials").submit(username="frank")
        pages = Pages(people.open()).go("GET", box.link("frank@example.org"))
        pages.submit(otp=phone.fresh_code())
        pages.submit(**{"password-new": "a new one", "password-confirm": "a new one"})
        # Then the new one is as little without a code as the old one
        assert isinstance(people.log_in("frank", "a new one")[1], OtpForm)

    def test_self_registration(self, realm: Realm, keycloak: EmbeddedKeycloak) -> None:
        name = f"new-{uuid.uuid4().hex[:6]}"
        pages = Pages(Windows(keycloak, realm).open()).follow("registration")
        typed = {"username": name, "email": f"{name}@example.org", "firstName": "New", "lastName": "Comer"}
        pages.submit(**typed, password=PASSWORD, **{"password-confirm": PASSWORD})
        phone = Authenticator.typed(expect(pages.page, SetUpTotp).secret)
        assert pages.submit(totp=phone.code(), userLabel="Phone").in_the_app

    def test_a_service_account_is_not_asked(self, realm: Realm, keycloak: EmbeddedKeycloak) -> None:
        answer = requests.post(
            f"{keycloak.url}/realms/{realm.name}/protocol/openid-connect/token",
            {"grant_type": "client_credentials", "client_id": "keeper", "client_secret": "keeper-secret"},
            timeout=30,
        )
        assert answer.status_code == 200
