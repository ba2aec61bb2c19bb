"""Mails that were sent before 2FA was enforced and are opened after it, in a real browser."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from keycloak import KeycloakAdmin
from playwright.sync_api import Page, expect
from tests.mail import Mailbox
from tests.server import Keycloak

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.enforcement import preflight
from keycloak_2fa.enforcement.enforce import enforce
from keycloak_2fa.invitations import inviting
from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.settings import AdminUser, ConnectionSettings

pytestmark = pytest.mark.loopback

Scan = Callable[[Page], Authenticator]

REALM = "lp-invitations"
ORGANIZATION = "acme"
STRANGERS = ["stranger-1@example.org", "stranger-2@example.org"]
MEMBER_TO_BE = "user@example.org"
WITHOUT_PASSWORD = ["old-1@example.org", "old-2@example.org"]
NEW_USER = "new-user@example.org"
PASSWORD = "correct horse"

HEADING = "#kc-page-title"
SET_UP = "Mobile Authenticator Setup"


@pytest.fixture(scope="module")
def realm(keycloak: Keycloak, mailbox: Mailbox) -> Iterator[KeycloakAdmin]:
    """The admin of a realm where everybody above was mailed, and that was enforced afterwards."""
    admin = KeycloakAdmin(
        server_url=keycloak.url, username=keycloak.username, password=keycloak.password, user_realm_name="master"
    )
    users = [
        {"username": email, "email": email, "firstName": "Some", "lastName": "Person", "enabled": True}
        for email in (MEMBER_TO_BE, *WITHOUT_PASSWORD)
    ]
    users[0]["credentials"] = [{"type": "password", "value": PASSWORD}]
    admin.create_realm(
        {
            "realm": REALM,
            "enabled": True,
            "organizationsEnabled": True,
            "smtpServer": mailbox.settings,
            "users": users,
        }
    )
    admin.change_current_realm(REALM)
    admin.create_organization({"name": "Acme Inc", "alias": ORGANIZATION, "domains": [{"name": "acme.example.org"}]})
    caller = AdminUser(keycloak.username, keycloak.password)
    api = AdminApi(ConnectionSettings(keycloak.url, REALM, "master", caller))
    for email in (*STRANGERS, MEMBER_TO_BE):
        inviting.send(api, email, ORGANIZATION)
    for email in WITHOUT_PASSWORD:
        # What the admin console sends where somebody is to choose a password.
        admin.send_update_account(admin.get_user_id(email), ["UPDATE_PASSWORD"])
    inviting.send(api, NEW_USER)
    # In a thread of its own, because Playwright's event loop may live in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(enforce, api, consent=preflight.CONSENT).result()
    yield admin
    admin.delete_realm(REALM)


@pytest.fixture
def open_mail(window: Page, realm: KeycloakAdmin, mailbox: Mailbox) -> Callable[[str], Page]:
    """Opens the link in somebody's mail, in a window without cookies."""

    def open_mail(to: str) -> Page:
        window.goto(mailbox.link(to))
        return window

    return open_mail


def register(window: Page, username: str) -> None:
    """Fills in the registration form; the invitation has filled in the address."""
    for field, value in {
        "username": username,
        "password": PASSWORD,
        "password-confirm": PASSWORD,
        "firstName": "New",
        "lastName": "Comer",
    }.items():
        window.locator(f"#{field}").fill(value)
    window.get_by_role("button", name="Register").click()


def proceed(window: Page) -> None:
    """Says yes to the page that a link in a mail leads to."""
    window.get_by_role("link", name="Click here to proceed").click()


def set_up(window: Page, phone: Authenticator) -> None:
    """Fills in the set-up page."""
    window.locator("#totp").fill(phone.code())
    window.locator("#userLabel").fill("My phone")
    window.locator("#saveTOTPBtn").click()


def members(realm: KeycloakAdmin) -> set[str]:
    [organization] = realm.get_organizations()
    return {member["email"] for member in realm.get_organization_members(organization["id"])}


class TestInvitedStranger:
    def test_who_registers_must_set_up_2fa(self, open_mail: Callable[[str], Page]) -> None:
        window = open_mail(STRANGERS[0])
        register(window, "stranger-1")
        expect(window.locator(HEADING)).to_have_text(SET_UP)

    @pytest.mark.slow
    def test_after_the_set_up_they_are_in(
        self, open_mail: Callable[[str], Page], scan: Scan, realm: KeycloakAdmin
    ) -> None:
        window = open_mail(STRANGERS[1])
        register(window, "stranger-2")
        set_up(window, scan(window))
        window.wait_for_url(f"**/realms/{REALM}/account/**")
        assert STRANGERS[1] in members(realm)


def test_an_invited_user_who_accepts_must_set_up_2fa(open_mail: Callable[[str], Page]) -> None:
    window = open_mail(MEMBER_TO_BE)
    proceed(window)
    expect(window.locator(HEADING)).to_have_text(SET_UP)


class TestOldPasswordLink:
    def test_it_leads_to_2fa_first(self, open_mail: Callable[[str], Page]) -> None:
        window = open_mail(WITHOUT_PASSWORD[0])
        proceed(window)
        expect(window.locator(HEADING)).to_have_text(SET_UP)

    @pytest.mark.slow
    def test_the_password_comes_after_it(self, open_mail: Callable[[str], Page], scan: Scan) -> None:
        window = open_mail(WITHOUT_PASSWORD[1])
        proceed(window)
        set_up(window, scan(window))
        expect(window.locator(HEADING)).to_have_text("Update password")


@pytest.mark.slow
def test_our_set_up_mail_leads_through_2fa_and_the_password(
    open_mail: Callable[[str], Page], scan: Scan, realm: KeycloakAdmin
) -> None:
    # given the mail that `kc2fa invitations send` sent
    window = open_mail(NEW_USER)
    proceed(window)
    # when its steps are done, and what the user profile still wants is given
    set_up(window, scan(window))
    window.locator("#password-new").fill(PASSWORD)
    window.locator("#password-confirm").fill(PASSWORD)
    window.get_by_role("button", name="Submit").click()
    window.locator("#firstName").fill("New")
    window.locator("#lastName").fill("Comer")
    window.get_by_role("button", name="Submit").click()
    expect(window.get_by_text("Your account has been updated.").first).to_be_visible()
    # then the user has both, and opening the mail has verified the address
    user = realm.get_user(realm.get_user_id(NEW_USER))
    kinds = {credential["type"] for credential in realm.get_credentials(user["id"])}
    assert (kinds, user["emailVerified"]) == ({"otp", "password"}, True)
