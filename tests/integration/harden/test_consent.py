"""What `kc2fa harden` asks before it writes, and what it refuses."""

from collections.abc import Iterator

import pexpect
import pytest
from tests.integration import windows
from tests.integration.command import COMMAND, Kc2fa, environment_for
from tests.integration.harden.conftest import ANYWAY, AS_KEEPER
from tests.integration.realms import MakeRealm, Realm, service_account
from tests.integration.windows import PASSWORD

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.warning_codes import WarningCode


@pytest.fixture
def untouched(make_open: MakeRealm) -> Iterator[Realm]:
    """A realm with an administrator of its own; nothing may be written to it."""
    boss = windows.user("boss", clientRoles={"realm-management": ["realm-admin"]})
    realm = make_open(boss, clients=(service_account("reader", "view-realm", "view-clients"),))
    was = realm.representation(), realm.get("authentication/flows")
    yield realm
    assert (realm.representation(), realm.get("authentication/flows")) == was


@pytest.mark.slow
def test_without_consent_nothing_is_done(untouched: Realm, kc2fa: Kc2fa) -> None:
    run = kc2fa("harden", "--all", "--json", *ANYWAY, realm=untouched, **AS_KEEPER)
    assert (run.exit, run.error["code"], run.data["left"]) == (6, "no-consent", None)
    assert "--yes" in run.error["hint"]
    assert {"id": "brute-force-off", "setting": "bruteForceProtected", "before": False, "after": True} in run.data[
        "changes"
    ]


@pytest.mark.slow
def test_a_person_sees_before_and_after_and_may_say_no(untouched: Realm, keycloak: EmbeddedKeycloak) -> None:
    command = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "harden", "--fix", "flow-conditional", *ANYWAY],
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


def test_a_realm_that_is_off_is_refused(untouched: Realm, kc2fa: Kc2fa) -> None:
    run = kc2fa("harden", "--all", "--yes", "--json", realm=untouched, **AS_KEEPER)
    assert (run.exit, run.error["code"]) == (6, "not-enforced")
    assert "--accept not-enforced" in run.error["hint"]


def test_what_demands_no_otp_is_not_refused_there(make_open: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_open()
    run = kc2fa("harden", "--fix", "brute-force-off", "--yes", "--json", realm=realm, **AS_KEEPER)
    assert (run.exit, realm.representation()["bruteForceProtected"]) == (0, True)


@pytest.mark.slow
@pytest.mark.parametrize("more", [(), ("--yes",)])
def test_a_dry_run_shows_the_plan_and_writes_nothing(untouched: Realm, kc2fa: Kc2fa, more: tuple[str, ...]) -> None:
    run = kc2fa("harden", "--all", "--dry-run", "--json", *more, realm=untouched, **AS_KEEPER)
    assert (run.exit, run.data["left"]) == (0, None)
    assert {"id": "flow-conditional", "setting": "browserFlow", "before": "browser", "after": "browser with 2FA"} in (
        run.data["changes"]
    )
    assert "--accept not-enforced" in run.warned[WarningCode.WOULD_BE_REFUSED]


def test_a_dry_run_in_words(untouched: Realm, kc2fa: Kc2fa) -> None:
    run = kc2fa("harden", "--all", "--dry-run", realm=untouched, **AS_KEEPER)
    assert (run.exit, "browser with 2FA" in run.stdout) == (0, True)


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [(), ("--fix", "nonsense"), ("--fix", "not-checked")])
def test_what_to_close_must_be_said(untouched: Realm, kc2fa: Kc2fa, arguments: tuple[str, ...]) -> None:
    run = kc2fa("harden", "--yes", "--json", *arguments, realm=untouched, **AS_KEEPER)
    assert (run.exit, run.error["code"]) == (2, "usage")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "fix"),
    [("uncovered-users", "enforce"), ("open-sessions", "--sign-out"), ("server-vulnerable", "Upgrade")],
)
def test_what_no_setting_closes_is_said_with_what_does(untouched: Realm, kc2fa: Kc2fa, way: str, fix: str) -> None:
    run = kc2fa("harden", "--yes", "--json", "--fix", way, realm=untouched, **AS_KEEPER)
    assert (run.exit, run.error["code"]) == (2, "usage")
    assert fix in run.error["hint"]


def test_demanding_otp_where_nobody_can_set_it_up(make_open: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_open()
    realm.put("authentication/required-actions/CONFIGURE_TOTP", realm.required_action() | {"enabled": False})
    run = kc2fa("harden", "--yes", "--json", "--fix", "flow-conditional", realm=realm, **AS_KEEPER)
    assert (run.exit, run.error["code"]) == (6, "would-lock-out")
    assert realm.representation()["browserFlow"] == "browser"


def test_the_callers_own_lockout(untouched: Realm, kc2fa: Kc2fa) -> None:
    boss = {"KC2FA_USERNAME": "boss", "KC2FA_PASSWORD": PASSWORD, "KC2FA_AUTH_REALM": untouched.name}
    run = kc2fa("harden", "--all", "--yes", "--json", realm=untouched, **boss)
    assert (run.exit, run.error["code"]) == (6, "caller-locked-out")


@pytest.mark.slow
@pytest.mark.parametrize(("client", "exit_code"), [("admin-cli", 6), ("app", 0)])
def test_the_callers_own_lockout_by_a_flow_of_the_client(
    make_open: MakeRealm, kc2fa: Kc2fa, client: str, exit_code: int
) -> None:
    # Given an administrator of the realm, and a client with a direct grant flow of its own
    boss = windows.user("boss", clientRoles={"realm-management": ["realm-admin"]})
    realm = make_open(boss)
    [grant] = [each["id"] for each in realm.get("authentication/flows") if each["alias"] == "direct grant"]
    [found] = realm.get("clients", clientId=client)
    realm.put(f"clients/{found['id']}", found | {"authenticationFlowBindingOverrides": {"direct_grant": grant}})
    # When
    login = {"KC2FA_USERNAME": "boss", "KC2FA_PASSWORD": PASSWORD, "KC2FA_AUTH_REALM": realm.name}
    run = kc2fa("harden", "--fix", "client-flow-override", "--yes", "--json", *ANYWAY, realm=realm, **login)
    # Then it is refused where it is the client by which administrators log in
    code = "caller-locked-out" if exit_code else None
    assert (run.exit, run.document.get("error", {}).get("code")) == (exit_code, code)


def test_a_reader_may_not(untouched: Realm, kc2fa: Kc2fa) -> None:
    reader = {"KC2FA_CLIENT_ID": "reader", "KC2FA_CLIENT_SECRET": "reader-secret"}
    run = kc2fa("harden", "--all", "--yes", "--json", realm=untouched, **reader)
    assert (run.exit, run.error["code"], run.roles_named) == (3, "role-missing", {"manage-realm"})


def test_a_way_that_the_caller_may_not_look_at(untouched: Realm, kc2fa: Kc2fa) -> None:
    # The enforcer has manage-realm and manage-users.
    run = kc2fa("harden", "--fix", "client-flow-override", "--yes", "--json", realm=untouched)
    assert (run.exit, run.error["code"], run.roles_named) == (3, "role-missing", {"view-clients"})


@pytest.mark.slow
def test_of_all_what_the_caller_may_not_look_at_is_left(make_open: MakeRealm, kc2fa: Kc2fa) -> None:
    run = kc2fa("harden", "--all", "--yes", "--json", *ANYWAY, realm=make_open())
    assert run.exit == 0
    assert {each["where"] for each in run.data["left"]} == {
        "client-flow-override",
        "direct-grant-clients",
        "saml-ecp",
        "docker-clients",
        "grant-without-2fa",
        "broker-without-2fa",
    }
