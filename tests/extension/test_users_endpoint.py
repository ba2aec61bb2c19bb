"""The endpoints for users: searched and paged, reset, exempt; findings and the CSV; roles and admin events."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests
from tests.extension.calls import Call, call
from tests.extension.logins import token_url
from tests.integration.realms import ENFORCER, MakeRealm, Realm, otp_credential, people, permit, person, service_account

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.api.endpoints import segment
from keycloak_2fa.people.exemptions import LONGEST
from keycloak_2fa.timestamps import today

__all__ = ["call"]

VIEWER = service_account("viewer", "view-realm", "view-users")
ONLY_USERS = service_account("only-users", "manage-users")
STRANGER = service_account("stranger")
ALL = (VIEWER, ONLY_USERS, STRANGER)
TOMORROW = str(today() + timedelta(days=1))
EXEMPTION = {"reason": "Break glass", "approver": "CISO", "expires": TOMORROW}

Do = Callable[..., requests.Response]


@pytest.fixture
def do(keycloak: EmbeddedKeycloak) -> Do:
    """Writes for one user of a realm, as one of its service accounts."""

    def do(realm: Realm, method: str, path: str, *, as_: str = ENFORCER, **body: Any) -> requests.Response:
        form = {"grant_type": "client_credentials", "client_id": as_, "client_secret": f"{as_}-secret"}
        token = requests.post(token_url(keycloak, realm.name), data=form, timeout=30).json()["access_token"]
        url = f"{keycloak.url}/admin/realms/{segment(realm.name)}/two-factor/users/{path}"
        return requests.request(method, url, headers={"Authorization": f"Bearer {token}"}, timeout=120, **body)

    return do


@pytest.fixture
def realm(make_realm: MakeRealm) -> Realm:
    return make_realm(
        person("alice", email="alice@example.org", firstName="Ålice", lastName="Liddell"),
        person("asked", requiredActions=["CONFIGURE_TOTP"]),
        person("enrolled", credentials=[otp_credential(), otp_credential()]),
        clients=ALL,
        adminEventsEnabled=True,
    )


def found(call: Call, realm: Realm, **query: object) -> list[str]:
    answer = call(realm, "/users", as_="viewer", params=query)
    assert answer.status_code == 200, answer.text
    return [each["username"] for each in answer.json()["users"]]


def test_service_accounts_are_not_listed(realm: Realm, call: Call) -> None:
    assert found(call, realm) == ["alice", "asked", "enrolled"]


@pytest.mark.slow
@pytest.mark.parametrize("text", ["alice", "EXAMPLE.org", "liddell", "ålice"])
def test_a_user_is_found_by_each_of_their_names(realm: Realm, call: Call, text: str) -> None:
    assert found(call, realm, search=text) == ["alice"]


def test_a_user_is_found_by_the_id(realm: Realm, call: Call) -> None:
    assert found(call, realm, search=realm.user("alice")["id"]) == ["alice"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("standing", "users"), [("uncovered", ["alice"]), ("asked", ["asked"]), ("enrolled", ["enrolled"])]
)
def test_users_of_one_standing(realm: Realm, call: Call, standing: str, users: list[str]) -> None:
    assert found(call, realm, standing=standing) == users


@pytest.mark.slow
def test_pages_follow_one_another_without_a_gap(make_realm: MakeRealm, call: Call) -> None:
    realm = make_realm(*people(25), clients=ALL)
    seen: list[str] = []
    after, pages = "", 0
    while after is not None:
        answer = call(realm, "/users", as_="viewer", params={"max": 7, "after": after}).json()
        seen += [each["username"] for each in answer["users"]]
        after, pages = answer["next"], pages + 1
    assert (seen, pages) == (sorted(set(seen)), 4)
    assert len(seen) == 25


def test_an_unknown_standing_is_400(realm: Realm, call: Call) -> None:
    assert call(realm, "/users", as_="viewer", params={"standing": "well"}).status_code == 400


def test_a_page_has_a_hundred_users_at_most(make_realm: MakeRealm, call: Call) -> None:
    assert len(found(call, make_realm(*people(120), clients=ALL), max=100_000)) == 100


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/users", "/findings"])
@pytest.mark.parametrize("who", ["stranger", "only-users"])
def test_looking_needs_both_roles(realm: Realm, call: Call, path: str, who: str) -> None:
    assert call(realm, path, as_=who).status_code == 403


@pytest.mark.slow
def test_a_reset_leaves_who_why_and_the_ticket_in_the_admin_events(realm: Realm, do: Do) -> None:
    # When an admin resets a user with two devices
    user = realm.user("enrolled")["id"]
    answer = do(realm, "POST", f"{user}/reset", json={"reason": "Phone stolen", "ticket": "HD-4711"})
    # Then both are gone, and the set-up is due
    assert (answer.status_code, answer.json()) == (200, {"user_id": user, "removed": 2})
    after = realm.user("enrolled")
    assert (after["totp"], after["requiredActions"]) == (False, ["CONFIGURE_TOTP"])
    # And the event tells
    [event] = [each for each in realm.get("admin-events") if each["resourcePath"] == f"users/{user}/two-factor-reset"]
    assert (event["operationType"], event["resourceType"]) == ("ACTION", "USER")
    told = {name: event["details"][name] for name in ("username", "reason", "ticket")}
    assert told == {"username": "enrolled", "reason": "Phone stolen", "ticket": "HD-4711"}
    [caller] = [each for each in realm.get("clients") if each["id"] == event["authDetails"]["clientId"]]
    assert caller["clientId"] == ENFORCER


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"reason": ""}', b'{"reason": 1}', b'{"reason": "r", "more": "x"}', b'{"reason": "a\\nb"}'],
)
def test_a_reset_without_a_reason_is_400_and_changes_nothing(realm: Realm, do: Do, body: bytes) -> None:
    assert do(realm, "POST", f"{realm.user('enrolled')['id']}/reset", data=body).status_code == 400
    assert realm.user("enrolled")["totp"]
    assert realm.get("admin-events") == []


@pytest.mark.parametrize("who", ["viewer", "stranger"])
def test_a_reset_needs_manage_users(realm: Realm, do: Do, who: str) -> None:
    for user in (realm.user("enrolled")["id"], "nobody"):
        assert do(realm, "POST", f"{user}/reset", as_=who, json={"reason": "r"}).status_code == 403


def test_a_reset_of_nobody_is_404(realm: Realm, do: Do) -> None:
    assert do(realm, "POST", "nobody/reset", json={"reason": "r"}).status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize(("scopes", "status"), [(["manage"], 200), (["view"], 403), (["reset-password"], 403)])
def test_the_smallest_fine_grained_permission_for_a_reset_is_manage(
    make_realm: MakeRealm, do: Do, scopes: list[str], status: int
) -> None:
    # Given a service account that has no role, but a permission for one user
    realm = make_realm(
        person("theirs", credentials=[otp_credential()]), person("other"), clients=ALL, adminPermissionsEnabled=True
    )
    permit(realm, "service-account-stranger", "theirs", scopes)
    # Then that permission decides, for that user and for nobody else
    theirs, other = realm.user("theirs")["id"], realm.user("other")["id"]
    assert do(realm, "POST", f"{theirs}/reset", as_="stranger", json={"reason": "r"}).status_code == status
    assert do(realm, "POST", f"{other}/reset", as_="stranger", json={"reason": "r"}).status_code == 403


def test_an_exemption_is_what_kc2fa_gives(realm: Realm, do: Do, kc2fa: Any) -> None:
    user = realm.user("asked")["id"]
    answer = do(realm, "POST", f"{user}/exemption", json=EXEMPTION)
    assert (answer.status_code, answer.json()) == (200, {"user_id": user, "set_up_taken_back": True})
    assert realm.user("asked")["requiredActions"] == []
    [listed] = kc2fa("exempt", "list", "--json", realm=realm).data["exemptions"]
    assert {name: listed[name] for name in EXEMPTION} == EXEMPTION
    # When it is ended, it is gone; a second end finds none
    assert do(realm, "DELETE", f"{user}/exemption").status_code == 200
    assert do(realm, "DELETE", f"{user}/exemption").status_code == 404
    paths = [each["resourcePath"] for each in realm.get("admin-events")]
    assert paths.count(f"roles/two-factor-exempt-{user}") == 2


# Two days too late, since the tests may run past midnight.
@pytest.mark.slow
@pytest.mark.parametrize("day", ["", "soon", "2020-01-01", str(today() + LONGEST + timedelta(days=2))])
def test_a_day_that_does_not_do_is_400(realm: Realm, do: Do, day: str) -> None:
    body = EXEMPTION | {"expires": day}
    assert do(realm, "POST", f"{realm.user('alice')['id']}/exemption", json=body).status_code == 400


@pytest.mark.slow
@pytest.mark.parametrize("who", ["viewer", "only-users", "stranger"])
def test_an_exemption_needs_both_roles(realm: Realm, do: Do, who: str) -> None:
    path = f"{realm.user('alice')['id']}/exemption"
    assert do(realm, "POST", path, as_=who, json=EXEMPTION).status_code == 403
    assert do(realm, "DELETE", path, as_=who).status_code == 403


def test_findings_have_the_ids_and_severities_of_verify(realm: Realm, call: Call, kc2fa: Any) -> None:
    # Given a realm that is ON, and what somebody changed since
    call(realm, "/enforce", json={"confirm": "Enforce 2FA"})
    realm.import_users([{"username": "imported", "enabled": True}])
    action = realm.required_action()
    realm.put("authentication/required-actions/CONFIGURE_TOTP", action | {"defaultAction": False})
    realm.put(
        "", {"otpPolicyType": "totp", "otpPolicyDigits": 8, "otpPolicyAlgorithm": "HmacSHA1", "otpPolicyPeriod": 30}
    )
    # When both look
    answer = call(realm, "/findings", as_="viewer").json()
    verified = kc2fa("verify", "--json", realm=realm).data
    # Then what the server finds, kc2fa finds too, and what the guard holds is held for both
    found = {"otp-policy-drift", "default-action-off", "brute-force-off"}
    for kind, least in (("findings", found), ("held", {"uncovered-users"})):
        ours = {(each["id"], each["severity"]) for each in answer[kind]}
        theirs = {(each["id"], each["severity"]) for each in verified[kind]}
        assert least <= {name for name, _ in ours}
        assert ours == {each for each in theirs if each[0] in answer["checked"]}


def test_the_report_as_csv_runs_no_formula(make_realm: MakeRealm, call: Call) -> None:
    realm = make_realm(person("=cmd()"), person('quo"te, comma'), clients=ALL)
    answer = call(realm, "/report", as_="viewer", accept="text/csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["username"] for row in rows] == ["'=cmd()", 'quo"te, comma']


@pytest.mark.slow
@pytest.mark.parametrize(("who", "roles"), [("viewer", ["view-realm", "view-users"]), ("stranger", [])])
def test_the_caller_is_told_their_roles(realm: Realm, call: Call, who: str, roles: list[str]) -> None:
    answer = call(realm, "/caller", as_=who).json()
    assert set(roles) <= set(answer["roles"])
    assert (answer["username"], answer["other_realms"]) == (f"service-account-{who}", False)
