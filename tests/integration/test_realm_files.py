"""The files in realm/ make the realms that they promise, on a real server."""

import base64
import hashlib
import html
import json
import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyotp
import pytest
import requests
from keycloak import KeycloakAdmin
from keycloak.exceptions import KeycloakPutError
from tests.server import Keycloak

pytestmark = pytest.mark.core
FILES = Path(__file__).parents[2] / "realm"
OURS = "rj-ours"
PLAIN = "rj-plain"
SAMPLE = "rj-sample"
PASSWORD = "set at run time"
SETUP = "Mobile Authenticator Setup"
CODE = "Sign In"


def ours_file() -> dict[str, Any]:
    return json.loads((FILES / "realm.json").read_text(encoding="utf-8"))


def sample_file(name: str = "demo") -> dict[str, Any]:
    """The sample, under another name: the default role is named after its realm."""
    text = (FILES / "sample-realm.json").read_text(encoding="utf-8")
    return {**json.loads(text.replace("default-roles-demo", f"default-roles-{name}")), "realm": name}


def every(node: Any) -> Iterator[tuple[str, Any]]:
    """Every key with its value, however deep."""
    if isinstance(node, dict):
        yield from node.items()
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from every(child)


def soon(fact: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not fact() and time.monotonic() < end:
        time.sleep(0.1)
    return fact()


class Login:
    """A login on the real pages, by plain requests.

    Keycloak's cookies are Secure; a browser sends those to a loopback address without TLS too, requests
    does not.
    """

    def __init__(self, keycloak: Keycloak, realm: str, client: str, redirect: str) -> None:
        self.session = requests.Session()
        self.answer = self.send(
            "GET",
            f"{keycloak.url}/realms/{realm}/protocol/openid-connect/auth",
            params={
                "client_id": client,
                "redirect_uri": redirect,
                "response_type": "code",
                "scope": "openid",
                "code_challenge": "A" * 43,
                "code_challenge_method": "S256",
            },
        )

    def send(self, method: str, url: str, **request: Any) -> requests.Response:
        for cookie in self.session.cookies:
            cookie.secure = False
        return self.session.request(method, url, allow_redirects=False, timeout=30, **request)

    def submit(self, **fields: str) -> "Login":
        action = re.search(r'<form[^>]*action="([^"]+)"', self.answer.text)
        assert action, self.answer.text
        self.answer = self.send("POST", html.unescape(action[1]), data=fields)
        while self.answer.is_redirect and not self.logged_in:
            self.answer = self.send("GET", self.answer.headers["location"])
        return self

    def set_up(self) -> str:
        field = re.search(r'name="totpSecret" value="([^"]+)"', self.answer.text)
        assert field, self.answer.text
        secret = html.unescape(field[1])
        self.submit(totp=code(secret), totpSecret=secret, userLabel="phone")
        return secret

    @property
    def logged_in(self) -> bool:
        return "code=" in self.answer.headers.get("location", "")

    @property
    def title(self) -> str:
        heading = re.search(r"<h1[^>]*>(.*?)</h1>", self.answer.text, re.DOTALL)
        return re.sub(r"<!--.*?-->", "", heading[1], flags=re.DOTALL).strip() if heading else ""


def code(secret: str, ahead: int = 0, **policy: Any) -> str:
    """The code that an app shows; Keycloak keeps the secret as text, apps read it in base 32."""
    return pyotp.TOTP(base64.b32encode(secret.encode()).decode(), **policy).at(time.time() + ahead)


@pytest.fixture(scope="module")
def admin(keycloak: Keycloak) -> KeycloakAdmin:
    return KeycloakAdmin(
        server_url=keycloak.url,
        username=keycloak.username,
        password=keycloak.password,
        realm_name="master",
    )


@pytest.fixture(scope="module")
def in_realm(admin: KeycloakAdmin, keycloak: Keycloak) -> Iterator[Callable[[dict[str, Any]], KeycloakAdmin]]:
    """Makes a realm of a representation, and ends all of them."""
    made: list[str] = []

    def make(representation: dict[str, Any]) -> KeycloakAdmin:
        admin.create_realm(representation)
        made.append(representation["realm"])
        return KeycloakAdmin(
            server_url=keycloak.url,
            username=keycloak.username,
            password=keycloak.password,
            realm_name=representation["realm"],
            user_realm_name="master",
        )

    yield make
    for name in made:
        admin.delete_realm(name)


@pytest.fixture(scope="module")
def ours(in_realm: Callable[[dict[str, Any]], KeycloakAdmin]) -> KeycloakAdmin:
    return in_realm({**ours_file(), "realm": OURS})


@pytest.fixture(scope="module")
def plain(in_realm: Callable[[dict[str, Any]], KeycloakAdmin]) -> KeycloakAdmin:
    return in_realm({"realm": PLAIN, "enabled": True})


@pytest.fixture(scope="module")
def sample(in_realm: Callable[[dict[str, Any]], KeycloakAdmin]) -> KeycloakAdmin:
    return in_realm(sample_file(SAMPLE))


@pytest.fixture(scope="module")
def sample_people(sample: KeycloakAdmin) -> dict[str, dict[str, Any]]:
    return {user["username"]: user for user in sample.get_users({"max": 100, "briefRepresentation": False})}


def grant(keycloak: Keycloak, realm: str, client: str, **fields: str) -> requests.Response:
    return requests.post(
        f"{keycloak.url}/realms/{realm}/protocol/openid-connect/token",
        {"client_id": client, **fields},
        timeout=30,
    )


def newcomer(ours: KeycloakAdmin, username: str) -> str:
    return ours.create_user(
        {
            "username": username,
            "enabled": True,
            "email": f"{username}@example.org",
            "firstName": "New",
            "lastName": "Comer",
            "credentials": [{"type": "password", "value": PASSWORD, "temporary": False}],
        }
    )


def log_in(keycloak: Keycloak, username: str) -> Login:
    login = Login(keycloak, OURS, "account-console", f"{keycloak.url}/realms/{OURS}/account/")
    return login.submit(username=username, password=PASSWORD)


def set_password(realm: KeycloakAdmin, user_id: str) -> None:
    realm.set_user_password(user_id, PASSWORD, temporary=False)


# realm.json, as it stands


@pytest.mark.parametrize("key", ["displayName", "users", "clients", "keycloakVersion", "id", "secret"])
def test_our_realm_leaves_to_keycloak_what_keycloak_makes(key: str) -> None:
    assert key not in dict(every(ours_file()))


# realm.json, on a server


def test_our_realm_has_the_whole_otp_policy(ours: KeycloakAdmin) -> None:
    realm = ours.get_realm(OURS)

    assert {key: value for key, value in realm.items() if key.startswith("otpPolicy")} == {
        "otpPolicyType": "totp",
        "otpPolicyAlgorithm": "HmacSHA1",
        "otpPolicyDigits": 6,
        "otpPolicyPeriod": 30,
        "otpPolicyLookAheadWindow": 1,
        "otpPolicyInitialCounter": 0,
        "otpPolicyCodeReusable": False,
    }


def test_our_policy_allows_just_the_three_apps(ours: KeycloakAdmin) -> None:
    assert set(ours.get_realm(OURS)["otpSupportedApplications"]) == {
        "totpAppMicrosoftAuthenticatorName",
        "totpAppFreeOTPName",
        "totpAppGoogleName",
    }


def test_required_actions_are_keycloaks_own_but_for_the_default_one(ours: KeycloakAdmin, plain: KeycloakAdmin) -> None:
    usual = {action["alias"]: action for action in plain.get_required_actions()}
    # Keycloak 26.4 gives some of them another priority
    found = {
        action["alias"]: {**action, "priority": usual[action["alias"]]["priority"]}
        for action in ours.get_required_actions()
    }

    assert found == {
        **usual,
        "CONFIGURE_TOTP": {**usual["CONFIGURE_TOTP"], "enabled": True, "defaultAction": True},
    }


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("authentication/flows", "alias"),
        ("client-scopes", "name"),
        ("default-default-client-scopes", "name"),
        ("default-optional-client-scopes", "name"),
        ("clients", "clientId"),
        ("roles", "name"),
        ("components", "providerId"),
    ],
)
def test_our_realm_is_complete(ours: KeycloakAdmin, plain: KeycloakAdmin, path: str, key: str) -> None:
    def names(admin: KeycloakAdmin, realm: str) -> list[str]:
        found = admin.connection.raw_get(f"admin/realms/{realm}/{path}").json()
        return sorted(item[key].replace(realm, "") for item in found if item[key] != "browser with 2FA")

    assert names(ours, OURS) == names(plain, PLAIN)


def test_keycloaks_own_flows_are_unchanged(ours: KeycloakAdmin, plain: KeycloakAdmin) -> None:
    def steps(realm: KeycloakAdmin) -> list[tuple[str, str]]:
        return [
            (step["displayName"], step["requirement"])
            for flow in ["browser", "direct grant", "registration", "reset credentials", "first broker login"]
            for step in realm.get_authentication_flow_executions(flow)
        ]

    assert steps(ours) == steps(plain)


def test_the_browser_flow_asks_for_a_code_without_a_condition(ours: KeycloakAdmin) -> None:
    steps = ours.get_authentication_flow_executions(ours.get_realm(OURS)["browserFlow"])

    assert [(step["level"], step.get("providerId"), step["requirement"]) for step in steps] == [
        (0, "auth-cookie", "ALTERNATIVE"),
        (0, "identity-provider-redirector", "ALTERNATIVE"),
        (0, None, "ALTERNATIVE"),
        (1, "auth-username-password-form", "REQUIRED"),
        (1, "auth-otp-form", "REQUIRED"),
    ]


def test_a_new_person_sets_up_at_the_first_login(ours: KeycloakAdmin, keycloak: Keycloak) -> None:
    newcomer(ours, "first")

    login = log_in(keycloak, "first")

    assert login.title == SETUP


def test_the_page_lists_the_three_apps(ours: KeycloakAdmin, keycloak: Keycloak) -> None:
    newcomer(ours, "apps")

    page = log_in(keycloak, "apps").answer.text

    listed = re.search(r'id="kc-totp-supported-apps".*?</ul>', page, re.DOTALL)
    assert listed
    assert set(re.findall(r"<li>(.*?)</li>", listed[0])) == {
        "Microsoft Authenticator",
        "FreeOTP",
        "Google Authenticator",
    }


def test_a_login_after_set_up_is_password_then_code(ours: KeycloakAdmin, keycloak: Keycloak) -> None:
    newcomer(ours, "later")
    secret = log_in(keycloak, "later").set_up()

    login = log_in(keycloak, "later")

    assert (login.title, login.submit(otp=code(secret, ahead=30)).logged_in) == (CODE, True)


def test_an_organization_leaves_our_login_on_one_page(ours: KeycloakAdmin, keycloak: Keycloak) -> None:
    newcomer(ours, "member")
    ours.create_organization({"name": "Acme", "domains": [{"name": "acme.example"}]})

    login = log_in(keycloak, "member")

    assert login.title == SETUP


def test_whoever_has_neither_code_nor_action_sets_up_all_the_same(ours: KeycloakAdmin, keycloak: Keycloak) -> None:
    user = newcomer(ours, "bare")
    ours.update_user(user, {"requiredActions": []})

    login = log_in(keycloak, "bare")

    assert login.title == SETUP


def test_direct_grant_without_set_up_is_refused_in_words(ours: KeycloakAdmin, keycloak: Keycloak) -> None:
    newcomer(ours, "grant")

    answer = grant(keycloak, OURS, "admin-cli", grant_type="password", username="grant", password=PASSWORD)

    assert (answer.status_code, answer.json()["error_description"]) == (400, "Account is not fully set up")


def test_wrong_codes_lock_the_account(ours: KeycloakAdmin, keycloak: Keycloak) -> None:
    user = newcomer(ours, "guesser")
    secret = log_in(keycloak, "guesser").set_up()
    login = log_in(keycloak, "guesser")

    for guess in range(5):
        login.submit(otp=f"00000{guess}")

    assert soon(lambda: ours.get_bruteforce_detection_status(user)["disabled"])
    assert not login.submit(otp=code(secret, ahead=30)).logged_in


def test_a_refused_login_is_kept_as_an_event(ours: KeycloakAdmin, keycloak: Keycloak) -> None:
    user = newcomer(ours, "event")
    grant(keycloak, OURS, "admin-cli", grant_type="password", username="event", password="wrong")

    events = ours.get_events({"type": "LOGIN_ERROR", "user": user})

    assert [event["error"] for event in events] == ["invalid_user_credentials"]


def test_an_admin_event_holds_no_personal_data(ours: KeycloakAdmin) -> None:
    user = newcomer(ours, "private")

    events = ours.get_admin_events({"resourcePath": f"users/{user}"})

    assert [(event["operationType"], event.get("representation")) for event in events] == [("CREATE", None)]


def test_events_expire(ours: KeycloakAdmin) -> None:
    realm = ours.get_realm(OURS)
    ninety_days = 90 * 24 * 60 * 60

    assert (realm["eventsExpiration"], realm["attributes"]["adminEventsExpiration"]) == (
        ninety_days,
        str(ninety_days),
    )


# sample-realm.json, as it stands


def test_the_sample_holds_no_password() -> None:
    kinds = {credential["type"] for user in sample_file()["users"] for credential in user.get("credentials", [])}

    assert kinds == {"otp"}


@pytest.mark.parametrize("key", ["id", "secret", "keycloakVersion", "passwordPolicy"])
def test_the_sample_leaves_to_keycloak_what_keycloak_makes(key: str) -> None:
    assert key not in dict(every(sample_file()))


def test_the_samples_mail_goes_nowhere() -> None:
    domains = {user["email"].partition("@")[2] for user in sample_file()["users"] if "email" in user}

    assert domains == {"example.org", "example.com"}


# sample-realm.json, on a server


def test_every_person_of_the_sample_arrives(sample_people: dict[str, Any]) -> None:
    assert set(sample_people) == {user["username"] for user in sample_file()["users"]}


def test_names_of_every_script_arrive_unchanged(sample_people: dict[str, Any]) -> None:
    wanted = {user["username"]: user.get("lastName") for user in sample_file()["users"]}

    assert {name: user.get("lastName") for name, user in sample_people.items()} == wanted


def test_those_with_a_device_have_it(sample_people: dict[str, Any]) -> None:
    assert {name for name, user in sample_people.items() if user["totp"]} == {
        "otp.victor",
        "otp.wendy",
        "otp.xavier",
        "otp.yara",
    }


def test_other_required_actions_arrive(sample_people: dict[str, Any]) -> None:
    found = {action for user in sample_people.values() for action in user["requiredActions"]}

    assert found == {"UPDATE_PASSWORD", "VERIFY_EMAIL", "TERMS_AND_CONDITIONS", "CONFIGURE_TOTP"}


def test_attributes_outside_the_profile_arrive(sample_people: dict[str, Any]) -> None:
    assert sample_people["dave"]["attributes"]["team"] == ["platform", "on-call"]


def test_people_have_the_default_role(sample: KeycloakAdmin, sample_people: dict[str, Any]) -> None:
    roles = sample.get_realm_roles_of_user(sample_people["alice"]["id"])

    assert [role["name"] for role in roles] == [f"default-roles-{SAMPLE}"]


def test_just_one_person_cannot_be_written_the_plain_way(sample: KeycloakAdmin, sample_people: dict[str, Any]) -> None:
    refused = {}
    for name, user in sample_people.items():
        try:
            sample.update_user(user["id"], {"requiredActions": user["requiredActions"]})
        except KeycloakPutError as error:
            refused[name] = json.loads(error.error_message or "")["errorMessage"]

    assert refused == {"no.department": "error-user-attribute-required"}


def test_the_sample_starts_with_another_policy(sample: KeycloakAdmin) -> None:
    realm = sample.get_realm(SAMPLE)

    assert (realm["otpPolicyAlgorithm"], realm["otpPolicyDigits"]) == ("HmacSHA256", 8)


def test_the_sample_does_not_ask_new_people(sample: KeycloakAdmin) -> None:
    assert not sample.get_required_action_by_alias("CONFIGURE_TOTP")["defaultAction"]


def test_a_password_alone_logs_in_to_the_sample(
    sample: KeycloakAdmin, sample_people: dict[str, Any], keycloak: Keycloak
) -> None:
    set_password(sample, sample_people["alice"]["id"])

    # a realm with an organization asks for the name on a page of its own
    login = Login(keycloak, SAMPLE, "demo-app", "http://127.0.0.1/").submit(username="alice")
    login.submit(password=PASSWORD)

    assert login.logged_in


def test_the_old_client_needs_no_browser(
    sample: KeycloakAdmin, sample_people: dict[str, Any], keycloak: Keycloak
) -> None:
    set_password(sample, sample_people["bob"]["id"])

    answer = grant(keycloak, SAMPLE, "legacy-cli", grant_type="password", username="bob", password=PASSWORD)

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("username", "app"),
    [
        ("otp.victor", partial(code, "demo-only-not-secret-1", digits=8, digest=hashlib.sha256)),
        ("otp.wendy", partial(code, "demo-only-not-secret-2")),
    ],
)
def test_a_device_from_the_file_works(
    sample: KeycloakAdmin,
    sample_people: dict[str, Any],
    keycloak: Keycloak,
    username: str,
    app: Callable[[], str],
) -> None:
    set_password(sample, sample_people[username]["id"])
    person = {"grant_type": "password", "username": username, "password": PASSWORD}

    granted = [grant(keycloak, SAMPLE, "legacy-cli", **person, totp=totp).ok for totp in ("", app())]

    assert granted == [False, True]


def test_the_service_account_gets_a_secret_from_keycloak(sample: KeycloakAdmin, keycloak: Keycloak) -> None:
    client = sample.get_client_id("demo-service")
    secret = sample.get_client_secrets(client)["value"]

    answer = grant(keycloak, SAMPLE, "demo-service", grant_type="client_credentials", client_secret=secret)

    assert answer.status_code == 200


def test_the_organization_arrives_with_its_members(sample: KeycloakAdmin) -> None:
    (acme,) = sample.get_organizations()

    members = {member["username"] for member in sample.get_organization_members(acme["id"])}

    assert (acme["name"], acme["domains"][0]["name"], members) == ("Acme", "acme.example", {"bob", "γιώργος"})
