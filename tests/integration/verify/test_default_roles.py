"""Admin roles that every user has."""

import json
from typing import Any

import pytest
from tests.integration.realms import MakeRealm, Realm
from tests.integration.verify.audit import VerifyRealm, findings, where


def role_of(realm: Realm, client_id: str, name: str) -> dict[str, Any]:
    [client] = realm.get("clients", clientId=client_id)
    return realm.get_one(f"clients/{client['id']}/roles/{name}")


def default(realm: Realm) -> str:
    return f"roles-by-id/{realm.representation()['defaultRole']['id']}/composites"


def test_a_new_realm_has_none(make_audited: MakeRealm, verify: VerifyRealm) -> None:
    assert where(verify(make_audited()), "default-roles-admin") == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["impersonation", "manage-users", "realm-admin"])
def test_an_admin_role_is_named_until_it_is_taken_out(make_audited: MakeRealm, verify: VerifyRealm, name: str) -> None:
    realm = make_audited()
    role = role_of(realm, "realm-management", name)
    realm.post(default(realm), [role])
    [found] = findings(verify(realm), "default-roles-admin")
    assert (found["where"], found["severity"]) == (f"realm-management {name}", "high")
    path = f"admin/realms/{realm.name}/{default(realm)}"
    assert realm.admin.connection.raw_delete(path, data=json.dumps([role])).status_code == 204
    assert where(verify(realm), "default-roles-admin") == []


@pytest.mark.slow
def test_one_inside_a_role_of_the_realm_is_named(make_audited: MakeRealm, verify: VerifyRealm) -> None:
    realm = make_audited()
    realm.post("roles", {"name": "employee"})
    employee = realm.get_one("roles/employee")
    realm.post(f"roles-by-id/{employee['id']}/composites", [role_of(realm, "realm-management", "manage-users")])
    realm.post(default(realm), [employee])
    assert where(verify(realm), "default-roles-admin") == ["realm-management manage-users"]


def test_one_by_a_default_group_is_named(make_audited: MakeRealm, verify: VerifyRealm) -> None:
    # Given a group within another one, which gives the role; new users are put into the inner one
    realm = make_audited()
    realm.post("groups", {"name": "staff"})
    [staff] = realm.get("groups", search="staff")
    realm.post(f"groups/{staff['id']}/children", {"name": "desk"})
    [desk] = realm.get(f"groups/{staff['id']}/children")
    role = role_of(realm, "realm-management", "manage-users")
    realm.post(f"groups/{staff['id']}/role-mappings/clients/{role['containerId']}", [role])
    assert where(verify(realm), "default-roles-admin") == []
    # When
    realm.put(f"default-groups/{desk['id']}", {})
    # Then
    [found] = findings(verify(realm), "default-roles-admin")
    assert (found["where"], found["severity"]) == ("realm-management manage-users (/staff/desk)", "high")


def test_a_role_of_that_name_of_another_client_is_silent(make_audited: MakeRealm, verify: VerifyRealm) -> None:
    realm = make_audited()
    [client] = realm.get("clients", clientId="app")
    realm.post(f"clients/{client['id']}/roles", {"name": "manage-users"})
    realm.post(default(realm), [role_of(realm, "app", "manage-users")])
    assert where(verify(realm), "default-roles-admin") == []
