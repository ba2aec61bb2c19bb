"""The extension's endpoints as others than `kc2fa` meet them: roles, bad input, streams, admin events."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from keycloak import KeycloakAdmin
from tests.extension.calls import CONSENT, Call, call
from tests.extension.logins import OLD_POLICY
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import MakeRealm, Realm, otp_credential, people, person, service_account

from keycloak_2fa import __version__, timestamps

__all__ = ["call"]

EXEMPT = ("--reason", "r", "--approver", "a", "--expires", str(timestamps.today() + timedelta(days=1)))
VIEWER = service_account("viewer", "view-realm", "view-users")
HALF_VIEWER = service_account("half-viewer", "view-realm")
HALF_ENFORCER = service_account("half-enforcer", "manage-realm", "view-users")
STRANGER = service_account("stranger")
ALL = (VIEWER, HALF_VIEWER, HALF_ENFORCER, STRANGER)


@pytest.fixture(scope="module")
def off(make_realm: MakeRealm) -> Realm:
    """A realm that nobody enforces on."""
    return make_realm(person("alice"), clients=ALL)


READ = ["", "/preview", "/report"]


@pytest.mark.parametrize("path", [*READ, "/enforce"])
def test_without_a_token_it_is_401(off: Realm, call: Call, path: str) -> None:
    assert call(off, path, as_=None).status_code == 401


@pytest.mark.parametrize("path", [*READ, "/enforce"])
def test_without_a_role_it_is_403(off: Realm, call: Call, path: str) -> None:
    assert call(off, path, as_="stranger", json=CONSENT).status_code == 403


@pytest.mark.parametrize("path", READ)
def test_people_are_not_shown_to_who_may_not_view_users(off: Realm, call: Call, path: str) -> None:
    assert call(off, path, as_="half-viewer").status_code == 403


@pytest.mark.slow
@pytest.mark.parametrize("path", READ)
def test_a_permission_for_all_users_does_not_do_for_the_role(make_realm: MakeRealm, call: Call, path: str) -> None:
    # Given fine-grained permissions, by which somebody without the role may view all users
    realm = make_realm(person("alice"), clients=ALL, adminPermissionsEnabled=True)
    [client] = realm.get("clients", clientId="admin-permissions")
    authz = f"clients/{client['id']}/authz/resource-server"
    helper = realm.user("service-account-half-viewer")["id"]
    realm.post(f"{authz}/policy/user", {"name": "helper", "users": [helper]})
    permission = {"name": "view all", "resourceType": "Users", "scopes": ["view"], "policies": ["helper"]}
    realm.post(f"{authz}/permission/scope", permission)
    # Then they are not shown what tells of everybody: another permission may deny them one user
    assert call(realm, path, as_="half-viewer").status_code == 403


@pytest.mark.parametrize("path", READ)
def test_viewing_needs_no_more_than_the_roles_to_view(off: Realm, call: Call, path: str) -> None:
    assert call(off, path, as_="viewer").status_code == 200


def test_the_extension_says_its_version_and_its_parts(off: Realm, call: Call) -> None:
    answer = call(off, "/extension", as_="half-viewer").json()
    assert answer["version"] == __version__
    assert {"guard", "tokens", "flow-step", "security-page", "whole-statements"} <= set(answer["parts"])


@pytest.mark.slow
def test_the_database_is_the_one_that_keycloak_names(
    off: Realm, call: Call, admin: KeycloakAdmin, kc2fa: Kc2fa
) -> None:
    # Given what Keycloak's server info says of its own connections, and of the extension
    providers = admin.get_server_info()["providers"]
    named = providers["connectionsJpa"]["providers"]["quarkus"]["operationalInfo"]["databaseProduct"]
    ours = providers["admin-realm-restapi-extension"]["providers"]["two-factor"]["operationalInfo"]
    # Then the extension and the command say the same
    assert named
    assert ours["database"] == named
    assert call(off, "/extension", as_="half-viewer").json()["database"] == named
    assert kc2fa("status", "--json", realm=off).data["extension"]["database"] == named


def test_the_text_of_status_names_the_extension(off: Realm, call: Call, kc2fa: Kc2fa) -> None:
    about = call(off, "/extension", as_="half-viewer").json()
    said = kc2fa("status", realm=off).stdout
    assert all(each in said for each in (about["version"], about["database"], *about["parts"])), said


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("stranger", 403)])
def test_the_extension_is_shown_to_administrators_only(off: Realm, call: Call, who: str | None, status: int) -> None:
    assert call(off, "/extension", as_=who).status_code == status


@pytest.mark.parametrize("who", ["viewer", "half-enforcer"])
def test_enforcing_needs_both_roles(off: Realm, call: Call, who: str) -> None:
    assert call(off, "/enforce", as_=who, json=CONSENT).status_code == 403


@pytest.mark.parametrize("path", [*READ, "/enforce"])
def test_an_unknown_realm_is_404(off: Realm, call: Call, path: str) -> None:
    assert call(off, path, name="nowhere", json=CONSENT).status_code == 404


@pytest.mark.parametrize(
    ("body", "error"),
    [
        pytest.param(b"", "malformed-body", id="nothing"),
        pytest.param(b"{", "malformed-body", id="half a JSON"),
        pytest.param(b"\xff\xfe", "malformed-body", id="no UTF-8"),
        pytest.param(b"[]", "malformed-body", id="a list"),
        pytest.param(b"null", "malformed-body", id="null"),
        pytest.param(b"{}", "malformed-body", id="no words"),
        pytest.param(b'{"confirm": true}', "malformed-body", id="no text"),
        pytest.param(b'{"confirm": "Enforce 2FA", "accept": []}', "malformed-body", id="more than the words"),
        pytest.param(b'{"confirm": "Enforce 2FA"} {}', "malformed-body", id="something after it"),
        pytest.param(b'{"confirm": "enforce 2fa"}', "confirm-mismatch", id="other words"),
        pytest.param(b'{"confirm": "' + b"x" * 2000 + b'"}', "body-too-large", id="too large"),
        pytest.param(b"[" * 1000, "malformed-body", id="deep"),
    ],
)
def test_a_bad_body_is_400(off: Realm, call: Call, body: bytes, error: str) -> None:
    answer = call(off, "/enforce", data=body)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.json()["errorMessage"]


def test_what_was_refused_wrote_nothing(off: Realm, call: Call) -> None:
    call(off, "/enforce", data=b"{}")
    assert (off.has_mark(), off.marked(), off.get("admin-events")) == (False, set(), [])


@pytest.mark.slow
def test_a_second_enforce_at_the_same_time_is_409(make_realm: MakeRealm, call: Call) -> None:
    # Given a realm that takes a moment
    realm = make_realm(*people(200))
    # When many enforce it at once
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: call(realm, "/enforce", json=CONSENT), range(12)))
    # Then those who came while one was at work were told, and one mark was made
    assert {each.status_code for each in answers} == {200, 409}
    assert {each.json()["error"] for each in answers if each.status_code == 409} == {"enforcing-already"}
    assert len({each.json()["run_id"] for each in answers if each.status_code == 200}) == 1
    assert len(realm.marked()) == 200


@pytest.mark.slow
def test_the_report_has_one_json_object_a_line(make_realm: MakeRealm, call: Call) -> None:
    # Given people of every standing
    realm = make_realm(
        person("asked", requiredActions=["CONFIGURE_TOTP", "VERIFY_EMAIL"], email="a@example.org"),
        person("enrolled", credentials=[otp_credential()]),
        person("uncovered", enabled=False),
    )
    # When they are reported
    answer = call(realm, "/report")
    lines = {line["username"]: line for line in map(json.loads, answer.text.splitlines())}
    # Then each has a line, and the service account has none
    assert answer.headers["Content-Type"].startswith("application/x-ndjson")
    assert {name: line["standing"] for name, line in lines.items()} == {
        "asked": "asked",
        "enrolled": "enrolled",
        "uncovered": "uncovered",
    }
    assert sorted(lines["asked"].pop("required_actions")) == ["CONFIGURE_TOTP", "VERIFY_EMAIL"]
    assert lines["asked"] == {
        "user_id": realm.user("asked")["id"],
        "username": "asked",
        "email": "a@example.org",
        "enabled": True,
        "federation": None,
        "standing": "asked",
        "created_ms": realm.user("asked")["createdTimestamp"],
        "methods": [],
        "identity_provider": None,
    }
    assert [each["type"] for each in lines["enrolled"]["methods"]] == ["otp"]


def test_the_report_of_nobody_is_empty(make_realm: MakeRealm, call: Call) -> None:
    assert call(make_realm(), "/report").text.split() == []


@pytest.mark.slow
def test_the_report_has_everybody_of_a_larger_realm_once(make_realm: MakeRealm, call: Call) -> None:
    realm = make_realm(*people(2_300))
    names = [json.loads(line)["username"] for line in call(realm, "/report").text.splitlines()]
    assert sorted(names) == sorted(realm.users())


def test_status_says_when_it_counted(off: Realm, call: Call) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    assert before <= datetime.fromisoformat(call(off).json()["users"]["counted_at"]) <= datetime.now(UTC)


def test_progress_is_shown_while_it_is_enforced(make_realm: MakeRealm, call: Call) -> None:
    # Given a realm that is OFF, with two users
    realm = make_realm(person("alice"), person("asked", requiredActions=["CONFIGURE_TOTP"]))
    assert call(realm).json()["progress"] is None
    # When it was left at ENFORCING, then it is what is left to do
    realm.post("roles", {"name": "two-factor-enforcement", "attributes": {"state": ["ENFORCING"]}})
    assert call(realm).json()["progress"] == {"done": 1, "total": 2}
    # When it is ON, there is none
    call(realm, "/enforce", json=CONSENT)
    assert call(realm).json()["progress"] is None


@pytest.mark.slow
def test_who_does_not_want_to_wait_gets_the_runs_id_at_once(make_realm: MakeRealm, call: Call) -> None:
    # When somebody enforces so
    realm = make_realm(*people(20), adminEventsDetailsEnabled=True)
    answer = call(realm, "/enforce", json=CONSENT, prefer="respond-async")
    # Then the run goes on after the answer, with the name that it said
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (202, "respond-async")
    status = wait_for(lambda: call(realm).json(), lambda said: said["state"] == "ON")
    assert status["run_id"] == answer.json()["run_id"]
    assert status["users"]["pending"] == 20
    assert ("ACTION", "TWO_FACTOR") in {(each["operationType"], each["resourceType"]) for each in _events(realm)}


@pytest.mark.slow
def test_a_role_that_is_deleted_meanwhile_is_made_again(make_realm: MakeRealm, call: Call) -> None:
    # Given a realm that takes a moment
    realm = make_realm(*people(3_000))
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(call, realm, "/enforce", json=CONSENT)
        # When somebody deletes the mark meanwhile
        wait_for(realm.has_mark, lambda there: there)
        while realm.has_mark() and not run.done():
            # It may lose against the run's own writes, and is then tried again.
            realm.admin.connection.raw_delete(f"admin/realms/{realm.name}/roles/two-factor-enforcement")
    # Then the run ends well all the same
    assert (run.result().status_code, run.result().json()["state"]) == (200, "ON")


@pytest.mark.slow
def test_every_write_leaves_an_admin_event(make_realm: MakeRealm, call: Call) -> None:
    realm = make_realm(person("alice"), person("bob"), **OLD_POLICY, adminEventsDetailsEnabled=True)
    call(realm, "/enforce", json=CONSENT)
    events = [(each["operationType"], each["resourceType"], each.get("resourcePath", "")) for each in _events(realm)]
    assert sorted(events) == [
        ("ACTION", "TWO_FACTOR", "two-factor/enforce"),
        ("CREATE", "REALM_ROLE", "roles/two-factor-enforcement"),
        ("CREATE", "REQUIRED_ACTION", "authentication/required-actions/two-factor-guard"),
        ("UPDATE", "REALM", ""),
        ("UPDATE", "REALM_ROLE", "roles/two-factor-enforcement"),
        ("UPDATE", "REQUIRED_ACTION", "authentication/required-actions/CONFIGURE_TOTP"),
    ]
    marked = next(each for each in _events(realm) if each["resourceType"] == "TWO_FACTOR")
    assert json.loads(marked["representation"]) == {"marked": 2}


@pytest.mark.slow
def test_a_second_enforce_writes_nothing(make_realm: MakeRealm, call: Call) -> None:
    realm = make_realm(person("alice"))
    call(realm, "/enforce", json=CONSENT)
    before = len(_events(realm))
    again = call(realm, "/enforce", json=CONSENT).json()
    assert (again["state"], again["users"]["marked"], again["changes"]) == ("ON", 0, [])
    assert len(_events(realm)) == before


def test_what_was_interrupted_is_finished(make_realm: MakeRealm, call: Call) -> None:
    # Given a realm that a run left at ENFORCING
    realm = make_realm(person("alice"))
    mark = {"name": "two-factor-enforcement", "attributes": {"state": ["ENFORCING"], "run_id": ["first"]}}
    realm.post("roles", mark)
    # When somebody enforces
    answer = call(realm, "/enforce", json=CONSENT).json()
    # Then it is the same run that is ON
    assert (answer["state"], answer["run_id"], realm.marked()) == ("ON", "first", {"alice"})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "path", "consent", "body"),
    [("status", "", (), {}), ("preview", "/preview", (), {}), ("enforce", "/enforce", CONFIRM, {"json": CONSENT})],
)
def test_an_answer_has_the_names_that_the_command_has(
    make_realm: MakeRealm, kc2fa: Kc2fa, call: Call, command: str, path: str, consent: tuple[str, ...], body: Any
) -> None:
    # Given two realms with something to do, and somebody exempt
    one, other = (make_realm(person("alice"), person("glass"), **OLD_POLICY) for _ in range(2))
    for realm in (one, other):
        kc2fa("exempt", "add", "glass", *EXEMPT, realm=realm)
    # When the command answers on the one, over the Admin API, and the endpoint on the other
    said = kc2fa(command, "--json", "--engine", "admin-api", *consent, realm=one).data
    answered = call(other, path, **body).json()
    # Then both have the same names, in the same order, but for what only a server knows while it works
    assert _names(_without(answered)) == _names(_without(said))


@pytest.mark.slow
def test_exemptions_are_told_as_by_the_command(make_realm: MakeRealm, kc2fa: Kc2fa, call: Call) -> None:
    # Given somebody exempt, somebody who was, and a role that was edited by hand
    realm = make_realm(person("glass"), person("past"))
    kc2fa("exempt", "add", "glass", *EXEMPT, realm=realm)
    for user_id, attributes in (
        (realm.user("past")["id"], {"username": ["past"], "expires": ["2020-01-31"]}),
        ("x", {}),
    ):
        realm.post("roles", {"name": f"two-factor-exempt-{user_id}", "attributes": attributes})
    # Then the endpoint has all three, in the same words
    told = call(realm).json()["exemptions"]
    assert told == kc2fa("status", "--json", realm=realm).data["exemptions"]
    assert [(each["username"], each["expired"]) for each in told] == [("", True), ("glass", False), ("past", True)]


ONE_SIDED = {"progress", "silent_storages", "counted_at"}


def _without(document: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in document.items() if name not in ONE_SIDED}
    return kept | {"users": {name: value for name, value in kept["users"].items() if name not in ONE_SIDED}}


def _names(document: Any) -> Any:
    """The names in a document, level by level, of a list those of its first entry."""
    match document:
        case dict():
            return [(name, _names(value)) for name, value in document.items()]
        case [first, *_]:
            return _names(first)
        case _:
            return None


def test_null_is_told_where_there_is_nothing(off: Realm, call: Call) -> None:
    status = call(off).json()
    assert [status[name] for name in ("enforced_at", "enforced_by", "run_id")] == [None, None, None]


def test_invitations_are_not_counted_for_who_may_not_see_them(off: Realm, call: Call) -> None:
    assert call(off, as_="viewer").json()["invitations"] == {"pending": None}


def wait_for(ask: Callable[[], Any], until: Callable[[Any], bool]) -> Any:
    """What it says once it says so; what it said last, where that takes too long."""
    end = time.monotonic() + 60
    while not until(said := ask()) and time.monotonic() < end:
        time.sleep(0.05)
    return said


def _events(realm: Realm) -> list[dict[str, Any]]:
    return realm.get("admin-events", max=1000)
