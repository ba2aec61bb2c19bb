"""A class of Keycloak that the extension uses is gone: the part that needs it is off and says so, the rest runs."""

import pytest
from keycloak import KeycloakAdmin
from tests.extension.lacking.conftest import GONE
from tests.extension.logins import add_app, page_after_password, with_password
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import MakeRealm, Realm

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.pages import SetUpTotp, expect

pytestmark = pytest.mark.slow

PART = "app-order"


@pytest.fixture(scope="module")
def realm(make_realm: MakeRealm) -> Realm:
    realm = make_realm(with_password("alice"))
    add_app(realm)
    return realm


def test_the_part_is_off_and_the_others_run(realm: Realm, admin: KeycloakAdmin) -> None:
    answer = admin.connection.raw_get(f"/admin/realms/{realm.name}/two-factor/extension").json()
    assert PART not in answer["parts"]
    assert {"guard", "set-up", "flow-step", "oidc-logins", "tokens", "security-page"} <= set(answer["parts"])
    assert GONE in answer["off"][PART]


def test_the_log_names_the_part_and_the_class(keycloak: EmbeddedKeycloak) -> None:
    said = [line for line in keycloak.log.read_text().splitlines() if PART in line]
    assert said
    assert GONE in said[-1]


def test_a_user_still_has_to_set_up(realm: Realm, keycloak: EmbeddedKeycloak, kc2fa: Kc2fa) -> None:
    # Given
    assert kc2fa("enforce", *CONFIRM, realm=realm).exit == 0
    # When
    page = page_after_password(keycloak, realm, "alice")
    # Then
    assert set(expect(page, SetUpTotp).apps) == {"FreeOTP", "Google Authenticator"}
