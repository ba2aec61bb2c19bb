"""The Security page in a real browser: from the button to the user's first login with a code."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, Route, StorageState, expect
from tests.browser.conftest import chromium, window
from tests.extension.logins import add_app, login_window, with_password
from tests.integration.realms import MakeRealm, Realm, otp_credential
from tests.ldap import Ldap

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.api.endpoints import segment
from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import Done, SetUpTotp
from keycloak_2fa.login.pages import expect as must_be

__all__ = ["chromium", "window"]


@pytest.fixture
def realm(make_realm: MakeRealm) -> Realm:
    """A realm that is OFF, with one of each standing."""
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
    """The cookies of the master realm's admin, who has logged in to the admin console."""
    with chromium.new_context(locale="en-US") as context:
        window = context.new_page()
        window.goto(f"{keycloak.url}/admin/master/console/")
        window.locator("#username").fill(keycloak.username)
        window.locator("#password").fill(keycloak.password)
        window.locator("#kc-login").click()
        window.get_by_role("main").wait_for()
        return context.storage_state()


@pytest.fixture
def admins_window(chromium: Browser, admins_session: StorageState) -> Iterator[Page]:
    """A window of an admin who is logged in to the admin console of the realm master."""
    with chromium.new_context(locale="en-US", storage_state=admins_session) as context:
        yield context.new_page()


@pytest.fixture
def page(admins_window: Page, keycloak: EmbeddedKeycloak, realm: Realm) -> Page:
    """The Security page of the realm, which a master admin looks at."""
    admins_window.goto(address(keycloak, realm.name))
    expect(admins_window.locator("#known")).to_be_visible()
    return admins_window


def address(keycloak: EmbeddedKeycloak, realm: str) -> str:
    return f"{keycloak.url}/realms/master/two-factor/?realm={segment(realm)}"


def keep(page: Page, name: str) -> None:
    """A screenshot for people, where KC2FA_SCREENSHOTS names a folder."""
    if folder := os.environ.get("KC2FA_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_it_says_the_state_in_words(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Security (2FA)")
    expect(page.locator("#state")).to_have_text("2FA is currently set to: OFF")
    keep(page, "off")


def test_it_shows_how_many_stand_where(page: Page) -> None:
    said = "1 enrolled, 1 asked at the next login, 2 not asked"
    expect(page.get_by_role("img", name=said)).to_be_visible()
    expect(page.locator("#legend li")).to_have_text([*said.split(", "), "4 in all"])
    expect(page.locator("#invitations")).to_have_text("0")


def test_the_dialog_warns_and_cancel_changes_nothing(page: Page, realm: Realm) -> None:
    # When the admin presses the button
    page.get_by_role("button", name="Enforce", exact=True).click()
    dialog = page.get_by_role("dialog", name="Enforce 2FA?")
    # Then a dialog says what it means, and offers two ways on, the harmless one first
    expect(dialog).to_contain_text("one-time action that cannot be reverted")
    expect(dialog).to_contain_text("2 people")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    keep(page, "dialog")
    # When they press Cancel
    dialog.get_by_role("button", name="Cancel").click()
    # Then they are back at the button, and nothing was written
    expect(page.get_by_role("button", name="Enforce", exact=True)).to_be_focused()
    assert not realm.has_mark()


def test_the_dialog_names_the_otp_policy_that_changes(
    admins_window: Page, keycloak: EmbeddedKeycloak, make_realm: MakeRealm
) -> None:
    # Given a realm whose codes have 8 digits
    realm = make_realm(otpPolicyType="totp", otpPolicyAlgorithm="HmacSHA256", otpPolicyDigits=8, otpPolicyPeriod=30)
    admins_window.goto(address(keycloak, realm.name))
    # When the dialog opens
    admins_window.get_by_role("button", name="Enforce", exact=True).click()
    # Then it says what the policy becomes, and what it is
    dialog = admins_window.get_by_role("dialog", name="Enforce 2FA?")
    expect(dialog).to_contain_text("The OTP policy becomes TOTP, HmacSHA1, 6 digits, 30 seconds.")
    expect(dialog).to_contain_text("It is TOTP, HmacSHA256, 8 digits, 30 seconds now.")
    keep(admins_window, "dialog-policy")


def test_the_dialog_names_an_otp_policy_that_stays(page: Page) -> None:
    page.get_by_role("button", name="Enforce", exact=True).click()
    dialog = page.get_by_role("dialog", name="Enforce 2FA?")
    expect(dialog).to_contain_text("The OTP policy stays TOTP, HmacSHA1, 6 digits, 30 seconds.")


def test_the_dialog_names_clients_whose_direct_grants_break(page: Page, realm: Realm) -> None:
    realm.post("clients", {"clientId": "legacy-cli", "publicClient": True, "directAccessGrantsEnabled": True})
    page.get_by_role("button", name="Enforce", exact=True).click()
    dialog = page.get_by_role("dialog", name="Enforce 2FA?")
    expect(dialog).to_contain_text("Logins by direct access grant will fail for users without OTP")
    expect(dialog.locator("#confirm-grants")).to_contain_text("legacy-cli")


@pytest.fixture
def as_user(chromium: Browser, keycloak: EmbeddedKeycloak, make_realm: MakeRealm) -> Iterator[Callable[..., Page]]:
    """The Security page of a realm, which a user of it with some admin roles looks at."""
    with ExitStack() as opened:

        def look(*roles: str) -> Page:
            realm = make_realm(with_password("boss", clientRoles={"realm-management": list(roles)}))
            window = opened.enter_context(chromium.new_context(locale="en-US")).new_page()
            window.goto(f"{keycloak.url}/realms/{realm.name}/two-factor/")
            with window.expect_popup() as popup:
                window.get_by_role("button", name="Log in").click()
            log_in(popup.value, "boss", "boss-pw")
            return window

        yield look


def log_in(window: Page, username: str, secret: str) -> None:
    window.locator("#username").fill(username)
    window.locator("#password").fill(secret)
    window.locator("#kc-login").click()


def test_after_the_login_the_window_beside_closes_and_the_page_goes_on(as_user: Callable[..., Page]) -> None:
    # When somebody logs in by the page's button
    page = as_user("view-realm", "view-users")
    # Then the page shows the realm, and is the only window left
    expect(page.locator("#state")).to_have_text("2FA is currently set to: OFF")
    expect(page.get_by_role("button", name="Log in")).to_be_hidden()
    assert len(page.context.pages) == 1


def test_who_may_only_look_has_no_live_button_and_is_told_why(as_user: Callable[..., Page]) -> None:
    page = as_user("view-realm", "view-users")
    expect(page.get_by_role("button", name="Enforce", exact=True)).to_be_disabled()
    expect(page.locator("#may-not")).to_contain_text("needs manage-realm and manage-users of realm")
    keep(page, "viewer")


def test_who_may_enforce_has_a_live_button_also_without_view_clients(as_user: Callable[..., Page]) -> None:
    page = as_user("manage-realm", "manage-users")
    page.get_by_role("button", name="Enforce", exact=True).click()
    expect(page.locator("#confirm-grants")).to_contain_text("your account lacks view-clients")
    page.get_by_role("button", name="Enforce 2FA").click()
    expect(page.locator("#state")).to_have_text("2FA is currently set to: ON")


def test_who_closes_the_login_can_begin_it_again(window: Page, keycloak: EmbeddedKeycloak, realm: Realm) -> None:
    window.goto(address(keycloak, realm.name))
    with window.expect_popup() as popup:
        window.get_by_role("button", name="Log in").click()
    popup.value.close()
    expect(window.get_by_role("alert")).to_contain_text("not logged in")
    expect(window.get_by_role("button", name="Log in")).to_be_visible()


def test_times_have_a_zone(
    chromium: Browser, admins_session: StorageState, keycloak: EmbeddedKeycloak, realm: Realm
) -> None:
    # Given an admin in New York
    with chromium.new_context(locale="en-US", timezone_id="America/New_York", storage_state=admins_session) as context:
        page = context.new_page()
        page.goto(address(keycloak, realm.name))
        page.get_by_role("button", name="Enforce", exact=True).click()
        page.get_by_role("button", name="Enforce 2FA").click()
        # Then the time of the enforcement is theirs, and says so
        expect(page.locator("#since time")).to_have_text(re.compile(r" E[SD]T$"))
        expect(page.locator("#since time")).to_have_attribute("datetime", re.compile(r"Z$"))


def test_escape_closes_the_dialog(page: Page, realm: Realm) -> None:
    page.get_by_role("button", name="Enforce", exact=True).click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert not realm.has_mark()


def test_enforcing_by_keyboard_alone(page: Page, realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    # When an admin goes to the button, and in the dialog to the other one
    page.get_by_role("button", name="Enforce", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Enforce 2FA?")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Enforce 2FA")).to_be_focused()
    page.keyboard.press("Enter")
    # Then 2FA is ON, in words, in figures, and for good
    expect(page.locator("#state")).to_have_text("2FA is currently set to: ON")
    expect(page.locator("#done")).to_have_text("Marked now: 2 people.")
    expect(page.locator("#legend li").nth(1)).to_have_text("3 asked at the next login")
    expect(page.get_by_role("button", name="Enforce", exact=True)).to_be_hidden()
    keep(page, "on")
    # And on the server
    assert realm.marked() == {"alice", "bob", "asked"}


def test_from_the_button_to_the_first_login_with_a_code(page: Page, realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    # Given an admin who enforces
    page.get_by_role("button", name="Enforce", exact=True).click()
    page.get_by_role("button", name="Enforce 2FA").click()
    expect(page.locator("#state")).to_have_text("2FA is currently set to: ON")
    # When a user logs in, they set up their phone
    with login_window(keycloak, realm) as first:
        set_up = first.submit_password(first.open(), "alice", "alice-pw")
        phone = Authenticator.typed(must_be(set_up, SetUpTotp).secret)
        must_be(first.set_up_totp(set_up, phone.code(), "Phone"), Done)
    # Then the next login is password and code, and the page counts them as enrolled
    with login_window(keycloak, realm) as second:
        asked = second.submit_password(second.open(), "alice", "alice-pw")
        must_be(second.enter_code(asked, phone.fresh_code()), Done)
    page.reload()
    expect(page.locator("#legend li").first).to_have_text("2 enrolled")


def test_who_comes_later_sees_it_on_without_a_button(page: Page) -> None:
    page.get_by_role("button", name="Enforce", exact=True).click()
    page.get_by_role("button", name="Enforce 2FA").click()
    expect(page.locator("#state")).to_have_text("2FA is currently set to: ON")
    page.reload()
    expect(page.locator("#since")).to_contain_text("by admin")
    expect(page.get_by_role("button", name="Enforce", exact=True)).to_be_hidden()


def test_it_shows_how_far_a_run_is(page: Page, realm: Realm) -> None:
    # Given a run that is under way, with two of four users still to be asked
    realm.post("roles", {"name": "two-factor-enforcement", "attributes": {"state": ["ENFORCING"]}})
    held: list[Route] = []
    page.route("**/two-factor/enforce", lambda route: held.append(route))  # noqa: PLW0108  # Playwright wants a function
    page.get_by_role("button", name="Enforce", exact=True).click()
    page.get_by_role("button", name="Enforce 2FA").click()
    # Then the page says so while it waits
    expect(page.locator("#done")).to_have_text("Enforcing … 2 of 4 people")
    expect(page.get_by_role("progressbar")).to_be_visible()
    # When it ends, so does that
    held[0].continue_()
    expect(page.locator("#state")).to_have_text("2FA is currently set to: ON")
    expect(page.get_by_role("progressbar")).to_be_hidden()


def test_who_could_not_be_marked_is_named(page: Page, realm: Realm) -> None:
    # Given a realm with twelve people whom only a directory knows
    with Ldap(*(f"lena{number:02}" for number in range(12))) as directory:
        realm.post("components", directory.storage(imports=False))
        # When an admin enforces
        page.get_by_role("button", name="Enforce", exact=True).click()
        page.get_by_role("button", name="Enforce 2FA").click()
        # Then ten of them are named with the reason, and the rest counted
        listed = page.get_by_role("region", name="Could not be marked").get_by_role("listitem")
        expect(listed).to_have_count(11)
        expect(listed.first).to_contain_text("lena00: The user is read-only.")
        expect(listed.last).to_have_text("and 2 more")
        expect(page.locator("#state")).to_have_text("2FA is currently set to: ENFORCING")
        expect(page.locator("#done")).to_have_text("Marked now: 2 people.")
        keep(page, "failures")


def test_the_picture_follows_the_systems_colours(page: Page) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) != light
    keep(page, "dark")


def test_nothing_comes_from_elsewhere(admins_window: Page, keycloak: EmbeddedKeycloak, realm: Realm) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    admins_window.on("request", lambda request: asked.append(request.url))
    admins_window.on("console", lambda message: complaints.append(message.text))
    admins_window.goto(address(keycloak, realm.name))
    expect(admins_window.locator("#known")).to_be_visible()
    assert [url for url in asked if not url.startswith(f"{keycloak.url}/")] == []
    assert [each for each in complaints if "Content Security Policy" in each] == []


def test_who_is_not_logged_in_is_told_so(window: Page, keycloak: EmbeddedKeycloak, realm: Realm) -> None:
    window.goto(address(keycloak, realm.name))
    expect(window.get_by_role("alert")).to_contain_text("not logged in")
    expect(window.get_by_role("button", name="Log in")).to_be_visible()
    expect(window.locator("#known")).to_be_hidden()


def test_an_unknown_realm_is_told(admins_window: Page, keycloak: EmbeddedKeycloak) -> None:
    admins_window.goto(address(keycloak, "nowhere <b>"))
    expect(admins_window.get_by_role("alert")).to_contain_text("There is no realm nowhere <b> here")


@pytest.mark.parametrize("file", ["", "page.js", "page.css"])
def test_its_headers_are_strict(keycloak: EmbeddedKeycloak, file: str) -> None:
    headers = requests.get(f"{keycloak.url}/realms/master/two-factor/{file}", timeout=30).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert (headers["X-Frame-Options"], headers["X-Content-Type-Options"]) == ("DENY", "nosniff")


@pytest.mark.parametrize("path", ["realms/nowhere/two-factor/", "realms/master/two-factor/page.html"])
def test_what_is_not_there_is_404(keycloak: EmbeddedKeycloak, path: str) -> None:
    assert requests.get(f"{keycloak.url}/{path}", timeout=30).status_code == 404


def test_a_realm_of_an_odd_name_has_its_page(make_realm: MakeRealm, keycloak: EmbeddedKeycloak) -> None:
    realm = make_realm(name="100% añ b.d")
    html = requests.get(f"{keycloak.url}/realms/{segment(realm.name)}/two-factor/", timeout=30).text
    assert 'data-realm="100% añ b.d"' in html
    assert 'src="/realms/100%25%20a%C3%B1%20b.d/two-factor/page.js"' in html
