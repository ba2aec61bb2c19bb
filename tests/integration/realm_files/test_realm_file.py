"""realm/realm.json makes the realm that it promises, on a real server."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from keycloak import KeycloakAdmin
from tests.integration.realm_files.conftest import FILES, PASSWORD, InRealm, every, grant
from tests.server import Keycloak

from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import Done, OtpForm, Page, SetUpTotp, expect
from keycloak_2fa.login.session import LoginSession

pytestmark = pytest.mark.core
OURS = "rj-ours"
PLAIN = "rj-plain"


def ours_file() -> dict[str, Any]:
    return json.loads((FILES / "realm.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def ours(in_realm: InRealm) -> KeycloakAdmin:
    return in_realm({**ours_file(), "realm": OURS})


@pytest.fixture(scope="module")
def plain(in_realm: InRealm) -> KeycloakAdmin:
    return in_realm({"realm": PLAIN, "enabled": True})


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


def log_in(keycloak: Keycloak, username: str) -> tuple[LoginSession, Page]:
    """A new window, and what it shows after the password."""
    account = f"{keycloak.url}/realms/{OURS}/account/"
    window = LoginSession(keycloak.url, OURS, client_id="account-console", redirect_uri=account)
    return window, window.submit_password(window.open(), username, PASSWORD)


def set_up(keycloak: Keycloak, username: str) -> Authenticator:
    """Log in for the first time; gives the phone that was set up."""
    window, page = log_in(keycloak, username)
    phone = Authenticator.typed(expect(page, SetUpTotp).secret)
    expect(window.set_up_totp(page, phone.code(), "phone"), Done)
    return phone


def soon(fact: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not fact() and time.monotonic() < end:
        time.sleep(0.1)
    return fact()


@pytest.mark.parametrize("key", ["displayName", "users", "clients", "keycloakVersion", "id", "secret"])
def test_our_realm_leaves_to_keycloak_what_keycloak_makes(key: str) -> None:
    assert key not in dict(every(ours_file()))


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


def test_required_actions_are_keycloaks_own_but_for_two(ours: KeycloakAdmin, plain: KeycloakAdmin) -> None:
    usual = {action["alias"]: action for action in plain.get_required_actions()}
    # Keycloak 26.4 gives some of them another priority
    found = {
        action["alias"]: {**action, "priority": usual[action["alias"]]["priority"]}
        for action in ours.get_required_actions()
    }

    assert found == {
        **usual,
        "CONFIGURE_TOTP": {**usual["CONFIGURE_TOTP"], "enabled": True, "defaultAction": True},
        "delete_credential": {**usual["delete_credential"], "enabled": False},
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
        return sorted(item[key].replace(realm, "") for item in found if not item[key].endswith(" with 2FA"))

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

    _, page = log_in(keycloak, "first")

    assert isinstance(page, SetUpTotp)


def test_the_page_lists_the_three_apps(ours: KeycloakAdmin, keycloak: Keycloak) -> None:
    newcomer(ours, "apps")

    _, page = log_in(keycloak, "apps")

    assert set(expect(page, SetUpTotp).apps) == {"Microsoft Authenticator", "FreeOTP", "Google Authenticator"}


def test_a_login_after_set_up_is_password_then_code(ours: KeycloakAdmin, keycloak: Keycloak) -> None:
    newcomer(ours, "later")
    phone = set_up(keycloak, "later")

    window, page = log_in(keycloak, "later")

    assert isinstance(page, OtpForm)
    assert isinstance(window.enter_code(page, phone.fresh_code()), Done)


def test_an_organization_leaves_our_login_on_one_page(ours: KeycloakAdmin, keycloak: Keycloak) -> None:
    newcomer(ours, "member")
    ours.create_organization({"name": "Acme", "domains": [{"name": "acme.example"}]})

    _, page = log_in(keycloak, "member")

    assert isinstance(page, SetUpTotp)


def test_whoever_has_neither_code_nor_action_sets_up_all_the_same(ours: KeycloakAdmin, keycloak: Keycloak) -> None:
    user = newcomer(ours, "bare")
    ours.update_user(user, {"requiredActions": []})

    _, page = log_in(keycloak, "bare")

    assert isinstance(page, SetUpTotp)


def test_direct_grant_without_set_up_is_refused_in_words(ours: KeycloakAdmin, keycloak: Keycloak) -> None:
    newcomer(ours, "grant")

    answer = grant(keycloak, OURS, "admin-cli", grant_type="password", username="grant", password=PASSWORD)

    assert (answer.status_code, answer.json()["error_description"]) == (400, "Account is not fully set up")


def test_direct_grant_takes_the_code_and_nothing_less(ours: KeycloakAdmin, keycloak: Keycloak) -> None:
    user = newcomer(ours, "scripted")
    form = {"grant_type": "password", "username": "scripted", "password": PASSWORD}
    # Whoever has neither code nor action is refused all the same.
    ours.update_user(user, {"requiredActions": []})
    assert not grant(keycloak, OURS, "admin-cli", **form).ok
    phone = set_up(keycloak, "scripted")

    # One wrong try only: two at once are taken for a machine that guesses.
    assert not grant(keycloak, OURS, "admin-cli", **form).ok
    assert grant(keycloak, OURS, "admin-cli", **form, totp=phone.fresh_code()).ok


def test_wrong_codes_lock_the_account(ours: KeycloakAdmin, keycloak: Keycloak) -> None:
    user = newcomer(ours, "guesser")
    phone = set_up(keycloak, "guesser")
    window, page = log_in(keycloak, "guesser")

    for _ in range(5):
        page = window.enter_code(page, phone.wrong_code())

    assert soon(lambda: ours.get_bruteforce_detection_status(user)["disabled"])
    assert not isinstance(window.enter_code(page, phone.fresh_code()), Done)


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
