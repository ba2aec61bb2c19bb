"""The guard: who is asked to set up OTP at a login, whatever their stored required actions say."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
import requests
from tests.extension.logins import (
    APP,
    ActionWindow,
    add_app,
    direct_grant,
    page_after_password,
    token_url,
    with_password,
)
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.faults import once_per_path, proxy
from tests.integration.realms import ENFORCER, ENFORCER_SECRET, RECOVERY_CODES, MakeRealm, Realm, otp_credential

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.pages import Done, Other, OtpForm, SetUpTotp
from keycloak_2fa.realm.enforcement_state import ROLE


@pytest.fixture(scope="module")
def realm(make_realm: MakeRealm, kc2fa: Kc2fa) -> Realm:
    """A realm that is ON, where new users no longer get the default action."""
    realm = make_realm(with_password("early"))
    add_app(realm)
    done = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    assert done.exit == 0, done
    realm.put("authentication/required-actions/CONFIGURE_TOTP", realm.required_action() | {"defaultAction": False})
    return realm


def add(realm: Realm, username: str, **more: Any) -> None:
    """Somebody whom no default action reaches; they have no required action."""
    realm.import_users([with_password(username, **more)])
    assert realm.user(username)["requiredActions"] == []


def test_somebody_created_without_the_default_action_sets_up(realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    realm.post("users", with_password("created"))
    assert realm.user("created")["requiredActions"] == []
    assert isinstance(page_after_password(keycloak, realm, "created"), SetUpTotp)


def test_somebody_imported_sets_up(realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    add(realm, "imported")
    assert isinstance(page_after_password(keycloak, realm, "imported"), SetUpTotp)


def test_the_guard_writes_nothing_to_the_user(realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    add(realm, "unwritten")
    page_after_password(keycloak, realm, "unwritten")
    assert realm.user("unwritten")["requiredActions"] == []


def test_who_is_enrolled_is_asked_for_the_code_only(realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    add(realm, "enrolled", credentials=[otp_credential()])
    assert isinstance(page_after_password(keycloak, realm, "enrolled"), OtpForm)


def test_an_otp_that_an_admin_removed_is_set_up_again(realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    add(realm, "robbed", credentials=[otp_credential()])
    user_id = realm.user("robbed")["id"]
    otp = next(each for each in realm.get(f"users/{user_id}/credentials") if each["type"] == "otp")
    realm.delete(f"users/{user_id}/credentials/{otp['id']}")
    assert isinstance(page_after_password(keycloak, realm, "robbed"), SetUpTotp)


def test_an_otp_that_the_user_removed_is_set_up_again(realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    # Given somebody who logs in with their code to remove their OTP, as the account console has them do
    add(realm, "remover", credentials=[otp_credential()])
    user_id = realm.user("remover")["id"]
    otp = next(each for each in realm.get(f"users/{user_id}/credentials") if each["type"] == "otp")
    with ActionWindow(keycloak, realm, f"delete_credential:{otp['id']}") as window:
        asked = window.submit_password(window.open(), "remover", "remover-pw")
        window.enter_code(asked, pyotp.TOTP(base64.b32encode(b"made-for-a-test-only").decode()).now())
        # When they confirm it
        page = window.confirm()
    # Then they set up a new one, before they get anywhere
    assert [each["type"] for each in realm.get(f"users/{user_id}/credentials")] == ["password"]
    assert isinstance(page, SetUpTotp)


def test_a_password_alone_is_no_direct_grant(realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    add(realm, "scripted")
    answer = direct_grant(keycloak, realm, "scripted")
    assert (answer.status_code, answer.json()["error_description"]) == (400, "Account is not fully set up")


def test_a_service_account_is_left_alone(realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    form = {"grant_type": "client_credentials", "client_id": ENFORCER, "client_secret": ENFORCER_SECRET}
    assert requests.post(token_url(keycloak, realm.name), data=form, timeout=30).status_code == 200


def test_who_is_exempt_is_left_alone(realm: Realm, keycloak: EmbeddedKeycloak, kc2fa: Kc2fa) -> None:
    add(realm, "glass")
    _exempt(kc2fa, realm, "glass")
    assert isinstance(page_after_password(keycloak, realm, "glass"), Done)


def test_an_exemption_that_is_over_does_not_count(realm: Realm, keycloak: EmbeddedKeycloak, kc2fa: Kc2fa) -> None:
    # Given an exemption that ended yesterday
    add(realm, "over")
    _exempt(kc2fa, realm, "over")
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    _change_role(realm, f"two-factor-exempt-{realm.user('over')['id']}", expires=str(yesterday))
    # Then its owner sets up like everybody
    assert isinstance(page_after_password(keycloak, realm, "over"), SetUpTotp)


@pytest.mark.slow
@pytest.mark.parametrize(("requirement", "page"), [("DISABLED", SetUpTotp), ("ALTERNATIVE", Other)])
def test_recovery_codes_count_where_the_login_asks_for_them(
    make_realm: MakeRealm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak, requirement: str, page: type
) -> None:
    # Given a realm that is ON, and somebody with recovery codes who came later
    realm = make_realm()
    add_app(realm)
    kc2fa("enforce", *CONFIRM, realm=realm)
    add(realm, "coded", credentials=[RECOVERY_CODES])
    # When the browser flow's form for them is disabled, or not
    _ask_for_codes(realm, requirement)
    # Then they set up OTP, or are asked for a code
    assert isinstance(page_after_password(keycloak, realm, "coded"), page)


@pytest.fixture(scope="module")
def asking_for_codes(make_realm: MakeRealm, kc2fa: Kc2fa) -> Realm:
    """A realm that is ON, whose browser flow asks for recovery codes; a client's own flow, and direct grants do not."""
    realm = make_realm()
    add_app(realm)
    kc2fa("enforce", *CONFIRM, realm=realm)
    realm.post("authentication/flows/browser/copy", {"newName": "of the app"})
    _ask_for_codes(realm, "ALTERNATIVE")
    add(realm, "coded", credentials=[RECOVERY_CODES])
    return realm


@pytest.mark.slow
def test_recovery_codes_do_not_count_in_a_direct_grant(asking_for_codes: Realm, keycloak: EmbeddedKeycloak) -> None:
    answer = direct_grant(keycloak, asking_for_codes, "coded")
    assert (answer.status_code, answer.json()["error_description"]) == (400, "Account is not fully set up")


def test_recovery_codes_do_not_count_where_the_clients_own_flow_does_not_ask(
    asking_for_codes: Realm, keycloak: EmbeddedKeycloak
) -> None:
    # Given somebody who is asked for a recovery code
    realm = asking_for_codes
    assert isinstance(page_after_password(keycloak, realm, "coded"), Other)
    # When the app has a flow of its own, without recovery codes
    own = next(each for each in realm.get("authentication/flows") if each["alias"] == "of the app")
    app = realm.get("clients", clientId=APP)[0]
    realm.put(f"clients/{app['id']}", app | {"authenticationFlowBindingOverrides": {"browser": own["id"]}})
    # Then they set up OTP
    assert isinstance(page_after_password(keycloak, realm, "coded"), SetUpTotp)


@pytest.mark.slow
def test_while_enforcing_it_watches_already(make_realm: MakeRealm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak) -> None:
    # Given a realm whose enforcement was interrupted
    realm = make_realm()
    add_app(realm)
    kc2fa("enforce", *CONFIRM, realm=realm)
    _change_role(realm, ROLE, state="ENFORCING")
    # Then somebody who comes now sets up
    add(realm, "between")
    assert isinstance(page_after_password(keycloak, realm, "between"), SetUpTotp)


@pytest.mark.slow
def test_a_realm_that_is_off_is_left_alone(make_realm: MakeRealm, keycloak: EmbeddedKeycloak) -> None:
    realm = make_realm(with_password("alice"))
    add_app(realm)
    assert isinstance(page_after_password(keycloak, realm, "alice"), Done)


@pytest.mark.slow
def test_the_guard_without_the_mark_does_nothing(
    make_realm: MakeRealm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak
) -> None:
    realm = make_realm()
    add_app(realm)
    kc2fa("enforce", *CONFIRM, realm=realm)
    realm.delete(f"roles/{ROLE}")
    add(realm, "free")
    assert isinstance(page_after_password(keycloak, realm, "free"), Done)


@pytest.mark.parametrize("engine", ["admin-api", "extension"])
def test_enforcing_registers_it_enabled_and_not_for_new_users(make_realm: MakeRealm, kc2fa: Kc2fa, engine: str) -> None:
    realm = make_realm()
    done = kc2fa("enforce", "--json", "--engine", engine, *CONFIRM, realm=realm)
    guard = _guard(realm)
    assert (guard["enabled"], guard["defaultAction"]) == (True, False)
    assert {"setting": "two-factor-guard.registered", "before": False, "after": True} in done.data["changes"]


def test_the_answer_to_its_registration_may_be_lost(
    make_realm: MakeRealm, kc2fa: Kc2fa, keycloak: EmbeddedKeycloak
) -> None:
    realm = make_realm()
    with proxy(keycloak.url) as between:
        between.fault = once_per_path("POST", "/register-required-action", lambda _: None)
        done = kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_SERVER_URL=between.url)
    assert (done.exit, done.data["state"], _guard(realm)["enabled"]) == (0, "ON", True), done


@pytest.mark.slow
def test_a_guard_that_was_switched_off_is_drift_and_is_mended(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given a realm that is ON, whose guard somebody disabled
    realm = make_realm()
    kc2fa("enforce", *CONFIRM, realm=realm)
    realm.put("authentication/required-actions/two-factor-guard", _guard(realm) | {"enabled": False})
    change = {"setting": "two-factor-guard.enabled", "before": False, "after": True}
    assert kc2fa("status", "--json", realm=realm).data["drift"] == [change]
    # When it is enforced again
    again = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    # Then it watches again
    assert (again.data["changes"], _guard(realm)["enabled"]) == ([change], True)


def _ask_for_codes(realm: Realm, requirement: str) -> None:
    """Set the browser flow's form for recovery codes."""
    executions = realm.get("authentication/flows/browser/executions")
    form = next(each for each in executions if each.get("providerId") == "auth-recovery-authn-code-form")
    realm.put("authentication/flows/browser/executions", form | {"requirement": requirement})


def _guard(realm: Realm) -> dict[str, Any]:
    actions = realm.get("authentication/required-actions")
    return next(each for each in actions if each["alias"] == "two-factor-guard")


def _exempt(kc2fa: Kc2fa, realm: Realm, username: str) -> None:
    day = str(datetime.now(UTC).date() + timedelta(days=1))
    given = ("--reason", "break glass", "--approver", "the auditor", "--expires", day)
    done = kc2fa("exempt", "add", username, *given, "--json", realm=realm)
    assert done.exit == 0, done


def _change_role(realm: Realm, name: str, **attributes: str) -> None:
    role = next(each for each in realm.get("roles", briefRepresentation="false") if each["name"] == name)
    changed = role["attributes"] | {key: [value] for key, value in attributes.items()}
    realm.put(f"roles-by-id/{role['id']}", role | {"attributes": changed})
