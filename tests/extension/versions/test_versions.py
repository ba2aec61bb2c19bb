"""The one jar on every Keycloak that is supported. The newest is what the other tests run on."""

import pytest
from tests.extension.logins import add_app, page_after_password, with_password
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.realms import MakeRealm, Realm

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.pages import SetUpTotp

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def realm(make_realm: MakeRealm) -> Realm:
    realm = make_realm(with_password("alice"), organizationsEnabled=True)
    add_app(realm)
    return realm


@pytest.fixture(scope="session")
def done(realm: Realm, kc2fa: Kc2fa) -> Run:
    return kc2fa("enforce", "--json", *CONFIRM, realm=realm)


def test_it_enforces(done: Run, realm: Realm) -> None:
    assert (done.exit, done.data["engine"], done.data["state"]) == (0, "extension", "ON")
    assert (done.data["users"]["marked"], realm.marked()) == (1, {"alice"})


def test_its_guard_watches(done: Run, realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    realm.import_users([with_password("imported")])
    assert isinstance(page_after_password(keycloak, realm, "imported"), SetUpTotp)


def test_nothing_has_drifted(done: Run, realm: Realm, kc2fa: Kc2fa) -> None:
    assert kc2fa("status", "--json", realm=realm).data["drift"] == []


def test_no_part_of_it_is_switched_off(keycloak: EmbeddedKeycloak, done: Run) -> None:
    assert "switched off" not in keycloak.log.read_text()
