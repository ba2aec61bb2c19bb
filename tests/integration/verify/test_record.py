"""The record that a realm was enforced: deleted, renamed, edited."""

import pytest
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import MakeRealm, Realm, person
from tests.integration.verify.audit import VerifyRealm, findings, where

from keycloak_2fa.realm.enforcement_state import ROLE


def edit(realm: Realm, **attributes: str) -> None:
    role = realm.get_one(f"roles/{ROLE}")
    kept = role["attributes"] | {name: [value] for name, value in attributes.items()}
    realm.put(f"roles/{ROLE}", role | {"attributes": kept})


def test_a_role_that_was_deleted_is_told_with_who_did_it(enforced: Realm, verify: VerifyRealm) -> None:
    assert where(verify(enforced), "enforcement-record-missing") == []
    enforced.delete(f"roles/{ROLE}")
    run = verify(enforced)
    [found] = findings(run, "enforcement-record-missing")
    assert (run.data["state"], found["where"], found["severity"]) == ("OFF", ROLE, "high")
    [event] = enforced.get("admin-events", operationTypes="DELETE", resourceTypes="REALM_ROLE")
    assert "deleted at" in found["title"]
    assert event["authDetails"]["userId"] in found["title"]


def test_enforce_mends_it(enforced: Realm, verify: VerifyRealm, kc2fa: Kc2fa) -> None:
    enforced.delete(f"roles/{ROLE}")
    assert kc2fa("enforce", "--json", *CONFIRM, realm=enforced).exit == 0
    assert where(verify(enforced), "enforcement-record-missing") == []


def test_a_role_that_was_renamed_is_told_by_its_new_name(enforced: Realm, verify: VerifyRealm) -> None:
    enforced.put(f"roles/{ROLE}", enforced.get_one(f"roles/{ROLE}") | {"name": "nothing-special"})
    [found] = findings(verify(enforced), "enforcement-record-missing")
    assert "'nothing-special'" in found["title"]


def test_without_admin_events_and_extension_a_deletion_cannot_be_known(
    make_audited: MakeRealm, kc2fa: Kc2fa, verify: VerifyRealm
) -> None:
    realm = make_audited(person("alice"), adminEventsEnabled=False)
    assert kc2fa("enforce", "--json", *CONFIRM, realm=realm).exit == 0
    realm.delete(f"roles/{ROLE}")
    run = verify(realm)
    assert (run.data["state"], where(run, "enforcement-record-missing")) == ("OFF", [])


def test_a_realm_that_was_never_enforced_has_none(make_audited: MakeRealm, verify: VerifyRealm) -> None:
    assert where(verify(make_audited()), "enforcement-record-missing") == []


@pytest.mark.slow
@pytest.mark.parametrize("edited", ["yesterday", "2026-13-45", "", "0001-01-01", "2026-01-01T00:00:00"])
def test_a_time_that_somebody_edited_is_no_crash(enforced: Realm, verify: VerifyRealm, edited: str) -> None:
    edit(enforced, enforced_at=edited, started_at=edited)
    run = verify(enforced)
    assert run.exit == 7
    assert ("open-sessions" in where(run, "not-checked")) is (edited in {"yesterday", "2026-13-45", ""})
