"""Where the Security page is, and how one gets in."""

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.api.endpoints import segment


def address(keycloak: EmbeddedKeycloak, realm: str, login_realm: str = "master") -> str:
    return f"{keycloak.url}/realms/{segment(login_realm)}/two-factor/?realm={segment(realm)}"


def log_in(window: Page, username: str, secret: str) -> None:
    window.locator("#username").fill(username)
    window.locator("#password").fill(secret)
    window.locator("#kc-login").click()


def opened(page: Page) -> Page:
    """The same page, once it shows what there is to show."""
    expect(page.locator("main")).to_have_attribute("aria-busy", "false", timeout=60_000)
    return page


def keep(page: Page, name: str) -> None:
    """A screenshot for people, where KC2FA_SCREENSHOTS names a folder."""
    if folder := os.environ.get("KC2FA_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
