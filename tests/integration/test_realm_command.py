"""`kc2fa realm apply` and `kc2fa realm diff`."""

import json
import uuid
from pathlib import Path

import pytest
from keycloak import KeycloakAdmin
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import MakeRealm, Realm, person, service_account

pytestmark = pytest.mark.core

DIFFERENT = {
    "otpPolicyType": "totp",
    "otpPolicyAlgorithm": "HmacSHA512",
    "otpPolicyDigits": 8,
    "otpPolicyPeriod": 60,
    "otpPolicyLookAheadWindow": 3,
    "otpPolicyInitialCounter": 0,
    "otpPolicyCodeReusable": True,
}


@pytest.fixture
def new_name(admin: KeycloakAdmin) -> Realm:
    """A realm that does not exist yet."""
    return Realm(f"new-{uuid.uuid4().hex[:8]}", admin)


def test_a_realm_is_created(new_name: Realm, kc2fa: Kc2fa, master: dict[str, str]) -> None:
    run = kc2fa("realm", "apply", "--yes", "--json", "--realm", new_name.name, **master)
    assert (run.exit, run.data["created"]) == (0, True), run
    new_name.admin.connection.get_token()
    assert new_name.representation()["otpPolicyAlgorithm"] == "HmacSHA1"
    assert new_name.required_action()["defaultAction"] is True


@pytest.mark.slow
def test_verify_finds_nothing_in_it_that_a_setting_could_close(
    new_name: Realm, kc2fa: Kc2fa, master: dict[str, str]
) -> None:
    kc2fa("realm", "apply", "--yes", "--json", "--realm", new_name.name, **master)
    kc2fa("enforce", "--json", *CONFIRM, "--realm", new_name.name, **master)
    of_the_server = ("--skip", "server-vulnerable", "--skip", "set-up-skippable")
    run = kc2fa("verify", "--json", *of_the_server, "--realm", new_name.name, **master)
    assert (run.exit, run.data["findings"]) == (0, [])


def test_creating_needs_a_yes(new_name: Realm, kc2fa: Kc2fa, master: dict[str, str]) -> None:
    run = kc2fa("realm", "apply", "--json", "--realm", new_name.name, **master)
    assert (run.exit, run.error["code"], "--yes" in run.error["hint"]) == (6, "no-consent", True)


def test_creating_without_the_role_names_it(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given a service account of another realm, whom the master realm does not know
    realm = make_realm()
    run = kc2fa("realm", "apply", "--yes", "--json", "--realm", "nowhere", "--auth-realm", realm.name, realm=realm)
    assert (run.exit, run.error["code"], run.roles_named) == (3, "role-missing", {"create-realm"})


def test_diff_of_a_realm_that_does_not_exist(new_name: Realm, kc2fa: Kc2fa, master: dict[str, str]) -> None:
    run = kc2fa("realm", "diff", "--json", "--realm", new_name.name, **master)
    assert (run.exit, run.data["exists"]) == (0, False)


def test_of_an_existing_realm_only_policy_and_action_change(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given a realm with another policy, and people
    realm = make_realm(person("alice"), attributes={"ours": "kept"}, **DIFFERENT)
    was = realm.representation(), realm.users(), realm.required_action()
    # When
    run = kc2fa("realm", "apply", "--yes", "--json", realm=realm)
    # Then
    now = realm.representation()
    # Keycloak keeps one of the seven keys among the attributes.
    assert now["attributes"].pop("realmReusableOtpCode") != was[0]["attributes"].pop("realmReusableOtpCode")
    changed = {key for key in now | was[0] if now.get(key) != was[0].get(key)}
    expected = set(DIFFERENT) - {"otpPolicyType", "otpPolicyInitialCounter"} | {"otpSupportedApplications"}
    assert (run.exit, changed) == (0, expected)
    assert realm.users() == was[1]
    assert realm.required_action() == was[2] | {"defaultAction": True}
    assert not realm.has_mark()


def test_diff_shows_what_apply_changes(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(**DIFFERENT)
    diff = kc2fa("realm", "diff", "--json", realm=realm).data["changes"]
    assert kc2fa("realm", "apply", "--yes", "--json", realm=realm).data["changes"] == diff
    assert {"setting": "otpPolicyDigits", "before": 8, "after": 6} in diff


@pytest.mark.slow
def test_diff_writes_nothing(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(**DIFFERENT)
    was = realm.representation(), realm.required_action()
    assert kc2fa("realm", "diff", realm=realm).exit == 0
    assert (realm.representation(), realm.required_action()) == was


def test_diff_with_exit_code_ends_with_7_where_something_differs(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    run = kc2fa("realm", "diff", "--exit-code", "--json", realm=make_realm(**DIFFERENT))
    assert (run.exit, run.error["code"]) == (7, "realm-differs")
    assert {"setting": "otpPolicyDigits", "before": 8, "after": 6} in run.data["changes"]


def test_diff_with_exit_code_ends_with_7_where_there_is_no_realm(
    new_name: Realm, kc2fa: Kc2fa, master: dict[str, str]
) -> None:
    run = kc2fa("realm", "diff", "--exit-code", "--json", "--realm", new_name.name, **master)
    assert (run.exit, run.error["code"], run.data["exists"]) == (7, "realm-differs", False)


@pytest.mark.slow
def test_diff_with_exit_code_ends_with_0_where_nothing_differs(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm()
    kc2fa("realm", "apply", "--yes", realm=realm)
    assert kc2fa("realm", "diff", "--exit-code", realm=realm).exit == 0


def test_a_second_apply_has_nothing_to_do_and_asks_nothing(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm()
    kc2fa("realm", "apply", "--yes", realm=realm)
    again = kc2fa("realm", "apply", "--json", realm=realm)
    assert (again.exit, again.data["changes"]) == (0, [])


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "{}", '{"requiredActions": null}'])
def test_a_malformed_file(make_realm: MakeRealm, kc2fa: Kc2fa, tmp_path: Path, text: str) -> None:
    realm = make_realm()
    file = tmp_path / "realm.json"
    file.write_text(text)
    run = kc2fa("realm", "apply", "--yes", "--json", "--file", str(file), realm=realm)
    assert (run.exit, run.error["code"]) == (2, "bad-file")


def test_a_file_of_ones_own(make_realm: MakeRealm, kc2fa: Kc2fa, tmp_path: Path) -> None:
    # Given a file whose look-ahead window differs
    realm = make_realm()
    ours = json.loads(Path("realm/realm.json").read_text()) | {"otpPolicyLookAheadWindow": 2}
    file = tmp_path / "ours.json"
    file.write_text(json.dumps(ours))
    # When
    assert kc2fa("realm", "apply", "--yes", "--file", str(file), realm=realm).exit == 0
    # Then
    assert realm.representation()["otpPolicyLookAheadWindow"] == 2


def test_a_reader_can_diff(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(clients=(service_account("reader", "view-realm"),))
    run = kc2fa("realm", "diff", "--json", realm=realm, KC2FA_CLIENT_ID="reader", KC2FA_CLIENT_SECRET="reader-secret")
    assert run.exit == 0
