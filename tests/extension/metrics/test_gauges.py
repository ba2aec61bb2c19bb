"""The extension's figures at Keycloak's own metrics endpoint."""

from collections.abc import Iterable

import pytest
import requests
from keycloak import KeycloakAdmin
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from tests.extension.metrics.conftest import MeasuredKeycloak
from tests.integration.realms import MakeRealm, Realm, otp_credential, person

pytestmark = pytest.mark.slow


@pytest.fixture
def realm(make_realm: MakeRealm) -> Realm:
    """One enrolled, one who must set up, two who need not yet."""
    return make_realm(
        person("ann", credentials=[otp_credential()]),
        person("bob", requiredActions=["CONFIGURE_TOTP"]),
        person("cid"),
        person("dee"),
    )


def ours(keycloak: MeasuredKeycloak, realm: str) -> list[Sample]:
    text = requests.get(keycloak.metrics_url, timeout=30).text
    return [
        sample
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("kc2fa_") and sample.labels["realm"] == realm
    ]


def users(samples: Iterable[Sample]) -> dict[str, float]:
    return {sample.labels["standing"]: sample.value for sample in samples if sample.name == "kc2fa_users"}


def count(admin: KeycloakAdmin, realm: Realm) -> None:
    assert admin.connection.raw_get(f"/admin/realms/{realm.name}/two-factor").status_code == 200


def test_looking_counts_nobody(keycloak: MeasuredKeycloak, realm: Realm) -> None:
    assert ours(keycloak, realm.name) == []


def test_they_are_those_of_the_last_count(keycloak: MeasuredKeycloak, admin: KeycloakAdmin, realm: Realm) -> None:
    # When
    count(admin, realm)
    # Then
    counted = {"enrolled": 1, "pending": 1, "uncovered": 2, "exempt": 0}
    assert users(ours(keycloak, realm.name)) == counted
    # And when somebody comes, then they are in it after the next count
    realm.post("users", person("eve"))
    assert users(ours(keycloak, realm.name)) == counted
    count(admin, realm)
    assert users(ours(keycloak, realm.name)) == counted | {"uncovered": 3}


def test_a_label_names_a_realm_or_a_standing_and_no_user(
    keycloak: MeasuredKeycloak, admin: KeycloakAdmin, realm: Realm
) -> None:
    count(admin, realm)
    samples = ours(keycloak, realm.name)
    assert {(sample.name, *sorted(sample.labels)) for sample in samples} == {
        ("kc2fa_users", "realm", "standing"),
        ("kc2fa_users_counted_timestamp_seconds", "realm"),
    }


def test_a_realm_that_is_removed_is_gone(keycloak: MeasuredKeycloak, admin: KeycloakAdmin, realm: Realm) -> None:
    # Given
    count(admin, realm)
    # When
    admin.delete_realm(realm.name)
    # Then
    assert ours(keycloak, realm.name) == []


def test_the_server_info_names_version_database_and_parts(admin: KeycloakAdmin) -> None:
    providers = admin.get_server_info()["providers"]["admin-realm-restapi-extension"]["providers"]
    info = providers["two-factor"]["operationalInfo"]
    assert info["version"]
    assert info["database"].startswith("H2 ")
    assert {"guard", "tokens", "whole-statements"} <= set(info["parts"].split(", "))
    assert "security-tab" in info["off"]
