"""The table of users, and what is done for one of them."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.extension.logins import add_app, login_window, page_after_password, with_password
from tests.extension.page.address import keep, opened
from tests.integration.realms import MakeRealm, Realm, otp_credential, people, permit
from tests.mail import Mailbox

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.login.pages import Done, OtpForm, SetUpTotp
from keycloak_2fa.timestamps import today

pytestmark = pytest.mark.slow

__all__ = ["login_window"]


def names(page: Page) -> Locator:
    return page.locator("#users td:first-child")


def open_user(page: Page, name: str) -> Locator:
    """The dialog of a user of the table."""
    page.get_by_role("button", name=name, exact=True).click()
    dialog = page.get_by_role("dialog", name=name)
    expect(dialog).to_be_visible()
    return dialog


def action(dialog: Locator, title: str) -> Locator:
    """A part of it, opened."""
    dialog.get_by_text(title, exact=True).first.click()
    return dialog.locator("details[open]")


def test_it_lists_everybody_by_username(page: Page) -> None:
    expect(names(page)).to_have_text(["alice", "asked", "bob", "enrolled"])
    expect(page.locator("#users tr").nth(1)).to_contain_text("Set-up pending")
    expect(page.locator("#users tr").nth(3)).to_contain_text("Enrolled")


def test_it_shows_those_of_one_standing(page: Page) -> None:
    page.get_by_role("combobox").select_option("uncovered")
    expect(names(page)).to_have_text(["alice", "bob"])


@pytest.mark.parametrize("text", ["LIC", "alice@example", " alice "])
def test_it_finds_a_user(page: Page, text: str) -> None:
    page.get_by_label("Username, email or name").fill(text)
    expect(names(page)).to_have_text(["alice"])


@pytest.mark.parametrize("text", ["%", "a_ice", "nobody"])
def test_what_was_typed_stands_for_itself(page: Page, text: str) -> None:
    page.get_by_label("Username, email or name").fill(text)
    expect(page.locator("#users-empty")).to_be_visible()


def test_it_goes_from_page_to_page(look: Callable[..., Page], make_realm: MakeRealm) -> None:
    page = look(make_realm(*people(45)))
    first = names(page).all_inner_texts()
    page.get_by_role("button", name="Next page").click()
    expect(page.locator("#users-said")).to_have_text("20 users on page 2")
    second = names(page).all_inner_texts()
    page.get_by_role("button", name="Next page").click()
    expect(page.locator("#users-said")).to_have_text("5 users on page 3")
    expect(page.get_by_role("button", name="Next page")).to_be_disabled()
    third = names(page).all_inner_texts()
    assert len({*first, *second, *third}) == 45
    page.get_by_role("button", name="Previous page").click()
    expect(names(page)).to_have_text(second)


def test_a_lost_device(page: Page, realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    # Given a user whose next login asks for a code
    assert isinstance(page_after_password(keycloak, realm, "enrolled"), OtpForm)
    # When an admin resets them, and says why and by which ticket
    dialog = open_user(page, "enrolled")
    form = action(dialog, "Reset 2FA")
    form.get_by_label("Reason").fill("Phone stolen")
    form.get_by_label("Ticket").fill("HD-4711")
    keep(page, "reset")
    form.get_by_role("button", name="Reset 2FA").click()
    # Then it is said and seen
    expect(dialog).to_contain_text("2FA was reset.")
    dialog.get_by_role("button", name="Close").click()
    expect(page.locator("#users tr").nth(3)).to_contain_text("Set-up pending")
    # And the user's next login sets up a new device
    assert isinstance(page_after_password(keycloak, realm, "enrolled"), SetUpTotp)


def test_an_exemption_is_given_and_ended(page: Page, realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    # When an admin exempts somebody
    dialog = open_user(page, "asked")
    form = action(dialog, "Exempt")
    form.get_by_label("Reason").fill("Break glass")
    form.get_by_label("Approver").fill("CISO")
    form.get_by_label("Last day").fill(today().isoformat())
    form.get_by_role("button", name="Exempt").click()
    expect(dialog).to_contain_text("The user is exempt.")
    dialog.get_by_role("button", name="Close").click()
    # Then it is seen, among those who are exempt
    page.get_by_role("combobox").select_option("exempt")
    expect(names(page)).to_have_text(["asked"])
    assert isinstance(page_after_password(keycloak, realm, "asked"), Done)
    # When it is ended
    dialog = open_user(page, "asked")
    expect(dialog).to_contain_text("Break glass")
    expect(dialog).to_contain_text("CISO")
    action(dialog, "End the exemption").get_by_role("button").click()
    expect(dialog).to_contain_text("The exemption has ended.")
    dialog.get_by_role("button", name="Close").click()
    expect(page.locator("#users-empty")).to_be_visible()


def test_a_day_that_is_over_is_refused_before_it_is_sent(page: Page) -> None:
    form = action(open_user(page, "alice"), "Exempt")
    form.get_by_label("Last day").fill("2020-01-01")
    assert not form.get_by_label("Last day").evaluate("field => field.checkValidity()")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


def test_the_set_up_mail_is_sent_again(page: Page, realm: Realm, mailbox: Mailbox) -> None:
    realm.admin.update_realm(realm.name, {"smtpServer": mailbox.settings})
    dialog = open_user(page, "alice")
    action(dialog, "Send the set-up mail").get_by_role("button").click()
    expect(dialog).to_contain_text("The mail was sent.", timeout=30_000)
    assert len(mailbox.letters("alice@example.org")) == 1
    assert "Verify Email" not in mailbox.text("alice@example.org")


def test_it_verifies_the_address_where_the_realm_asks_for_that(page: Page, realm: Realm, mailbox: Mailbox) -> None:
    realm.admin.update_realm(realm.name, {"smtpServer": mailbox.settings, "verifyEmail": True})
    dialog = open_user(page, "alice")
    action(dialog, "Send the set-up mail").get_by_role("button").click()
    expect(dialog).to_contain_text("The mail was sent.", timeout=30_000)
    assert len(mailbox.letters("alice@example.org")) == 1
    assert "Verify Email" in mailbox.text("alice@example.org")


def test_a_mail_that_cannot_be_sent_is_told(page: Page) -> None:
    dialog = open_user(page, "alice")
    action(dialog, "Send the set-up mail").get_by_role("button").click()
    expect(dialog.locator("#user-said")).to_contain_text("mail", timeout=30_000)
    expect(dialog).not_to_contain_text("The mail was sent.")


def test_who_may_only_look_is_refused_by_the_server(as_user: Callable[..., Page]) -> None:
    page = as_user("view-realm", "view-users")
    dialog = open_user(page, "boss")
    expect(dialog.get_by_text("Exempt", exact=True)).to_have_count(0)
    form = action(dialog, "Reset 2FA")
    form.get_by_label("Reason").fill("r")
    form.get_by_role("button", name="Reset 2FA").click()
    expect(dialog).to_contain_text("Your account may not do this")


def test_the_help_desk_sees_and_resets_its_own_users_alone(
    window: Page, keycloak: EmbeddedKeycloak, make_realm: MakeRealm
) -> None:
    # Given fine-grained permissions: the help desk views and manages one user, and may ask for users
    realm = make_realm(
        with_password("helper", clientRoles={"realm-management": ["query-users"]}),
        with_password("theirs", credentials=[otp_credential()]),
        with_password("other"),
        adminPermissionsEnabled=True,
    )
    add_app(realm)
    permit(realm, "helper", "theirs", ["view", "manage"])
    # When the helper opens the page
    window.goto(f"{keycloak.url}/realms/{realm.name}/two-factor/")
    window.locator("#username").fill("helper")
    window.locator("#password").fill("helper-pw")
    window.locator("#kc-login").click()
    opened(window)
    # Then they see that user and nobody else, and no figures
    expect(names(window)).to_have_text(["theirs"])
    expect(window.locator("#known")).to_be_hidden()
    # And can reset them
    dialog = open_user(window, "theirs")
    form = action(dialog, "Reset 2FA")
    form.get_by_label("Reason").fill("Phone lost")
    form.get_by_role("button", name="Reset 2FA").click()
    expect(dialog).to_contain_text("2FA was reset.")
    assert realm.user("theirs")["totp"] is False
