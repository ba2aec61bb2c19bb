"""More people than one page holds, at every border of a page."""

import pytest
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import ENFORCER, ENFORCER_SECRET, MakeRealm, people
from tests.server import Keycloak

from keycloak_2fa import bulk_api, enforcement, preflight
from keycloak_2fa.admin_api import AdminApi
from keycloak_2fa.settings import ConnectionSettings, ServiceAccount

pytestmark = pytest.mark.core


def test_more_than_keycloaks_own_page(make_realm: MakeRealm, kc2fa: Kc2fa) -> None:
    # Given more people than the 100 that Keycloak gives without being asked, and than a search of ours holds
    realm = make_realm(*people(250))
    run = kc2fa("enforce", "--json", *CONFIRM, realm=realm)
    assert (run.exit, run.data["users"]["marked"], len(realm.marked())) == (0, 250, 250)


@pytest.mark.parametrize("count", [9, 10, 11, 20, 25])
def test_pages_of_ids(make_realm: MakeRealm, keycloak: Keycloak, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    # Given pages of ten ids instead of thousands
    monkeypatch.setattr(bulk_api, "_IDS_AT_ONCE", 10)
    realm = make_realm(*people(count))
    api = AdminApi(ConnectionSettings(keycloak.url, realm.name, realm.name, ServiceAccount(ENFORCER, ENFORCER_SECRET)))
    # When
    done = enforcement.enforce(api, consent=preflight.CONSENT)
    # Then nobody is missed at a border, and nobody is counted twice
    assert (done.sweep.marked, done.sweep.population.total, len(realm.marked())) == (count, count, count)
