"""What the server created although its answer was lost, so that it says "exists already" when asked again."""

import uuid
from collections.abc import Iterator

import pytest
from keycloak import KeycloakAdmin
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.faults import Proxy, once_per_path, proxy
from tests.integration.realms import MakeRealm, Realm, people
from tests.server import Keycloak

REGISTER = "/authentication/register-required-action"


@pytest.fixture
def between(keycloak: Keycloak) -> Iterator[Proxy]:
    with proxy(keycloak.url) as it:
        yield it


def test_the_required_action(make_realm: MakeRealm, kc2fa: Kc2fa, between: Proxy) -> None:
    # Given a realm without CONFIGURE_TOTP
    realm = make_realm(*people(3))
    realm.delete("authentication/required-actions/CONFIGURE_TOTP")
    # When the answer to its registration is lost
    between.fault = once_per_path("POST", REGISTER, lambda _: None)
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm, KC2FA_SERVER_URL=between.url)
    # Then it was sent twice, and the run went on
    assert between.requests.count(("POST", f"/admin/realms/{realm.name}{REGISTER}")) == 2
    assert (run.exit, run.data["state"], len(realm.marked())) == (0, "ON", 3), run
    assert realm.required_action()["defaultAction"] is True


def test_a_realm(admin: KeycloakAdmin, kc2fa: Kc2fa, between: Proxy, master: dict[str, str]) -> None:
    realm = Realm(f"new-{uuid.uuid4().hex[:8]}", admin)
    between.fault = once_per_path("POST", "/admin/realms", lambda _: None)
    to_it = {"KC2FA_SERVER_URL": between.url, "KC2FA_REALM": realm.name}
    run = kc2fa("realm", "apply", "--yes", "--json", **master, **to_it)
    assert between.requests.count(("POST", "/admin/realms")) == 2
    assert (run.exit, run.data["created"]) == (0, True), run
    realm.admin.connection.get_token()
    assert realm.required_action()["defaultAction"] is True
