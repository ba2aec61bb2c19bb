"""Pictures of the demo's pages, taken by the browser of this machine where there is one."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING

from keycloak_2fa.warning_codes import CodedWarning, WarningCode

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox",  # root of a container has none; the browser sees nothing but the demo's own server
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_WAIT_MS = 30_000


def find_browser() -> str | None:
    """A Chromium or Chrome of this machine: of KC2FA_CHROMIUM, or on the PATH."""
    return os.environ.get("KC2FA_CHROMIUM") or next((path for name in BROWSERS if (path := shutil.which(name))), None)


def why_none() -> CodedWarning | None:
    """Why no picture can be taken here, in a sentence; None where pictures can be taken."""
    if util.find_spec("playwright") is None:
        return WarningCode.PICTURE_MISSING.says(
            "No pictures: the package playwright is not installed; the extra 'demo' brings it."
        )
    if find_browser() is None:
        return WarningCode.PICTURE_MISSING.says("No pictures: there is no Chromium and no Chrome on this machine.")
    return None


class Camera:
    """Takes the pictures of one demo. A picture that cannot be taken is a note, and no reason to stop.

    Attributes:
        taken: The files, in their order.
        notes: A sentence for each picture that is missing.
    """

    def __init__(self, browser: "Browser", folder: Path) -> None:
        self._browser, self._folder = browser, folder
        self._security: Page | None = None
        self.taken: list[Path] = []
        self.notes: list[CodedWarning] = []

    def show_enforce_dialog(self, security_url: str, admin: str, password: str) -> None:
        """Picture the Security page with its button, and the dialog that the button opens. The dialog is cancelled."""

        def take() -> None:
            page = self._logged_in(security_url, admin, password)
            button = page.get_by_role("button", name="Enforce", exact=True)
            button.wait_for()
            self._take(page, "security-off")
            button.click()
            dialog = page.get_by_role("dialog")
            dialog.wait_for()
            self._take(page, "security-dialog")
            dialog.get_by_role("button", name="Cancel").click()
            self._security = page

        self._try("the Security page", take)

    def show_enforced(self) -> None:
        """Picture the Security page again, after 2FA was enforced."""

        def take() -> None:
            if self._security is not None:
                self._security.reload()
                self._security.get_by_text("2FA is currently set to: ON").first.wait_for()
                self._take(self._security, "security-on")

        self._try("the Security page", take)

    def show_set_up(self, account_url: str, user: str, password: str) -> None:
        """Picture the page that a user meets after the password. The set-up is not finished."""

        def take() -> None:
            page = self._logged_in(account_url, user, password)
            page.locator("#kc-totp-secret-qr-code").wait_for()
            self._take(page, "set-up")

        self._try("the set-up page", take)

    def _logged_in(self, url: str, user: str, password: str) -> "Page":
        page = self._browser.new_context(locale="en-US").new_page()
        page.set_default_timeout(_WAIT_MS)
        page.goto(url)
        page.locator("#username").fill(user)
        if not page.locator("#password").is_visible():
            # A realm with organizations asks for the username alone first.
            page.locator("#kc-login").click()
        page.locator("#password").fill(password)
        page.locator("#kc-login").click()
        return page

    def _take(self, page: "Page", name: str) -> None:
        page.wait_for_load_state("networkidle")
        file = self._folder / f"{name}.png"
        page.screenshot(path=file, full_page=True)
        self.taken.append(file)

    def _try(self, what: str, take: Callable[[], None]) -> None:
        from playwright.sync_api import Error  # noqa: PLC0415 - of the extra `demo`

        try:
            take()
        except Error as error:
            said = f"No picture of {what}: {error.message.splitlines()[0]}"
            self.notes.append(WarningCode.PICTURE_MISSING.says(said))


@contextmanager
def open_camera(folder: Path) -> Iterator[Camera]:
    """A camera that saves its pictures into a folder, which is made where it is missing.

    Only where `why_none` says nothing.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - of the extra `demo`

    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(FLAGS))
        try:
            yield Camera(browser, folder)
        finally:
            browser.close()
