"""What `kc2fa verify` answers to whom."""

import pytest
from tests.integration.command import Kc2fa
from tests.integration.realms import MakeRealm, Realm, person, service_account
from tests.integration.verify.audit import READ, VerifyRealm, as_client, findings, where

from keycloak_2fa.verification.findings import FindingId
from keycloak_2fa.warning_codes import WarningCode


@pytest.fixture(scope="module")
def realm(make_audited: MakeRealm) -> Realm:
    """A realm that is OFF and only looked at."""
    others = [service_account(f"without-{each}", *(role for role in READ if role != each)) for each in READ]
    return make_audited(
        person("alice"),
        clients=(
            *others,
            service_account("query", "query-users", "query-clients"),
            service_account("nothing"),
            service_account("people-only", "manage-users"),
        ),
    )


def test_a_realm_that_is_off_shows_what_stands_open(realm: Realm, verify: VerifyRealm) -> None:
    run = verify(realm)
    assert (run.exit, run.error["code"], run.data["state"], run.data["holds"]) == (
        7,
        "does-not-hold",
        "OFF",
        False,
    )
    assert where(run, "uncovered-users") == ["alice"]


def test_each_finding_has_all_that_the_contract_names(realm: Realm, verify: VerifyRealm) -> None:
    for each in verify(realm).data["findings"]:
        assert all(each[name] for name in ("id", "severity", "title", "where", "fix")), each
        assert each["severity"] in {"high", "medium", "low"}


def test_the_gravest_come_first(realm: Realm, verify: VerifyRealm) -> None:
    severities = [each["severity"] for each in verify(realm).data["findings"]]
    assert severities == sorted(severities, key=["high", "medium", "low"].index)


def test_in_words(realm: Realm, kc2fa: Kc2fa) -> None:
    run = kc2fa("verify", realm=realm, **as_client("auditor"))
    assert run.exit == 7
    assert "flow-conditional" in run.stdout
    assert "kc2fa harden" in run.stdout
    assert f"'{realm.name}'" in run.stderr.partition("Error:")[2]


def test_it_writes_nothing(realm: Realm, verify: VerifyRealm, kc2fa: Kc2fa) -> None:
    was = realm.get("admin-events", max=1000)
    verify(realm)
    # The enforcer could write.
    kc2fa("verify", realm=realm)
    assert realm.get("admin-events", max=1000) == was


@pytest.mark.parametrize(
    ("role", "checks"),
    [
        ("view-users", {"uncovered-users", "exemption-expired", "exemption-asked", "open-sessions"}),
        (
            "view-clients",
            {
                "client-flow-override",
                "direct-grant-clients",
                "open-sessions",
                "saml-ecp",
                "docker-clients",
                "grant-without-2fa",
                "default-roles-admin",
                "consent-replayed",
            },
        ),
        ("view-identity-providers", {"broker-without-2fa"}),
    ],
)
def test_what_a_missing_role_keeps_from_being_checked_is_named(
    realm: Realm, verify: VerifyRealm, role: str, checks: set[str]
) -> None:
    run = verify(realm, "--skip", "server-vulnerable", client=f"without-{role}")
    assert {each["where"] for each in findings(run, "not-checked")} == checks
    assert all(role in each["fix"] for each in findings(run, "not-checked"))


@pytest.mark.parametrize("client", ["without-view-events", "without-view-clients", "without-view-realm"])
def test_the_rest_is_checked_all_the_same(realm: Realm, verify: VerifyRealm, client: str) -> None:
    run = verify(realm, client=client)
    assert (run.exit, where(run, "default-action-off")) == (7, ["CONFIGURE_TOTP.defaultAction"])


def test_an_empty_list_is_not_taken_for_nobody(realm: Realm, verify: VerifyRealm) -> None:
    # Given a caller whom Keycloak answers with 200 and [], then
    run = verify(realm, client="query")
    assert "uncovered-users" in where(run, "not-checked")
    assert "direct-grant-clients" in where(run, "not-checked")


def test_a_token_without_roles_is_no_hindrance(realm: Realm, kc2fa: Kc2fa, master: dict[str, str]) -> None:
    run = kc2fa("verify", "--json", "--realm", realm.name, **master)
    assert where(run, "not-checked") == []
    assert where(run, "uncovered-users") == ["alice"]


def test_without_view_events_everything_is_checked_and_a_note_says_what_is_not_told(
    realm: Realm, verify: VerifyRealm
) -> None:
    run = verify(realm, "--skip", "server-vulnerable", client="without-view-events")
    assert (where(run, "not-checked"), where(run, "uncovered-users")) == ([], ["alice"])
    assert "view-events" in run.warned[WarningCode.EVENTS_NOT_READ]


@pytest.mark.parametrize("client", ["nothing", "people-only"])
def test_without_roles_each_check_is_named_with_the_role_that_it_lacks(
    realm: Realm, verify: VerifyRealm, client: str
) -> None:
    run = verify(realm, client=client)
    unchecked = findings(run, "not-checked")
    assert (run.exit, run.data["state"]) == (7, None)
    assert {each["where"] for each in unchecked} == {*FindingId} - {"not-checked"}
    assert all("view-" in each["fix"] for each in unchecked)


def test_only_a_failed_login_ends_with_3(realm: Realm, kc2fa: Kc2fa) -> None:
    run = kc2fa("verify", "--json", realm=realm, **as_client("nothing") | {"KC2FA_CLIENT_SECRET": "wrong"})
    assert (run.exit, run.error["code"]) == (3, "login-refused")


def test_an_unknown_realm(kc2fa: Kc2fa, master: dict[str, str]) -> None:
    run = kc2fa("verify", "--json", "--realm", "nowhere", **master)
    assert (run.exit, run.error["code"]) == (2, "unknown-realm")


def test_a_check_can_be_left_out_and_is_named_as_such(realm: Realm, verify: VerifyRealm) -> None:
    run = verify(realm, "--skip", "flow-conditional", "--skip", "uncovered-users")
    assert run.data["skipped"] == ["flow-conditional", "uncovered-users"]
    assert where(run, "flow-conditional") + where(run, "uncovered-users") == []
    assert "flow-conditional" in run.warned[WarningCode.SKIPPED]


@pytest.mark.parametrize("name", ["not-checked", "nonsense"])
def test_only_a_check_can_be_left_out(realm: Realm, verify: VerifyRealm, name: str) -> None:
    run = verify(realm, "--skip", name)
    assert (run.exit, run.error["code"]) == (2, "usage")


def test_an_auditor_is_not_told_the_version(realm: Realm, verify: VerifyRealm) -> None:
    assert where(verify(realm), "not-checked") == ["server-vulnerable"]


def test_an_administrator_of_master_is_told_the_version(realm: Realm, kc2fa: Kc2fa, master: dict[str, str]) -> None:
    run = kc2fa("verify", "--json", "--realm", realm.name, **master)
    assert "server-vulnerable" not in where(run, "not-checked")
    assert all(each.startswith("CVE-") for each in where(run, "server-vulnerable"))
