"""Users of an LDAP storage with import off, whom nobody sees while it does not answer."""

from collections.abc import Iterator

import pytest
from tests.integration.command import Kc2fa
from tests.integration.realms import MakeRealm, Realm
from tests.integration.verify.audit import VerifyRealm, findings, where
from tests.ldap import Ldap

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def ldap() -> Iterator[Ldap]:
    with Ldap("lena", "ludo") as directory:
        yield directory


@pytest.fixture
def realm(make_audited: MakeRealm, ldap: Ldap) -> Realm:
    realm = make_audited()
    realm.post("components", ldap.storage(imports=False))
    return realm


@pytest.mark.slow
def test_a_storage_that_does_not_answer_is_not_checked(realm: Realm, ldap: Ldap, kc2fa: Kc2fa) -> None:
    # The enforcer may have Keycloak try the storage.
    run = kc2fa("verify", "--json", realm=realm)
    assert sorted(where(run, "uncovered-users")) == ["lena", "ludo"]
    assert "uncovered-users" not in where(run, "not-checked")
    ldap.stop()
    run = kc2fa("verify", "--json", realm=realm)
    [unseen] = [each for each in findings(run, "not-checked") if each["where"] == "uncovered-users"]
    assert "'ldap'" in unseen["title"]
    assert run.exit == 7


def test_a_caller_who_may_not_have_it_tried_is_told_so(realm: Realm, verify: VerifyRealm) -> None:
    [unseen] = [each for each in findings(verify(realm), "not-checked") if each["where"] == "uncovered-users"]
    assert "manage-realm" in unseen["fix"]
