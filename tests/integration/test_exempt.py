"""Break-glass accounts: exempt with reason, approver and a last day, honoured by enforce, and over on the day after."""

from datetime import timedelta
from typing import Any

import pytest
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import MakeRealm, Realm, otp_credential, password, person, service_account

from keycloak_2fa import timestamps
from keycloak_2fa.people import exemptions
from keycloak_2fa.warning_codes import WarningCode

pytestmark = pytest.mark.core

TOMORROW = (timestamps.today() + timedelta(days=1)).isoformat()
YESTERDAY = (timestamps.today() - timedelta(days=1)).isoformat()
WHY = ("--reason", "opens the door when the phones are gone", "--approver", "Ciso Jane")


@pytest.fixture
def realm(make_realm: MakeRealm) -> Realm:
    """A realm with a break-glass account, somebody with a like name, and somebody else."""
    return make_realm(
        person("break-glass", email="glass@example.org"),
        person("break-glass-2"),
        person("jane", email="jane@example.org"),
    )


def exempt(kc2fa: Kc2fa, realm: Realm, user: str = "break-glass", expires: str = TOMORROW) -> dict[str, Any]:
    run = kc2fa("exempt", "add", user, "--expires", expires, *WHY, "--json", realm=realm)
    assert run.exit == 0, run.stdout
    return run.data


def let_it_expire(realm: Realm) -> None:
    """Sets the last day of every exemption to yesterday, as time will."""
    for role in realm.get("roles", search=exemptions.PREFIX, briefRepresentation="false"):
        attributes = role["attributes"] | {"expires": [YESTERDAY]}
        realm.put(f"roles-by-id/{role['id']}", role | {"attributes": attributes})


def test_enforce_leaves_an_exempt_account_alone(realm: Realm, kc2fa: Kc2fa) -> None:
    exempt(kc2fa, realm)
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    assert run.exit == 0
    assert realm.marked() == {"break-glass-2", "jane"}
    assert run.data["users"] == {
        "total": 3,
        "enrolled": 0,
        "marked": 2,
        "already_marked": 0,
        "exempt": 1,
        "failed": 0,
    }


@pytest.mark.parametrize("command", ["status", "preview"])
def test_every_report_shows_it(realm: Realm, kc2fa: Kc2fa, command: str) -> None:
    exempt(kc2fa, realm)
    data = kc2fa(command, "--json", realm=realm).data
    (shown,) = data["exemptions"]
    assert data["users"]["exempt"] == 1
    assert (shown["username"], shown["reason"], shown["approver"], shown["expires"], shown["expired"]) == (
        "break-glass",
        "opens the door when the phones are gone",
        "Ciso Jane",
        TOMORROW,
        False,
    )


def test_it_is_named_in_the_text_too(realm: Realm, kc2fa: Kc2fa) -> None:
    exempt(kc2fa, realm)
    assert "opens the door when the phones are gone" in kc2fa("status", realm=realm).stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", ["glass@example.org", "GLASS@example.org", "Break-Glass"])
def test_an_account_is_found_by_username_and_by_email(realm: Realm, kc2fa: Kc2fa, name: str) -> None:
    assert exempt(kc2fa, realm, name)["exemption"]["username"] == "break-glass"


def test_an_account_is_found_by_id(realm: Realm, kc2fa: Kc2fa) -> None:
    assert exempt(kc2fa, realm, realm.user("jane")["id"])["exemption"]["username"] == "jane"


def test_after_enforcement_a_set_up_that_is_due_is_taken_back(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given an account that must set up 2FA, and update its password too
    realm = make_realm(person("break-glass", requiredActions=["UPDATE_PASSWORD"]))
    kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    # When
    data = exempt(kc2fa, realm)
    # Then
    assert data["set_up_taken_back"] is True
    assert realm.user("break-glass")["requiredActions"] == ["UPDATE_PASSWORD"]


def test_a_second_time_gives_a_new_day(realm: Realm, kc2fa: Kc2fa) -> None:
    later = (timestamps.today() + timedelta(days=30)).isoformat()
    exempt(kc2fa, realm)
    exempt(kc2fa, realm, expires=later)
    (kept,) = kc2fa("exempt", "list", "--json", realm=realm).data["exemptions"]
    assert kept["expires"] == later


@pytest.mark.slow
@pytest.mark.parametrize(
    ("expires", "outcome", "marked"),
    [
        pytest.param(TOMORROW, (0, None), {"jane"}, id="while it holds"),
        pytest.param(YESTERDAY, (6, "caller-locked-out"), set(), id="not after its last day"),
    ],
)
def test_an_exempt_administrator_may_enforce(
    make_realm: MakeRealm, kc2fa: Kc2fa, expires: str, outcome: tuple[int, str | None], marked: set[str]
) -> None:
    # Given an administrator of the realm who logs in to it with a password alone, and is exempt
    named = {"email": "boss@example.org", "firstName": "Bo", "lastName": "Ss"}
    roles = {"realm-management": ["realm-admin"]}
    realm = make_realm(person("boss", credentials=password("boss-pw"), clientRoles=roles, **named), person("jane"))
    exempt(kc2fa, realm, "boss")
    if expires == YESTERDAY:
        let_it_expire(realm)
    # When
    login = {"KC2FA_USERNAME": "boss", "KC2FA_PASSWORD": "boss-pw", "KC2FA_AUTH_REALM": realm.name}
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, **login)
    # Then
    assert (run.exit, run.document.get("error", {}).get("code")) == outcome
    assert realm.marked() == marked


@pytest.mark.slow
def test_the_next_enforce_marks_whose_exemption_is_over(realm: Realm, kc2fa: Kc2fa) -> None:
    # Given
    exempt(kc2fa, realm)
    kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    let_it_expire(realm)
    # When
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    # Then
    assert (run.exit, run.data["users"]["marked"], run.data["users"]["exempt"]) == (0, 1, 0)
    assert "break-glass" in realm.marked()
    assert "break-glass" in run.warned[WarningCode.EXEMPTION_EXPIRED]


def test_an_exemption_that_somebody_emptied_exempts_nobody(realm: Realm, kc2fa: Kc2fa) -> None:
    exempt(kc2fa, realm)
    (role,) = realm.get("roles", search=exemptions.PREFIX, briefRepresentation="false")
    realm.put(f"roles-by-id/{role['id']}", role | {"attributes": {}})
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).data["users"]["exempt"] == 0


PLANTED = {"expires": [(timestamps.today() + timedelta(days=30)).isoformat()]}
WHOLE = PLANTED | {"reason": ["r"], "approver": ["a"], "created_at": ["2026-01-01T00:00:00Z"], "created_by": ["b"]}


@pytest.mark.slow
@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param(PLANTED, id="without reason, approver and author"),
        pytest.param(WHOLE | {"approver": []}, id="without an approver"),
        pytest.param(WHOLE | {"expires": ["9999-12-31"]}, id="for ever"),
    ],
)
def test_a_role_that_was_made_by_hand_exempts_nobody(
    realm: Realm, kc2fa: Kc2fa, attributes: dict[str, list[str]]
) -> None:
    # Given a role that looks like an exemption
    user_id = realm.user("jane")["id"]
    realm.post("roles", {"name": exemptions.PREFIX + user_id, "attributes": attributes})
    # When
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    # Then she is asked like everybody, and that is said
    assert run.data["users"]["exempt"] == 0
    assert "jane" in realm.marked()
    assert user_id in run.warned[WarningCode.EXEMPTION_UNACCOUNTED]
    # And it is shown as what it is
    (shown,) = kc2fa("exempt", "list", "--json", realm=realm).data["exemptions"]
    assert (shown["accounted"], shown["expired"]) == (False, False)
    assert "unaccounted" in kc2fa("exempt", "list", realm=realm).stdout


def test_a_role_that_was_made_by_hand_can_be_removed(realm: Realm, kc2fa: Kc2fa) -> None:
    user_id = realm.user("jane")["id"]
    realm.post("roles", {"name": exemptions.PREFIX + user_id, "attributes": PLANTED})
    assert kc2fa("exempt", "remove", user_id, "--json", realm=realm).exit == 0
    assert realm.get("roles", search=exemptions.PREFIX) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "has", "lacks"),
    [
        (("add", "jane", "--expires", TOMORROW, *WHY), ("view-realm", "view-users"), ("manage-realm", "manage-users")),
        (("add", "jane", "--expires", TOMORROW, *WHY), ("manage-realm",), ("manage-users",)),
        (("remove", "jane"), ("manage-users",), ("manage-realm",)),
        (("list",), ("view-events",), ("view-realm",)),
    ],
)
def test_a_missing_role_is_named(
    make_realm: MakeRealm, kc2fa: Kc2fa, command: tuple[str, ...], has: tuple[str, ...], lacks: tuple[str, ...]
) -> None:
    realm = make_realm(person("jane"), clients=(service_account("caller", *has),))
    caller = {"KC2FA_CLIENT_ID": "caller", "KC2FA_CLIENT_SECRET": "caller-secret"}
    run = kc2fa("exempt", *command, "--json", realm=realm, **caller)
    assert (run.exit, run.error["code"]) == (3, "role-missing")
    assert run.roles_named == {*lacks}
    assert realm.get("roles", search=exemptions.PREFIX) == []


def test_removing_it_asks_at_once_where_2fa_is_on(realm: Realm, kc2fa: Kc2fa) -> None:
    exempt(kc2fa, realm)
    kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    run = kc2fa("exempt", "remove", "break-glass", "--json", realm=realm)
    assert (run.exit, run.data["asked"]) == (0, True)
    assert "break-glass" in realm.marked()
    assert kc2fa("exempt", "list", "--json", realm=realm).data["exemptions"] == []


def test_removing_it_asks_nobody_where_2fa_is_off(realm: Realm, kc2fa: Kc2fa) -> None:
    exempt(kc2fa, realm)
    assert kc2fa("exempt", "remove", "break-glass", "--json", realm=realm).data["asked"] is False
    assert realm.marked() == set()


def test_removing_it_leaves_who_is_enrolled_alone(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(person("jane", credentials=[otp_credential()]))
    exempt(kc2fa, realm, "jane")
    kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    assert kc2fa("exempt", "remove", "jane", "--json", realm=realm).data["asked"] is False
    assert realm.marked() == set()


def test_it_can_be_removed_when_the_user_is_gone(realm: Realm, kc2fa: Kc2fa) -> None:
    exempt(kc2fa, realm)
    realm.delete(f"users/{realm.user('break-glass')['id']}")
    assert kc2fa("exempt", "remove", "break-glass", "--json", realm=realm).exit == 0
    assert realm.get("roles", search=exemptions.PREFIX) == []


@pytest.mark.parametrize(
    ("user", "more", "code"),
    [
        pytest.param("nobody", ("--expires", TOMORROW, *WHY), "unknown-user", id="nobody of that name"),
        pytest.param("break", ("--expires", TOMORROW, *WHY), "unknown-user", id="a part of a name"),
        pytest.param("service-account-enforcer", ("--expires", TOMORROW, *WHY), "unknown-user", id="a service account"),
        pytest.param("jane", WHY, "usage", id="without an expiry"),
        pytest.param("jane", ("--expires", YESTERDAY, *WHY), "usage", id="in the past"),
        pytest.param("jane", ("--expires", "soon", *WHY), "usage", id="not a date"),
        pytest.param("jane", ("--expires", "9999-12-31", *WHY), "usage", id="for ever"),
        pytest.param("jane", ("--expires", TOMORROW, *WHY, "--reason", " "), "usage", id="an empty reason"),
        pytest.param(
            "jane", ("--expires", TOMORROW, *WHY, "--approver", "x" * 256), "usage", id="too long an approver"
        ),
        pytest.param("jane", ("--expires", TOMORROW, "--reason", "none"), "usage", id="without an approver"),
    ],
)
def test_refused_and_nothing_written(realm: Realm, kc2fa: Kc2fa, user: str, more: tuple[str, ...], code: str) -> None:
    run = kc2fa("exempt", "add", user, *more, "--json", realm=realm)
    assert (run.exit, run.error["code"]) == (2, code)
    assert realm.get("roles", search=exemptions.PREFIX) == []


def test_an_email_that_is_anothers_username_names_nobody(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    realm = make_realm(person("jane@example.org"), person("jane", email="jane@example.org"))
    run = kc2fa("exempt", "add", "jane@example.org", "--expires", TOMORROW, *WHY, "--json", realm=realm)
    assert (run.exit, run.error["code"]) == (2, "ambiguous-user")


def test_who_is_not_exempt_cannot_be_removed(realm: Realm, kc2fa: Kc2fa) -> None:
    run = kc2fa("exempt", "remove", "jane", "--json", realm=realm)
    assert (run.exit, run.error["code"]) == (2, "unknown-exemption")


def test_text_says_that_nobody_is_exempt(realm: Realm, kc2fa: Kc2fa) -> None:
    [line] = kc2fa("exempt", "list", realm=realm).stdout.splitlines()
    assert f"'{realm.name}'" in line
