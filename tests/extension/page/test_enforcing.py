"""From the button to the user's first login with a code; and a run that goes on whatever happens to the page."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from tests.extension.logins import login_window
from tests.extension.page.address import keep, opened
from tests.integration.realms import MakeRealm, Realm
from tests.ldap import Ldap

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import Done, SetUpTotp
from keycloak_2fa.login.pages import expect as must_be

ENFORCING = {"name": "two-factor-enforcement", "attributes": {"state": ["ENFORCING"]}}


def dialog(page: Page) -> Page:
    """The dialog that the button opens."""
    page.get_by_role("button", name="Enforce", exact=True).click()
    expect(page.get_by_role("dialog", name="Enforce 2FA?")).to_be_visible()
    return page


def enforce(page: Page) -> None:
    dialog(page).get_by_role("button", name="Enforce 2FA").click()


def is_on(page: Page) -> None:
    expect(page.locator("#state")).to_have_text("2FA is currently set to: ON", timeout=30_000)


def test_it_says_the_state_in_words(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Security (2FA)")
    expect(page.locator("#state")).to_have_text("2FA is currently set to: OFF")


def test_it_shows_how_many_stand_where(page: Page) -> None:
    said = ["Enrolled1", "Set-up at the next login1", "Not covered2", "Exempt0"]
    for row, text in zip(page.locator(".chart li").all(), said, strict=True):
        expect(row).to_contain_text(text)
    expect(page.locator("#chart")).to_contain_text("4 users in all")


def test_the_dialog_warns_and_cancel_changes_nothing(page: Page, realm: Realm) -> None:
    # When the admin presses the button, then a dialog says what it means, and the harmless way on is the first
    opened = dialog(page).get_by_role("dialog")
    expect(opened).to_contain_text("one-time action that cannot be reverted")
    expect(opened).to_contain_text("2 users of realm")
    expect(opened.get_by_role("button", name="Cancel")).to_be_focused()
    # When they press Cancel
    opened.get_by_role("button", name="Cancel").click()
    # Then they are back at the button, and nothing was written
    expect(page.get_by_role("button", name="Enforce", exact=True)).to_be_focused()
    assert not realm.has_mark()


def test_escape_closes_the_dialog(page: Page, realm: Realm) -> None:
    dialog(page).keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert not realm.has_mark()


@pytest.mark.slow
def test_the_dialog_names_the_otp_policy_that_changes(look: Callable[..., Page], make_realm: MakeRealm) -> None:
    realm = make_realm(otpPolicyType="totp", otpPolicyAlgorithm="HmacSHA256", otpPolicyDigits=8, otpPolicyPeriod=30)
    opened = dialog(look(realm)).get_by_role("dialog")
    expect(opened).to_contain_text(
        "becomes TOTP, HmacSHA1, 6 digits, 30 seconds. It is TOTP, HmacSHA256, 8 digits, 30 seconds now."
    )


def test_the_dialog_names_clients_whose_direct_grants_break(page: Page, realm: Realm) -> None:
    realm.post("clients", {"clientId": "legacy-cli", "publicClient": True, "directAccessGrantsEnabled": True})
    opened = dialog(page).get_by_role("dialog")
    expect(opened).to_contain_text("direct access grants need the parameter totp")
    expect(opened).to_contain_text("legacy-cli")


@pytest.mark.slow
def test_the_dialog_names_users_who_cannot_be_asked(look: Callable[..., Page], make_realm: MakeRealm) -> None:
    with Ldap("lena") as directory:
        realm = make_realm()
        realm.post("components", directory.storage(imports=False))
        opened = dialog(look(realm)).get_by_role("dialog")
        expect(opened).to_contain_text("1 user cannot be asked")
        expect(opened).to_contain_text("lena")


@pytest.mark.slow
def test_who_may_only_look_has_no_live_button_and_is_told_why(as_user: Callable[..., Page]) -> None:
    page = as_user("view-realm", "view-users")
    expect(page.get_by_role("button", name="Enforce", exact=True)).to_be_disabled()
    expect(page.locator("#may-not")).to_contain_text("needs manage-realm and manage-users of realm")


@pytest.mark.slow
def test_who_may_enforce_can_also_without_view_clients(as_user: Callable[..., Page]) -> None:
    page = dialog(as_user("manage-realm", "manage-users"))
    expect(page.get_by_role("dialog")).to_contain_text("Your account lacks view-clients")
    page.get_by_role("button", name="Enforce 2FA").click()
    is_on(page)


def test_enforcing_by_keyboard_alone(page: Page, realm: Realm) -> None:
    # When an admin goes to the button, and in the dialog to the other one
    page.get_by_role("button", name="Enforce", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Enforce 2FA?")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Enforce 2FA")).to_be_focused()
    page.keyboard.press("Enter")
    # Then 2FA is ON, in words and in figures, and for good
    is_on(page)
    expect(page.locator("#said")).to_have_text("2FA is enforced. 2 more users must set it up at the next login.")
    expect(page.locator(".chart li").nth(1)).to_contain_text("Set-up at the next login3")
    expect(page.get_by_role("button", name="Enforce", exact=True)).to_be_hidden()
    expect(page.locator("#state")).to_be_focused()
    # And on the server
    assert realm.marked() == {"alice", "bob", "asked"}


def test_from_the_button_to_the_first_login_with_a_code(page: Page, realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    # Given an admin who enforces
    enforce(page)
    is_on(page)
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
    expect(page.locator(".chart li").first).to_contain_text("Enrolled2")


def test_who_comes_later_sees_it_on_without_a_button(page: Page) -> None:
    enforce(page)
    is_on(page)
    opened(page)
    page.reload()
    expect(page.locator("#since")).to_contain_text("by admin")
    expect(page.get_by_role("button", name="Enforce", exact=True)).to_be_hidden()


@pytest.mark.slow
def test_times_have_a_zone(look: Callable[..., Page]) -> None:
    page = look(timezone_id="America/New_York")
    enforce(page)
    expect(page.locator("#since")).to_contain_text(re.compile(r" E[SD]T, by admin$"), timeout=30_000)


@pytest.mark.slow
@pytest.mark.parametrize("status", [409, 502, 504])
def test_an_answer_of_a_proxy_or_of_another_run_is_not_the_end(page: Page, status: int) -> None:
    # Given a proxy that lets the request through and loses its answer, or somebody else who was faster
    def lose(route: Route) -> None:
        route.fetch()
        route.fulfill(status=status)

    page.route("**/two-factor/enforce", lose)
    # When an admin enforces
    enforce(page)
    # Then the page follows the run all the same
    is_on(page)
    expect(page.locator("#problem")).to_be_hidden()


@pytest.mark.slow
def test_a_refusal_is_told(page: Page, realm: Realm) -> None:
    refusal = {"error": "totp-provider-absent", "errorMessage": "Nobody could enrol."}
    page.route("**/two-factor/enforce", lambda route: route.fulfill(status=400, json=refusal))
    enforce(page)
    expect(page.get_by_role("alert")).to_contain_text("Nobody could enrol.")
    assert not realm.has_mark()


PROGRESS = "**/two-factor/progress"


def run_of(page: Page, done: int) -> list[bool]:
    """A run that the page sees at so many of 5,000 users, until the list that it gives is empty."""
    left = [True]

    def answer(route: Route) -> None:
        if left:
            route.fulfill(json={"done": done, "total": 5000})
        else:
            route.continue_()

    page.route(PROGRESS, answer)
    return left


@pytest.mark.slow
def test_it_shows_how_far_a_run_is_also_after_a_reload(page: Page, realm: Realm) -> None:
    # Given a run that is under way
    realm.post("roles", ENFORCING)
    left = run_of(page, 1234)
    # When an admin opens the page again
    page.reload()
    # Then it says how far the run is
    expect(page.locator("#progress-text")).to_have_text("1,234 of 5,000 users")
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "24")
    expect(page.get_by_role("button", name="Finish enforcing")).to_be_disabled()
    keep(page, "progress")
    # When the run ends without ON
    left.clear()
    # Then the page says so, and offers to finish it
    expect(page.get_by_role("button", name="Finish enforcing")).to_be_enabled(timeout=30_000)
    expect(page.locator("#said")).to_contain_text("Enforcement is not finished.")
    expect(page.get_by_role("progressbar")).to_be_hidden()


@pytest.mark.slow
def test_a_server_that_does_not_answer_for_a_while_is_waited_for(page: Page, realm: Realm) -> None:
    realm.post("roles", ENFORCING)
    left = run_of(page, 1)
    page.reload()
    expect(page.locator("#progress-text")).to_have_text("1 of 5,000 users")
    # When the server is away
    away = "**/admin/realms/**"
    page.route(away, lambda route: route.fulfill(status=503))
    expect(page.locator("#progress-lost")).to_be_visible()
    # Then the page goes on once it is back
    page.unroute(away)
    left.clear()
    expect(page.locator("#said")).to_contain_text("Enforcement is not finished.", timeout=40_000)
    expect(page.locator("#problem")).to_be_hidden()


@pytest.mark.slow
def test_who_could_not_be_marked_is_named(page: Page, realm: Realm) -> None:
    # Given a realm with twelve people whom only a directory knows
    with Ldap(*(f"lena{number:02}" for number in range(12))) as directory:
        realm.post("components", directory.storage(imports=False))
        # When an admin enforces
        enforce(page)
        # Then ten of them are named with the reason, and the rest counted
        listed = page.locator("#outcome").get_by_role("listitem")
        expect(listed).to_have_count(11, timeout=30_000)
        expect(listed.first).to_contain_text("lena00: ")
        expect(listed.last).to_have_text("and 2 more")
        expect(page.locator("#state")).to_have_text("2FA is currently set to: ENFORCING")
        # And the table says whose users it does not list
        expect(page.locator("#users-left-out")).to_contain_text("not kept in Keycloak")
        keep(page, "failures")
