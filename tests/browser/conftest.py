"""A real browser before a real Keycloak whose realm is enforced."""

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import pytest
import zxingcpp
from keycloak import KeycloakAdmin
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.install import installed
from tests.server import Keycloak

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.enforcement import preflight
from keycloak_2fa.enforcement.enforce import enforce
from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import Done, SetUpTotp, expect
from keycloak_2fa.login.session import LoginSession
from keycloak_2fa.settings import AdminUser, ConnectionSettings

REALM = "lp-browser"
CLIENT = "app"
PASSWORD = "correct horse"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PEOPLE_BEFORE_ENFORCEMENT = 20
"""More than there are tests: each takes one."""


@dataclass(frozen=True)
class Person:
    id: str
    username: str
    password: str = PASSWORD


@dataclass(frozen=True)
class EnforcedRealm:
    """The realm after `enforce`, and its one app."""

    server_url: str
    admin: KeycloakAdmin
    app_url: str
    untouched: Iterator[Person]
    """People who were there before the enforcement and have not logged in since."""

    @property
    def login_url(self) -> str:
        """Where the app sends a user to."""
        query = {
            "client_id": CLIENT,
            "redirect_uri": self.app_url,
            "response_type": "code",
            "scope": "openid",
        }
        return f"{self.server_url}/realms/{REALM}/protocol/openid-connect/auth?{urlencode(query)}"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's own browser; module-wide, as asyncio cannot run beside Playwright in one thread."""
    path = installed()
    if path is None:
        pytest.fail("No Chromium: `apt-get install chromium`, or set KC2FA_CHROMIUM to one.", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser) -> Iterator[Page]:
    """A window without cookies."""
    context = chromium.new_context(locale="en-US")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


class _App(BaseHTTPRequestHandler):
    """What the user wants to get into."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>The app</title><h1>You are in the app</h1>")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the standard library's name
        pass


@pytest.fixture(scope="module")
def app_url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _App) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/callback"
        server.shutdown()


@pytest.fixture(scope="module")
def realm_with_people(keycloak: Keycloak, app_url: str) -> Iterator[KeycloakAdmin]:
    """The admin of a realm that knows nothing of 2FA yet."""
    admin = KeycloakAdmin(
        server_url=keycloak.url,
        username=keycloak.username,
        password=keycloak.password,
        user_realm_name="master",
    )
    people = [
        {
            "username": f"person-{number}",
            "email": f"person-{number}@example.org",
            "firstName": "Some",
            "lastName": "Person",
            "enabled": True,
            "credentials": [{"type": "password", "value": PASSWORD}],
        }
        for number in range(PEOPLE_BEFORE_ENFORCEMENT)
    ]
    admin.create_realm(
        {
            "realm": REALM,
            "displayName": "Acme & Co",
            "enabled": True,
            "registrationAllowed": True,
            "clients": [{"clientId": CLIENT, "publicClient": True, "redirectUris": [app_url]}],
            "users": people,
        }
    )
    admin.change_current_realm(REALM)
    yield admin
    admin.delete_realm(REALM)


@pytest.fixture(scope="module")
def enforced_realm(keycloak: Keycloak, realm_with_people: KeycloakAdmin, app_url: str) -> EnforcedRealm:
    """The same realm, enforced by our own library."""
    people = iter([Person(user["id"], user["username"]) for user in realm_with_people.get_users()])
    settings = ConnectionSettings(
        server_url=keycloak.url,
        realm=REALM,
        auth_realm="master",
        credentials=AdminUser(keycloak.username, keycloak.password),
    )
    # In a thread of its own, because Playwright's event loop may live in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(enforce, AdminApi(settings), consent=preflight.CONSENT).result()
    return EnforcedRealm(keycloak.url, realm_with_people, app_url, people)


@pytest.fixture
def person(enforced_realm: EnforcedRealm) -> Person:
    """Somebody who was there before the enforcement."""
    return next(enforced_realm.untouched)


@pytest.fixture
def phone(enforced_realm: EnforcedRealm, person: Person) -> Authenticator:
    """The phone with which `person` has set up 2FA, elsewhere."""
    with LoginSession(
        enforced_realm.server_url, REALM, client_id=CLIENT, redirect_uri=enforced_realm.app_url
    ) as elsewhere:
        page = elsewhere.submit_password(elsewhere.open(), person.username, person.password)
        phone = Authenticator.typed(expect(page, SetUpTotp).secret)
        expect(elsewhere.set_up_totp(page, phone.code(), "Phone"), Done)
    return phone


@pytest.fixture
def log_in(window: Page, enforced_realm: EnforcedRealm) -> Callable[[Person], None]:
    """Comes from the app and gives user name and password."""

    def log_in(person: Person) -> None:
        window.goto(enforced_realm.login_url)
        window.locator("#username").fill(person.username)
        window.locator("#password").fill(person.password)
        window.locator("#kc-login").click()

    return log_in


@pytest.fixture
def set_up_page(window: Page, person: Person, log_in: Callable[[Person], None]) -> Page:
    """The window where `person` comes to after the password, for the first time."""
    log_in(person)
    window.wait_for_selector("#kc-totp-settings")
    return window


@pytest.fixture
def otp_form(window: Page, person: Person, phone: Authenticator, log_in: Callable[[Person], None]) -> Page:
    """The window where `person`, who has `phone`, comes to after the password."""
    log_in(person)
    window.wait_for_selector("#otp")
    return window


@pytest.fixture
def scan() -> Callable[[Page], Authenticator]:
    """Reads the QR code off the screen, as a phone does."""

    def scan(set_up_page: Page) -> Authenticator:
        picture = set_up_page.locator("#kc-totp-secret-qr-code").screenshot()
        with Image.open(io.BytesIO(picture)) as image:
            [code] = zxingcpp.read_barcodes(image)
        return Authenticator.scanned(code.text)

    return scan


@pytest.fixture
def submit_set_up(set_up_page: Page) -> Callable[[str, str], None]:
    """Types a code and a device name into the set-up page, and presses Submit."""

    def submit(code: str, device_name: str) -> None:
        set_up_page.locator("#totp").fill(code)
        set_up_page.locator("#userLabel").fill(device_name)
        set_up_page.locator("#saveTOTPBtn").click()

    return submit


@pytest.fixture
def submit_code(otp_form: Page) -> Callable[[str], None]:
    """Types a code into the login's second form, and presses Sign In."""

    def submit(code: str) -> None:
        otp_form.locator("#otp").fill(code)
        otp_form.locator("#kc-login").click()

    return submit


@pytest.fixture
def devices_of(enforced_realm: EnforcedRealm) -> Callable[[Person], list[str]]:
    """Labels of the OTP credentials that the server has stored for a person."""

    def devices(person: Person) -> list[str]:
        stored = enforced_realm.admin.get_credentials(person.id)
        return [credential["userLabel"] for credential in stored if credential["type"] == "otp"]

    return devices
