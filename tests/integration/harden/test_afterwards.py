"""An enforced realm with everything closed: verify holds, and people go about as usual."""

import uuid
from collections.abc import Iterator

import pytest
import requests
from tests.integration import windows
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.harden.conftest import AS_KEEPER, SKIP_VERSION, Harden, new_user, set_up
from tests.integration.realms import MakeRealm, Realm
from tests.integration.windows import PASSWORD, Pages, Windows
from tests.mail import Mailbox

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import Done, OtpForm, SetUpTotp, expect

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with Mailbox() as box:
        yield box


@pytest.fixture(scope="module")
def realm(make_open: MakeRealm, kc2fa: Kc2fa, harden: Harden, box: Mailbox) -> Realm:
    realm = make_open(
        windows.user("alice"),
        windows.user("frank"),
        resetPasswordAllowed=True,
        registrationAllowed=True,
        smtpServer=box.settings,
        webAuthnPolicyPasswordlessPasskeysEnabled=True,
    )
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    harden(realm)
    return realm


def test_verify_holds(realm: Realm, kc2fa: Kc2fa) -> None:
    run = kc2fa("verify", "--json", *SKIP_VERSION, realm=realm, **AS_KEEPER)
    assert (run.exit, run.data["holds"], run.data["findings"]) == (0, True, [])


def test_an_import_is_found_by_verify_and_caught_by_the_flow(
    make_open: MakeRealm, kc2fa: Kc2fa, harden: Harden, keycloak: EmbeddedKeycloak
) -> None:
    realm = make_open()
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    harden(realm)
    realm.post("partialImport", {"ifResourceExists": "SKIP", "users": [new_user("mallory")]})
    run = kc2fa("verify", "--json", *SKIP_VERSION, realm=realm, **AS_KEEPER)
    assert [(each["id"], each["where"]) for each in run.data["findings"]] == [("uncovered-users", "mallory")]
    assert isinstance(Windows(keycloak, realm).log_in("mallory")[1], SetUpTotp)


def test_set_up_and_next_login(realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    people = Windows(keycloak, realm)
    phone = set_up(*people.log_in("alice"))
    window, page = people.log_in("alice")
    assert isinstance(window.enter_code(page, phone.fresh_code()), Done)


def test_a_forgotten_password(realm: Realm, keycloak: EmbeddedKeycloak, box: Mailbox) -> None:
    people = Windows(keycloak, realm)
    phone = set_up(*people.log_in("frank"))
    # When he forgets his password
    Pages(people.open()).follow("reset-credentials").submit(username="frank")
    pages = Pages(people.open()).go("GET", box.link("frank@example.org"))
    pages.submit(otp=phone.fresh_code())
    pages.submit(**{"password-new": "a new one", "password-confirm": "a new one"})
    # Then the new one is as little without a code as the old one
    assert isinstance(people.log_in("frank", "a new one")[1], OtpForm)


def test_self_registration(realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    name = f"new-{uuid.uuid4().hex[:6]}"
    pages = Pages(Windows(keycloak, realm).open()).follow("registration")
    typed = {"username": name, "email": f"{name}@example.org", "firstName": "New", "lastName": "Comer"}
    pages.submit(**typed, password=PASSWORD, **{"password-confirm": PASSWORD})
    phone = Authenticator.typed(expect(pages.page, SetUpTotp).secret)
    assert pages.submit(totp=phone.code(), userLabel="Phone").in_the_app


def test_a_service_account_is_not_asked(realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    answer = requests.post(
        f"{keycloak.url}/realms/{realm.name}/protocol/openid-connect/token",
        {"grant_type": "client_credentials", "client_id": "keeper", "client_secret": "keeper-secret"},
        timeout=30,
    )
    assert answer.status_code == 200
