"""What the end user of an enforced realm meets, in a real browser."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from keycloak_2fa.login.authenticator import Authenticator

if TYPE_CHECKING:
    from tests.browser.conftest import EnforcedRealm, Person

Scan = Callable[[Page], Authenticator]

HEADING = "#kc-page-title"
REFUSED = "Invalid authenticator code."


def expect_in_the_app(window: Page, realm: "EnforcedRealm") -> None:
    expect(window).to_have_title("The app")
    expect(window).to_have_url(re.compile(re.escape(realm.app_url) + r"\?.*code="))


class TestSetUpPage:
    def test_its_heading_is_mobile_authenticator_setup(self, set_up_page: Page) -> None:
        expect(set_up_page.locator(HEADING)).to_have_text("Mobile Authenticator Setup")

    def test_it_lists_exactly_the_three_apps(self, set_up_page: Page) -> None:
        # Keycloak's own order differs from one server process to the next.
        apps = set_up_page.locator("#kc-totp-supported-apps li").all_inner_texts()
        assert sorted(apps) == ["FreeOTP", "Google Authenticator", "Microsoft Authenticator"]

    def test_its_qr_code_gives_totp_with_sha1_6_digits_30_seconds(self, set_up_page: Page, scan: Scan) -> None:
        key = scan(set_up_page).key
        assert (key.digest().name, key.digits, key.interval) == ("sha1", 6, 30)

    def test_its_qr_code_names_the_realm_and_the_user(self, set_up_page: Page, scan: Scan, person: "Person") -> None:
        key = scan(set_up_page).key
        assert (key.issuer, key.name) == ("Acme & Co", person.username)

    def test_its_qr_code_holds_the_key_shown_to_those_who_cannot_scan(self, set_up_page: Page, scan: Scan) -> None:
        # given what the QR code holds
        secret = scan(set_up_page).key.secret
        # when the user asks for the key in letters
        set_up_page.get_by_text("Unable to scan?").click()
        # then it is the same
        shown = set_up_page.locator("#kc-totp-secret-key").inner_text()
        assert shown.replace(" ", "") == secret

    def test_a_wrong_code_is_refused_with_a_message(
        self, set_up_page: Page, scan: Scan, submit_set_up: Callable[[str, str], None]
    ) -> None:
        submit_set_up(scan(set_up_page).wrong_code(), "My phone")
        expect(set_up_page.locator("#input-error-otp-code")).to_have_text(REFUSED)

    def test_a_wrong_code_stores_nothing(
        self,
        set_up_page: Page,
        scan: Scan,
        submit_set_up: Callable[[str, str], None],
        person: "Person",
        devices_of: Callable[["Person"], list[str]],
    ) -> None:
        submit_set_up(scan(set_up_page).wrong_code(), "My phone")
        expect(set_up_page.locator("#input-error-otp-code")).to_be_visible()
        assert devices_of(person) == []

    def test_the_right_code_leads_into_the_app(
        self,
        set_up_page: Page,
        scan: Scan,
        submit_set_up: Callable[[str, str], None],
        enforced_realm: "EnforcedRealm",
    ) -> None:
        submit_set_up(scan(set_up_page).code(), "My phone")
        expect_in_the_app(set_up_page, enforced_realm)

    def test_the_device_is_stored_under_the_name_given(
        self,
        set_up_page: Page,
        scan: Scan,
        submit_set_up: Callable[[str, str], None],
        person: "Person",
        devices_of: Callable[["Person"], list[str]],
    ) -> None:
        submit_set_up(scan(set_up_page).code(), "My phone")
        expect(set_up_page).to_have_title("The app")
        assert devices_of(person) == ["My phone"]


class TestNextLogin:
    def test_it_asks_for_the_code_after_the_password(self, otp_form: Page) -> None:
        expect(otp_form.get_by_label("One-time code")).to_be_editable()

    def test_a_wrong_code_is_refused(
        self, otp_form: Page, submit_code: Callable[[str], None], phone: Authenticator
    ) -> None:
        submit_code(phone.wrong_code())
        expect(otp_form.locator("#input-error-otp")).to_have_text(REFUSED)

    def test_a_fresh_code_leads_into_the_app(
        self,
        otp_form: Page,
        submit_code: Callable[[str], None],
        phone: Authenticator,
        enforced_realm: "EnforcedRealm",
    ) -> None:
        submit_code(phone.fresh_code())
        expect_in_the_app(otp_form, enforced_realm)

    @pytest.mark.slow
    def test_a_used_code_is_refused(
        self,
        otp_form: Page,
        submit_code: Callable[[str], None],
        phone: Authenticator,
        person: "Person",
        log_in: Callable[["Person"], None],
    ) -> None:
        # given a login with a code
        code = phone.fresh_code()
        submit_code(code)
        expect(otp_form).to_have_title("The app")
        # when somebody who saw it logs in with the same
        otp_form.context.clear_cookies()
        log_in(person)
        submit_code(code)
        # then it is refused
        expect(otp_form.locator("#input-error-otp")).to_have_text(REFUSED)


class TestPasswordAlone:
    """Nothing but a code leads from the password into the app."""

    @pytest.fixture
    def come_again(self, window: Page, enforced_realm: "EnforcedRealm") -> Callable[[], None]:
        """Leaves the second step where it is, and comes from the app once more."""

        def come_again() -> None:
            window.goto(enforced_realm.login_url)

        return come_again

    def test_leaving_the_set_up_leads_back_to_the_password(
        self, set_up_page: Page, come_again: Callable[[], None]
    ) -> None:
        come_again()
        expect(set_up_page.locator("#password")).to_be_visible()

    def test_leaving_the_code_leads_back_to_the_password(self, otp_form: Page, come_again: Callable[[], None]) -> None:
        come_again()
        expect(otp_form.locator("#password")).to_be_visible()

    def test_an_empty_code_is_refused_in_the_set_up(
        self, set_up_page: Page, submit_set_up: Callable[[str, str], None]
    ) -> None:
        submit_set_up("", "My phone")
        expect(set_up_page.locator("#input-error-otp-code")).to_be_visible()

    def test_an_empty_code_is_refused_in_the_login(self, otp_form: Page, submit_code: Callable[[str], None]) -> None:
        submit_code("")
        expect(otp_form.locator("#input-error-otp")).to_be_visible()


class TestNewUsers:
    @pytest.mark.slow
    def test_who_registers_gets_the_set_up_page(self, window: Page, enforced_realm: "EnforcedRealm") -> None:
        # given the registration form
        window.goto(enforced_realm.login_url)
        window.get_by_role("link", name="Register").click()
        # when somebody registers
        for field, value in {
            "username": "newcomer",
            "password": "a new password",
            "password-confirm": "a new password",
            "email": "newcomer@example.org",
            "firstName": "New",
            "lastName": "Comer",
        }.items():
            window.locator(f"#{field}").fill(value)
        window.get_by_role("button", name="Register").click()
        # then 2FA comes before the app
        expect(window.locator(HEADING)).to_have_text("Mobile Authenticator Setup")

    def test_whom_an_admin_creates_gets_the_set_up_page(
        self,
        window: Page,
        enforced_realm: "EnforcedRealm",
        log_in: Callable[["Person"], None],
        person: "Person",
    ) -> None:
        # given a user made after the enforcement
        newcomer = replace(person, username="made-by-admin")
        enforced_realm.admin.create_user(
            {
                "username": newcomer.username,
                "email": "made-by-admin@example.org",
                "firstName": "New",
                "lastName": "Comer",
                "enabled": True,
                "credentials": [{"type": "password", "value": newcomer.password}],
            }
        )
        # when they log in
        log_in(newcomer)
        # then 2FA comes before the app
        expect(window.locator(HEADING)).to_have_text("Mobile Authenticator Setup")
