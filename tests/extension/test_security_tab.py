"""The tab in Realm settings, on a server with the feature that it needs and on one without."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from keycloak import KeycloakAdmin
from keycloak.exceptions import KeycloakPostError
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import chromium

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.enforcement import preflight

pytestmark = pytest.mark.slow

__all__ = ["chromium"]

TYPE = "org.keycloak.services.ui.extend.UiTabProvider"
TAB = "Security (2FA)"
REALM = "tab-realm"


@pytest.fixture(scope="module")
def with_feature(jar: Path) -> Iterator[EmbeddedKeycloak]:
    """A server with the extension on which the admin console takes tabs from extensions."""
    with EmbeddedKeycloak(providers=[jar], build_options=["--features=declarative-ui"]) as server:
        yield server


@pytest.fixture(scope="module")
def realm(with_feature: EmbeddedKeycloak) -> KeycloakAdmin:
    """A master admin in a realm that is OFF."""
    admin = master_admin(with_feature)
    admin.create_realm({"realm": REALM, "enabled": True})
    admin.change_current_realm(REALM)
    return admin


def master_admin(server: EmbeddedKeycloak) -> KeycloakAdmin:
    login = {"username": server.username, "password": server.password, "user_realm_name": "master"}
    return KeycloakAdmin(server_url=server.url, **login)


def tabs(server: EmbeddedKeycloak) -> list[Any]:
    """What the admin console is told of tabs."""
    return list(master_admin(server).get_server_info()["componentTypes"].get(TYPE, []))


def test_with_the_feature_there_is_the_tab(with_feature: EmbeddedKeycloak) -> None:
    (tab,) = tabs(with_feature)
    assert tab["id"] == TAB
    assert tab["metadata"]["path"] == "/:realm/realm-settings/:tab?"


def test_without_the_feature_there_is_none_and_the_rest_of_the_extension_is(keycloak: EmbeddedKeycloak) -> None:
    assert tabs(keycloak) == []
    assert master_admin(keycloak).connection.raw_get("/admin/realms/master/two-factor").ok


def test_save_keeps_nothing(realm: KeycloakAdmin) -> None:
    with pytest.raises(KeycloakPostError) as refused:
        realm.create_component({"name": TAB, "providerId": TAB, "providerType": TYPE, "config": {}})
    assert refused.value.response_code == 400
    assert realm.get_components({"type": TYPE}) == []


def test_it_says_the_state_and_leads_to_the_page(
    chromium: Browser, with_feature: EmbeddedKeycloak, realm: KeycloakAdmin
) -> None:
    with chromium.new_context(locale="en-US") as context:
        # Given an admin who looks at the realm's settings
        window = context.new_page()
        window.goto(f"{with_feature.url}/admin/master/console/#/{REALM}/realm-settings/general")
        window.locator("#username").fill(with_feature.username)
        window.locator("#password").fill(with_feature.password)
        window.locator("#kc-login").click()
        # When they open the tab and press its only button
        window.get_by_role("tab", name=TAB).click()
        address = f"{with_feature.url}/realms/master/two-factor/?realm={REALM}"
        says(window, f"2FA is currently set to: OFF. There is nothing to save: go to {address}")
        # Then the state is what it is at that moment
        realm.connection.raw_post(f"/admin/realms/{REALM}/two-factor/enforce", f'{{"confirm": "{preflight.CONSENT}"}}')
        says(window, "2FA is currently set to: ON.")
        # And the page is there
        window.goto(address)
        expect(window.locator("#state")).to_have_text("2FA is currently set to: ON")


def says(window: Page, words: str) -> None:
    """Presses Save, and reads the answer."""
    window.get_by_test_id("save").filter(visible=True).click()
    expect(window.get_by_test_id("last-alert")).to_contain_text(words)
