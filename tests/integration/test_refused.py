"""What is refused before anything is written, and with which exit code."""

import base64
import json
from collections.abc import Iterator

import pyotp
import pytest
from aiohttp import web
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.faults import Answer, proxy
from tests.integration.realms import MakeRealm, Realm, otp_credential, password, person, service_account
from tests.server import Keycloak

pytestmark = pytest.mark.core


@pytest.fixture(scope="module")
def realm(make_realm: MakeRealm) -> Realm:
    """A realm that nobody manages to enforce."""
    named = {"email": "boss@example.org", "firstName": "Bo", "lastName": "Ss"}
    return make_realm(
        person("alice"),
        person(
            "boss",
            credentials=password("boss-pw"),
            clientRoles={"realm-management": ["realm-admin"]},
            **named,
        ),
        clients=(
            service_account("only-realm", "manage-realm"),
            service_account("only-users", "manage-users", "view-realm"),
            service_account("reader", "view-realm", "view-users"),
            service_account("nothing"),
            service_account("asker", "view-realm", "query-users"),
            service_account("settings-only", "view-realm"),
        ),
    )


@pytest.fixture(autouse=True)
def _nothing_was_written(realm: Realm) -> Iterator[None]:
    yield
    assert realm.marked() == set()
    assert not realm.has_mark()
    assert realm.required_action()["defaultAction"] is False


def as_client(client_id: str) -> dict[str, str]:
    return {"KC2FA_CLIENT_ID": client_id, "KC2FA_CLIENT_SECRET": f"{client_id}-secret"}


def test_without_consent(realm: Realm, kc2fa: Kc2fa) -> None:
    run = kc2fa("enforce", "--json", realm=realm)
    assert (run.exit, run.error["code"]) == (6, "no-consent")
    assert "--confirm" in run.error["hint"]


@pytest.mark.parametrize("words", ["enforce 2fa", "yes", "", " Enforce 2FA", "Enforce  2FA"])
def test_with_other_words(realm: Realm, kc2fa: Kc2fa, words: str) -> None:
    run = kc2fa("enforce", "--json", "--confirm", words, realm=realm)
    assert (run.exit, run.error["code"]) == (6, "confirm-mismatch")


@pytest.mark.parametrize(
    ("client", "missing"),
    [
        ("only-realm", "manage-users"),
        ("only-users", "manage-realm"),
        ("reader", "manage-realm and manage-users"),
    ],
)
def test_a_missing_role_is_named(realm: Realm, kc2fa: Kc2fa, client: str, missing: str) -> None:
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, **as_client(client))
    assert (run.exit, run.error["code"], run.roles_named) == (3, "role-missing", {*missing.split(" and ")})


@pytest.mark.parametrize("command", [("status",), ("preview",), ("report",)])
@pytest.mark.parametrize("client", ["asker", "settings-only"])
def test_who_may_not_read_people_is_not_told_that_there_are_none(
    realm: Realm, kc2fa: Kc2fa, command: tuple[str, ...], client: str
) -> None:
    # Given a caller to whom Keycloak gives an empty list of users, or none
    run = kc2fa(*command, "--json", realm=realm, **as_client(client))
    assert (run.exit, run.error["code"]) == (3, "role-missing")
    assert "view-users" in run.roles_named


def test_without_any_role(realm: Realm, kc2fa: Kc2fa) -> None:
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, **as_client("nothing"))
    assert (run.exit, run.error["code"]) == (3, "role-missing")


def test_a_caller_who_would_lock_themself_out(realm: Realm, kc2fa: Kc2fa) -> None:
    boss = {"KC2FA_USERNAME": "boss", "KC2FA_PASSWORD": "boss-pw", "KC2FA_AUTH_REALM": realm.name}
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, **boss)
    assert (run.exit, run.error["code"]) == (6, "caller-locked-out")
    assert "--accept caller-lockout" in run.error["hint"]


@pytest.mark.parametrize("setting", ["KC2FA_REALM", "KC2FA_AUTH_REALM"])
@pytest.mark.parametrize("name", [".", ".."])
def test_a_realm_that_no_url_can_hold(realm: Realm, kc2fa: Kc2fa, setting: str, name: str) -> None:
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, **{setting: name})
    assert (run.exit, run.error["code"]) == (2, "usage")
    assert repr(name) in run.error["message"]


def test_an_unknown_risk(realm: Realm, kc2fa: Kc2fa) -> None:
    assert kc2fa("enforce", "--json", *CONFIRM, "--accept", "everything", realm=realm).exit == 2


def test_a_server_without_the_provider(realm: Realm, kc2fa: Kc2fa, keycloak: Keycloak) -> None:
    # Given a server that was built without it. A real one lets nobody log in any more to a realm that has the
    # action registered, so here the real one's answer about itself is changed on the way.
    def without_provider(request: web.Request, answer: Answer) -> Answer:
        if not request.path.endswith("/admin/serverinfo"):
            return answer
        info = json.loads(answer.body)
        del info["providers"]["required-action"]["providers"]["CONFIGURE_TOTP"]
        return Answer(answer.status, json.dumps(info).encode(), answer.headers)

    with proxy(keycloak.url) as between:
        between.fault = without_provider
        # When
        run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_SERVER_URL=between.url)
    # Then
    assert (run.exit, run.error["code"]) == (6, "totp-provider-absent")


def test_a_wrong_secret(realm: Realm, kc2fa: Kc2fa) -> None:
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_CLIENT_SECRET="wrong")
    assert (run.exit, run.error["code"]) == (3, "login-refused")


def test_a_wrong_password(realm: Realm, kc2fa: Kc2fa, master: dict[str, str]) -> None:
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, **master | {"KC2FA_PASSWORD": "wrong"})
    assert (run.exit, run.error["code"]) == (3, "login-refused")


@pytest.fixture
def limited(realm: Realm) -> Iterator[dict[str, str]]:
    """An admin user of the master realm who may manage the realm, but not its users."""
    master = Realm("master", realm.admin)
    master.post("users", person("limited", credentials=password("limited-pw")))
    client = next(each for each in master.get("clients", clientId=f"{realm.name}-realm"))
    role = master.get_one(f"clients/{client['id']}/roles/manage-realm")
    user = master.user("limited")
    master.post(f"users/{user['id']}/role-mappings/clients/{client['id']}", [role])
    yield {"KC2FA_USERNAME": "limited", "KC2FA_PASSWORD": "limited-pw"}
    master.delete(f"users/{user['id']}")


def test_a_missing_role_is_named_to_an_admin_user_too(realm: Realm, kc2fa: Kc2fa, limited: dict[str, str]) -> None:
    # An admin user's token carries no roles, so the server itself is asked what it allows.
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, **limited)
    assert (run.exit, run.error["code"], run.roles_named) == (3, "role-missing", {"manage-users"})


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        (("enforce", *CONFIRM), "manage-realm and manage-users"),
        (("report",), "view-realm and view-users"),
        (("harden", "--all", "--yes"), "view-realm"),
    ],
)
def test_who_may_nothing_is_told_every_role(
    make_realm: MakeRealm, kc2fa: Kc2fa, command: tuple[str, ...], missing: str
) -> None:
    realm = make_realm(clients=(service_account("nobody"),))
    nobody = {"KC2FA_CLIENT_ID": "nobody", "KC2FA_CLIENT_SECRET": "nobody-secret"}
    run = kc2fa(*command, "--json", realm=realm, **nobody)
    assert (run.exit, run.error["code"], run.roles_named) == (3, "role-missing", {*missing.split(" and ")})


def test_a_caller_with_otp_gives_a_code(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given an administrator of the realm who has OTP
    named = {"email": "boss@example.org", "firstName": "Bo", "lastName": "Ss"}
    boss = person(
        "boss",
        credentials=[*password("boss-pw"), otp_credential()],
        clientRoles={"realm-management": ["realm-admin"]},
        **named,
    )
    realm = make_realm(boss, person("alice"))
    login = {"KC2FA_USERNAME": "boss", "KC2FA_PASSWORD": "boss-pw", "KC2FA_AUTH_REALM": realm.name}
    # When they leave the code out, they are told; when they give it, it is done
    without = kc2fa("enforce", "--json", *CONFIRM, realm=realm, **login)
    assert (without.exit, without.error["code"], "--otp" in without.error["hint"]) == (3, "login-refused", True)
    code = pyotp.TOTP(base64.b32encode(b"made-for-a-test-only").decode()).now()
    done = kc2fa("enforce", "--json", *CONFIRM, "--otp", code, realm=realm, **login)
    assert (done.exit, realm.marked()) == (0, {"alice"}), done


def test_a_lockout_can_be_accepted(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    named = {"email": "boss@example.org", "firstName": "Bo", "lastName": "Ss"}
    roles = {"realm-management": ["realm-admin"]}
    realm = make_realm(person("boss", credentials=password("boss-pw"), clientRoles=roles, **named))
    login = {"KC2FA_USERNAME": "boss", "KC2FA_PASSWORD": "boss-pw", "KC2FA_AUTH_REALM": realm.name}
    run = kc2fa("enforce", "--json", *CONFIRM, "--accept", "caller-lockout", realm=realm, **login)
    assert (run.exit, realm.marked()) == (0, {"boss"}), run
