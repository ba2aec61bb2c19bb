"""`--all-realms`, by an administrator who may see some of the realms."""

import uuid

import pytest
from keycloak import KeycloakAdmin
from tests.integration.command import Kc2fa
from tests.integration.realms import MakeRealm, password, people

pytestmark = pytest.mark.slow


def test_all_realms_are_those_that_the_caller_may_see(
    make_realm: MakeRealm, admin: KeycloakAdmin, kc2fa: Kc2fa
) -> None:
    # Given three realms, and an administrator in master of two of them
    two = make_realm(*people(2)), make_realm(*people(3))
    make_realm(*people(1))
    name = f"auditor-{uuid.uuid4().hex[:8]}"
    user_id = admin.create_user({"username": name, "enabled": True, "credentials": password("horse")})
    for realm in two:
        client_id = admin.get_client_id(f"{realm.name}-realm")
        roles = [admin.get_client_role(client_id, role) for role in ("view-realm", "view-users")]
        admin.assign_client_role(user_id, client_id, roles)
    # When
    run = kc2fa("status", "--all-realms", "--json", KC2FA_USERNAME=name, KC2FA_PASSWORD="horse")
    # Then
    assert run.exit == 0
    assert {each["realm"] for each in run.data["realms"]} == {each.name for each in two}
