"""Fixtures of the tests of `verify`."""

from typing import Any

import pytest
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.realms import MakeRealm, Realm, person, service_account
from tests.integration.verify.audit import APP, READ, VerifyRealm, as_client


@pytest.fixture(scope="session")
def verify(kc2fa: Kc2fa) -> VerifyRealm:
    """Runs `kc2fa verify --json` as a service account that may only read."""

    def run(realm: Realm, *arguments: str, client: str = "auditor") -> Run:
        return kc2fa("verify", "--json", *arguments, realm=realm, **as_client(client))

    return run


@pytest.fixture(scope="session")
def make_audited(make_realm: MakeRealm) -> MakeRealm:
    """Makes a realm with an app and an auditor."""

    def make(*who: dict[str, Any], clients: tuple[Any, ...] = (), **settings: Any) -> Realm:
        auditors = (service_account("auditor", *READ), APP)
        return make_realm(*who, clients=(*auditors, *clients), **settings)

    return make


@pytest.fixture
def enforced(make_audited: MakeRealm, kc2fa: Kc2fa) -> Realm:
    """A realm of one person that is ON."""
    realm = make_audited(person("alice"))
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    return realm
