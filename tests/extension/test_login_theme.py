"""The login theme: the three apps in one order, and nothing else of the login changed."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from tests.browser.conftest import chromium, window
from tests.extension.logins import APP, CALLBACK, add_app, with_password
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import MakeRealm, Realm

from keycloak_2fa.embedded.server import EmbeddedKeycloak

__all__ = ["chromium", "window"]

ORDER = ["Microsoft Authenticator", "FreeOTP", "Google Authenticator"]
APPS = re.compile(r'(<ul id="kc-totp-supported-apps">).*?(</ul>)', re.DOTALL)


@pytest.fixture(scope="module")
def realm(make_realm: MakeRealm) -> Realm:
    """A realm with the theme, and somebody who must set up OTP."""
    realm = make_realm(with_password("alice", requiredActions=["CONFIGURE_TOTP"]), loginTheme="keycloak-2fa")
    add_app(realm)
    return realm


@pytest.fixture
def set_up_page(window: Page, realm: Realm, keycloak: EmbeddedKeycloak) -> Callable[[], Page]:
    """Goes to the set-up page."""

    def go() -> Page:
        query = f"client_id={APP}&redirect_uri={CALLBACK}&response_type=code&scope=openid"
        window.goto(f"{keycloak.url}/realms/{realm.name}/protocol/openid-connect/auth?{query}")
        window.locator("#username").fill("alice")
        window.locator("#password").fill("alice-pw")
        window.locator("#kc-login").click()
        expect(window.locator("#kc-page-title")).to_have_text("Mobile Authenticator Setup")
        return window

    return go


@pytest.mark.parametrize(
    "sent",
    [ORDER, ORDER[::-1], [*ORDER[1:], ORDER[0]], ["Another App", *ORDER[::-1]]],
    ids=["right", "backwards", "turned", "with another"],
)
def test_the_apps_stand_in_one_order_whatever_the_server_sends(
    set_up_page: Callable[[], Page], window: Page, sent: list[str]
) -> None:
    # Given a server process that lists them in this order
    def send(route: Route) -> None:
        answer = route.fetch()  # follows the redirect to the set-up page
        assert APPS.search(answer.text())
        items = "".join(f"<li>{app}</li>" for app in sent)
        route.fulfill(response=answer, body=APPS.sub(rf"\1{items}\2", answer.text()))

    window.route("**/login-actions/authenticate**", send)
    # Then the page shows them in ours
    others = [app for app in sent if app not in ORDER]
    expect(set_up_page().locator("#kc-totp-supported-apps li")).to_have_text([*ORDER, *others])


def test_the_server_names_the_apps_as_the_theme_expects(set_up_page: Callable[[], Page]) -> None:
    expect(set_up_page().locator("#kc-totp-supported-apps li")).to_have_text(ORDER)


def test_the_page_has_the_style_sheets_of_the_servers_own(set_up_page: Callable[[], Page], realm: Realm) -> None:
    def styles(page: Page) -> list[str]:
        sheets = page.evaluate("[...document.styleSheets].map((sheet) => sheet.href)")
        return [re.sub(r"^.*/resources/[^/]+/|(?<=login/)[^/]+/", "", sheet) for sheet in sheets]

    ours = styles(set_up_page())
    realm.admin.update_realm(realm.name, {"loginTheme": "keycloak.v2"})
    try:
        assert styles(set_up_page()) == ours != []
    finally:
        realm.admin.update_realm(realm.name, {"loginTheme": "keycloak-2fa"})


@pytest.mark.parametrize(("flags", "theme"), [((), None), (("--login-theme",), "keycloak-2fa")], ids=["not", "asked"])
def test_enforcing_switches_it_on_where_asked(
    make_realm: MakeRealm, kc2fa: Kc2fa, flags: tuple[str, ...], theme: str | None
) -> None:
    realm = make_realm()
    done = kc2fa("enforce", "--json", *CONFIRM, *flags, realm=realm)
    assert (done.exit, realm.representation().get("loginTheme")) == (0, theme)
    assert ("loginTheme" in {each["setting"] for each in done.data["changes"]}) == bool(flags)
