"""The Security page in a real browser, and the administrators who open it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState
from tests.browser.conftest import chromium
from tests.extension.logins import add_app, with_password
from tests.extension.page.address import address, log_in, opened
from tests.integration.realms import MakeRealm, Realm, otp_credential

from embedded_keycloak.server import EmbeddedKeycloak

__all__ = ["chromium"]

Look = Callable[..., Page]


@pytest.fixture
def realm(make_realm: MakeRealm) -> Realm:
    """A realm that is OFF, with one of each standing but an exempt one."""
    realm = make_realm(
        with_password("alice"),
        with_password("bob"),
        with_password("asked", requiredActions=["CONFIGURE_TOTP"]),
        with_password("enrolled", credentials=[otp_credential()]),
    )
    add_app(realm)
    return realm


@pytest.fixture(scope="module")
def admins_session(chromium: Browser, keycloak: EmbeddedKeycloak) -> StorageState:
    """The cookies of the master realm's admin, who has logged in on the Security page."""
    with chromium.new_context(locale="en-US") as context:
        window = context.new_page()
        window.goto(address(keycloak, "master"))
        log_in(window, keycloak.username, keycloak.password)
        opened(window)
        return context.storage_state()


@pytest.fixture
def look(
    chromium: Browser, admins_session: StorageState, keycloak: EmbeddedKeycloak, realm: Realm
) -> Iterator[Callable[..., Page]]:
    """The Security page of a realm, which the master realm's admin looks at; in a window of one's own making."""
    with ExitStack() as windows:

        def look(at: Realm = realm, **window: Any) -> Page:
            made = {"locale": "en-US", "storage_state": admins_session} | window
            page = windows.enter_context(chromium.new_context(**made)).new_page()
            page.goto(address(keycloak, at.name))
            return opened(page)

        yield look


@pytest.fixture
def page(look: Look) -> Page:
    return look()


@pytest.fixture
def window(chromium: Browser) -> Iterator[Page]:
    """A window without cookies."""
    with chromium.new_context(locale="en-US") as context:
        yield context.new_page()


@pytest.fixture
def as_user(window: Page, keycloak: EmbeddedKeycloak, make_realm: MakeRealm) -> Callable[..., Page]:
    """The Security page of a realm, which a user of it with some admin roles looks at."""

    def look(*roles: str, **realm: Any) -> Page:
        made = make_realm(with_password("boss", clientRoles={"realm-management": list(roles)}), **realm)
        window.goto(f"{keycloak.url}/realms/{made.name}/two-factor/")
        log_in(window, "boss", "boss-pw")
        return opened(window)

    return look
