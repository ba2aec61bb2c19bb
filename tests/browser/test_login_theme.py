"""The login theme, for a server without the extension: the apps in one order, and nothing else of the login changed."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
from tests.extension.logins import APP, CALLBACK, add_app, with_password
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.conftest import admin, kc2fa, make_realm
from tests.integration.realms import MakeRealm, Realm

from embedded_keycloak import EmbeddedKeycloak

__all__ = ["admin", "kc2fa", "make_realm"]

THEME = Path(__file__).parents[2] / "realm" / "themes" / "keycloak-2fa"
LANGUAGES = ["en", "de", "es", "ru", "uk", "kk", "hr", "az"]
ORDER = ["Microsoft Authenticator", "FreeOTP", "Google Authenticator"]
APPS = re.compile(r'(<ul id="kc-totp-supported-apps">).*?(</ul>)', re.DOTALL)


@pytest.fixture(scope="module")
def themed(keycloak: EmbeddedKeycloak) -> Iterator[EmbeddedKeycloak]:
    """The server with the theme's folder in its own."""
    folder = keycloak.home / "themes" / THEME.name
    shutil.copytree(THEME, folder)
    yield keycloak
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def realm(make_realm: MakeRealm, themed: EmbeddedKeycloak) -> Realm:
    """A realm with the theme in several languages, and a user who must set up OTP."""
    languages = {"internationalizationEnabled": True, "supportedLocales": LANGUAGES, "defaultLocale": "en"}
    alice = with_password("alice", requiredActions=["CONFIGURE_TOTP"])
    realm = make_realm(alice, loginTheme="keycloak-2fa", **languages)
    add_app(realm)
    return realm


@pytest.fixture
def set_up_page(window: Page, realm: Realm, keycloak: EmbeddedKeycloak) -> Callable[..., Page]:
    """Goes to the set-up page, in a language."""

    def go(language: str = "en") -> Page:
        query = f"client_id={APP}&redirect_uri={CALLBACK}&response_type=code&scope=openid&ui_locales={language}"
        window.goto(f"{keycloak.url}/realms/{realm.name}/protocol/openid-connect/auth?{query}")
        window.locator("#username").fill("alice")
        window.locator("#password").fill("alice-pw")
        window.locator("#kc-login").click()
        expect(window.locator("#kc-totp-supported-apps")).to_be_visible()
        return window

    return go


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_apps_stand_in_order_in_every_language(set_up_page: Callable[..., Page], language: str) -> None:
    expect(set_up_page(language).locator("#kc-totp-supported-apps li")).to_have_text(ORDER)


def sheets(page: Page) -> list[str]:
    """The style sheets of a page, whatever theme and process serve them."""
    found = page.evaluate("[...document.styleSheets].map((sheet) => sheet.href)")
    return [re.sub(r"^.*/resources/[^/]+/|(?<=login/)[^/]+/", "", sheet) for sheet in found]


def test_the_page_has_the_style_sheets_of_the_servers_own(set_up_page: Callable[[], Page], realm: Realm) -> None:
    ours = sheets(set_up_page())
    realm.admin.update_realm(realm.name, {"loginTheme": "keycloak.v2"})
    try:
        assert sheets(set_up_page()) == ours != []
    finally:
        realm.admin.update_realm(realm.name, {"loginTheme": "keycloak-2fa"})


@pytest.mark.slow
def test_without_its_parent_the_login_is_the_servers_own(
    set_up_page: Callable[[], Page], realm: Realm, themed: EmbeddedKeycloak
) -> None:
    # Given a server that no longer has the theme's parent, as Keycloak 27 will not have keycloak.v2
    orphan = themed.home / "themes" / "orphan"
    shutil.copytree(THEME, orphan)
    properties = orphan / "login" / "theme.properties"
    properties.write_text(properties.read_text().replace("parent=keycloak.v2", "parent=gone"))
    realm.admin.update_realm(realm.name, {"loginTheme": ""})
    own = sheets(set_up_page())
    # When a realm has it
    realm.admin.update_realm(realm.name, {"loginTheme": "orphan"})
    try:
        page = set_up_page()
        # Then Keycloak shows its own pages, with the three apps in an order of its own, and the set-up works on
        apps = page.locator("#kc-totp-supported-apps li").all_inner_texts()
        assert (sheets(page), sorted(apps)) == (own, sorted(ORDER))
        expect(page.locator("#totp")).to_be_editable()
    finally:
        realm.admin.update_realm(realm.name, {"loginTheme": "keycloak-2fa"})
        shutil.rmtree(orphan)


@pytest.mark.slow
@pytest.mark.parametrize(("flags", "theme"), [((), None), (("--login-theme",), "keycloak-2fa")], ids=["not", "asked"])
@pytest.mark.usefixtures("themed")
def test_enforcing_switches_it_on_where_asked(
    make_realm: MakeRealm, kc2fa: Kc2fa, flags: tuple[str, ...], theme: str | None
) -> None:
    realm = make_realm()
    done = kc2fa("enforce", "--json", *CONFIRM, *flags, realm=realm)
    assert (done.exit, realm.representation().get("loginTheme")) == (0, theme)
    assert ("loginTheme" in {each["setting"] for each in done.data["changes"]}) == bool(flags)
