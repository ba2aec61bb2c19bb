"""realm/sample-realm.json, the realm of `make demo`, on a real server."""

import base64
import hashlib
import json
from typing import Any

import pyotp
import pytest
from keycloak import KeycloakAdmin
from keycloak.exceptions import KeycloakPutError
from tests.integration.realm_files.conftest import FILES, PASSWORD, InRealm, every, grant
from tests.server import Keycloak

from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import Done
from keycloak_2fa.login.session import LoginSession

pytestmark = pytest.mark.core
SAMPLE = "rj-sample"


def sample_file(name: str = "demo") -> dict[str, Any]:
    """The sample, under another name: the default role is named after its realm."""
    text = (FILES / "sample-realm.json").read_text(encoding="utf-8")
    return {**json.loads(text.replace("default-roles-demo", f"default-roles-{name}")), "realm": name}


@pytest.fixture(scope="module")
def sample(in_realm: InRealm) -> KeycloakAdmin:
    return in_realm(sample_file(SAMPLE))


@pytest.fixture(scope="module")
def sample_people(sample: KeycloakAdmin) -> dict[str, dict[str, Any]]:
    return {user["username"]: user for user in sample.get_users({"max": 100, "briefRepresentation": False})}


def set_password(realm: KeycloakAdmin, user_id: str) -> None:
    realm.set_user_password(user_id, PASSWORD, temporary=False)


def test_the_sample_holds_no_password() -> None:
    kinds = {credential["type"] for user in sample_file()["users"] for credential in user.get("credentials", [])}

    assert kinds == {"otp"}


@pytest.mark.parametrize("key", ["id", "secret", "keycloakVersion", "passwordPolicy"])
def test_the_sample_leaves_to_keycloak_what_keycloak_makes(key: str) -> None:
    assert key not in dict(every(sample_file()))


def test_the_samples_mail_goes_nowhere() -> None:
    domains = {user["email"].partition("@")[2] for user in sample_file()["users"] if "email" in user}

    assert domains == {"example.org", "example.com"}


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

    window = LoginSession(keycloak.url, SAMPLE, client_id="demo-app", redirect_uri="http://127.0.0.1/")

    assert isinstance(window.submit_password(window.open(), "alice", PASSWORD), Done)


def test_the_old_client_needs_no_browser(
    sample: KeycloakAdmin, sample_people: dict[str, Any], keycloak: Keycloak
) -> None:
    set_password(sample, sample_people["bob"]["id"])

    answer = grant(keycloak, SAMPLE, "legacy-cli", grant_type="password", username="bob", password=PASSWORD)

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("username", "secret", "policy"),
    [
        ("otp.victor", "demo-only-not-secret-1", {"digits": 8, "digest": hashlib.sha256}),
        ("otp.wendy", "demo-only-not-secret-2", {}),
    ],
)
def test_a_device_from_the_file_works(
    sample: KeycloakAdmin,
    sample_people: dict[str, Any],
    keycloak: Keycloak,
    username: str,
    secret: str,
    policy: dict[str, Any],
) -> None:
    # Keycloak keeps the key as text, apps read it in base32
    phone = Authenticator(pyotp.TOTP(base64.b32encode(secret.encode()).decode(), **policy))
    set_password(sample, sample_people[username]["id"])
    person = {"grant_type": "password", "username": username, "password": PASSWORD}

    granted = [grant(keycloak, SAMPLE, "legacy-cli", **person, totp=totp).ok for totp in ("", phone.code())]

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
