"""Exemptions that hold no longer, and those that nobody answers for."""

from datetime import UTC, datetime, timedelta

from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import MakeRealm, person
from tests.integration.verify.audit import VerifyRealm, exempt, where


def test_an_expired_exemption_is_named_and_not_said_twice(make_audited: MakeRealm, verify: VerifyRealm) -> None:
    realm = make_audited(person("root"), person("deputy"))
    today = datetime.now(UTC).date()
    exempt(realm, "root", expires=str(today - timedelta(days=1)))
    exempt(realm, "deputy", expires=str(today + timedelta(days=1)))
    run = verify(realm)
    assert where(run, "exemption-expired") == ["root"]
    assert where(run, "uncovered-users") == []


def test_an_expired_exemption_is_named_until_enforce_has_asked(
    make_audited: MakeRealm, kc2fa: Kc2fa, verify: VerifyRealm
) -> None:
    # Given an expired exemption of somebody who is there, and one of somebody who is gone
    realm = make_audited(person("root"), person("gone"))
    for name in ("root", "gone"):
        exempt(realm, name, expires=str(datetime.now(UTC).date() - timedelta(days=1)))
    realm.delete(f"users/{realm.user('gone')['id']}")
    assert where(verify(realm), "exemption-expired") == ["root"]
    # When
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    # Then
    assert where(verify(realm), "exemption-expired") == []
