"""The picture of the Security page in docs/: `make picture` writes it anew, and every run sees that it can be made."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.extension.logins import with_password
from tests.extension.page.test_enforcing import enforce, is_on
from tests.integration.realms import MakeRealm, otp_credential

pytestmark = pytest.mark.slow

PICTURE = Path(__file__).parents[3] / "docs" / "security-page.png"
NAMES = [
    "alice",
    "bob",
    "carol",
    "dave",
    "erin",
    "frank",
    "grace",
    "heidi",
    "ivan",
    "judy",
    "kim",
    "lena",
    "mallory",
    "olivia",
    "peggy",
]


def test_the_picture(look: Callable[..., Page], make_realm: MakeRealm, tmp_path: Path) -> None:
    # Given a realm of which some have enrolled, on which an admin has enforced
    users = [with_password(name, credentials=[otp_credential()] if n % 3 == 0 else []) for n, name in enumerate(NAMES)]
    page = look(make_realm(*users, name="example", bruteForceProtected=True), viewport={"width": 1280, "height": 800})
    enforce(page)
    is_on(page)
    expect(page.locator("#said")).to_contain_text("2FA is enforced.")
    expect(page.locator("#users tr")).to_have_count(len(NAMES))
    # Then the page as it is now is the picture
    target = PICTURE if os.environ.get("KC2FA_WRITE_PICTURE") else tmp_path / "page.png"
    page.evaluate("document.activeElement.blur()")
    page.screenshot(path=str(target))
    assert target.stat().st_size > 10_000
