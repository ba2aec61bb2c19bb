"""Who gets in to the Security page, by which client, at which host; and what becomes of a login meanwhile."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from playwright.sync_api import Page, Request, Route, expect
from tests.extension.logins import with_password
from tests.extension.page.address import address, log_in, opened
from tests.extension.page.test_enforcing import enforce
from tests.integration.realms import MakeRealm, Realm

from embedded_keycloak.ports import free_ports
from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.api.endpoints import segment
from keycloak_2fa.login.authenticator import Authenticator

pytestmark = pytest.mark.slow

CLIENT = "two-factor-security-page"


def test_it_asks_for_a_login_and_comes_back(window: Page, keycloak: EmbeddedKeycloak, realm: Realm) -> None:
    # When somebody without a session opens the page
    window.goto(address(keycloak, realm.name))
    # Then the whole page goes to the login, and comes back to where it was
    log_in(window, keycloak.username, keycloak.password)
    expect(window.locator("#state")).to_have_text("2FA is currently set to: OFF")
    assert window.url == address(keycloak, realm.name)


def test_the_request_has_pkce_state_and_nonce_and_no_query_in_its_address(
    window: Page, keycloak: EmbeddedKeycloak, realm: Realm
) -> None:
    asked: list[Request] = []
    window.on("request", lambda request: "openid-connect/auth" in request.url and asked.append(request))
    window.goto(address(keycloak, realm.name))
    window.locator("#username").wait_for()
    query = parse_qs(urlsplit(asked[0].url).query)
    assert query["code_challenge_method"] == ["S256"]
    assert {"code_challenge", "state", "nonce"} <= set(query)
    assert query["redirect_uri"] == [f"{keycloak.url}/realms/master/two-factor/"]


def test_tokens_are_kept_in_memory_alone(page: Page) -> None:
    kept = page.evaluate("() => [sessionStorage.length, localStorage.length, location.hash, history.state]")
    assert kept == [0, 0, "", None]


def test_an_answer_that_nobody_asked_for_is_not_taken(window: Page, keycloak: EmbeddedKeycloak, realm: Realm) -> None:
    window.goto(f"{address(keycloak, realm.name)}#state=mine&code=theirs&iss={keycloak.url}/realms/master")
    # The reader is asked to log in as if it were not there.
    expect(window.locator("#username")).to_be_visible()


def test_a_login_that_is_refused_is_told_and_not_begun_again(
    window: Page, keycloak: EmbeddedKeycloak, realm: Realm
) -> None:
    def refuse(request: Any) -> None:
        state = parse_qs(urlsplit(request.request.url).query)["state"][0]
        where = f"{keycloak.url}/realms/master/two-factor/#state={state}&error=access_denied"
        request.fulfill(status=302, headers={"Location": where})

    window.route("**/openid-connect/auth?*", refuse)
    window.goto(address(keycloak, realm.name))
    expect(window.get_by_role("alert")).to_contain_text("The login failed (access_denied).")
    expect(window.get_by_role("button", name="Log in")).to_be_visible()


def client_of(realm: Realm) -> dict[str, Any]:
    [client] = realm.get("clients", clientId=CLIENT)
    return client


@pytest.fixture
def visited(realm: Realm, keycloak: EmbeddedKeycloak) -> Realm:
    """A realm whose own page was opened once."""
    requests.get(f"{keycloak.url}/realms/{segment(realm.name)}/two-factor/", timeout=30)
    return realm


def test_its_client_can_do_nothing_but_this(visited: Realm) -> None:
    client = client_of(visited)
    path = f"/realms/{visited.name}/two-factor/"
    assert (client["redirectUris"], client["webOrigins"], client["rootUrl"]) == ([path], [], "${authAdminUrl}")
    assert (client["publicClient"], client["fullScopeAllowed"]) == (True, False)
    assert not any(
        client[flow] for flow in ("implicitFlowEnabled", "directAccessGrantsEnabled", "serviceAccountsEnabled")
    )
    assert client["attributes"]["pkce.code.challenge.method"] == "S256"
    [mapped] = visited.get_one(f"clients/{client['id']}/scope-mappings")["clientMappings"].values()
    roles = {role["name"] for role in mapped["mappings"]}
    assert roles == {"view-realm", "manage-realm", "view-users", "query-users", "manage-users", "view-clients"}


def test_the_realm_master_has_it_from_the_start(keycloak: EmbeddedKeycloak) -> None:
    master = Realm("master", _admin(keycloak))
    assert client_of(master)["baseUrl"] == "/realms/master/two-factor/"


def test_it_is_registered_once_and_left_as_the_administrator_has_it(visited: Realm, keycloak: EmbeddedKeycloak) -> None:
    client = client_of(visited)
    visited.put(f"clients/{client['id']}", client | {"enabled": False})
    requests.get(f"{keycloak.url}/realms/{segment(visited.name)}/two-factor/", timeout=30)
    assert client_of(visited) == client | {"enabled": False}


def test_the_host_that_a_request_names_is_not_believed(realm: Realm, keycloak: EmbeddedKeycloak) -> None:
    evil = {"Host": "evil.example.org"}
    requests.get(f"{keycloak.url}/realms/{segment(realm.name)}/two-factor/", headers=evil, timeout=30)
    assert "evil" not in str(client_of(realm))


def test_it_follows_a_realm_that_is_renamed(visited: Realm, keycloak: EmbeddedKeycloak) -> None:
    renamed = f"{visited.name}-renamed"
    visited.admin.update_realm(visited.name, {"realm": renamed})
    try:
        requests.get(f"{keycloak.url}/realms/{renamed}/two-factor/", timeout=30)
        client = client_of(Realm(renamed, visited.admin))
        assert client["redirectUris"] == [client["baseUrl"]] == [f"/realms/{renamed}/two-factor/"]
    finally:
        visited.admin.update_realm(renamed, {"realm": visited.name})


def test_the_admin_console_leads_to_the_page(visited: Realm, page: Page, keycloak: EmbeddedKeycloak) -> None:
    # Given an admin who looks at the realm's clients
    page.goto(f"{keycloak.url}/admin/master/console/#/{visited.name}/clients")
    row = page.get_by_role("row").filter(has_text=CLIENT)
    # When they follow the client's home URL
    with page.expect_popup() as popup:
        row.get_by_role("link", name="two-factor/").click()
    # Then it is the page
    assert popup.value.url.startswith(f"{keycloak.url}/realms/{visited.name}/")


def test_an_admin_of_the_realm_alone_gets_in(as_user: Callable[..., Page]) -> None:
    page = as_user("view-realm", "view-users")
    expect(page.locator("#state")).to_have_text("2FA is currently set to: OFF")
    expect(page.locator("#who")).to_have_text("boss")
    expect(page.get_by_role("button", name="Change realm")).to_be_hidden()


def test_an_admin_of_the_server_changes_the_realm(page: Page, make_realm: MakeRealm) -> None:
    other = make_realm()
    page.get_by_role("button", name="Change realm").click()
    page.get_by_label("Search by name").fill(other.name)
    page.get_by_role("link", name=other.name, exact=True).click()
    expect(page.locator("#realm")).to_have_text(other.name)
    expect(page.locator("#state")).to_have_text("2FA is currently set to: OFF")


def test_an_unknown_realm_is_told(page: Page, keycloak: EmbeddedKeycloak) -> None:
    page.goto(address(keycloak, "nowhere <b>"))
    expect(page.get_by_role("alert")).to_contain_text("There is no realm nowhere <b> here")


def test_an_admin_who_must_enrol_is_told_and_goes_on(as_user: Callable[..., Page], make_realm: MakeRealm) -> None:
    # Given an admin of a realm without a second factor, whose tokens live a few seconds
    page = as_user("realm-admin", accessTokenLifespan=1)
    # When they enforce 2FA on that realm, and so on themselves, and their token ends before the page asks how far it is

    def late(asked: Route) -> None:
        page.wait_for_timeout(2_000)
        asked.continue_()

    page.route("**/two-factor/progress", late)
    enforce(page)
    # Then the page says that they must set it up, and that the server goes on
    expect(page.get_by_role("alert")).to_contain_text("2FA now holds for your own account", timeout=60_000)
    # When they log in again and set up their device
    page.get_by_role("button", name="Log in").click()
    page.get_by_text("Unable to scan?").click()
    phone = Authenticator.typed(page.locator("#kc-totp-secret-key").inner_text().replace(" ", ""))
    page.locator("#totp").fill(phone.code())
    page.locator("#userLabel").fill("Phone")
    page.locator("#saveTOTPBtn").click()
    # Then they are back, and see it ON
    expect(page.locator("#state")).to_have_text("2FA is currently set to: ON", timeout=60_000)


def test_a_token_is_renewed_in_time(as_user: Callable[..., Page]) -> None:
    # Given tokens that live a few seconds
    page = as_user("view-realm", "view-users", accessTokenLifespan=2)
    page.wait_for_timeout(6_000)
    # When the page asks again
    page.get_by_role("combobox").select_option("exempt")
    # Then it is answered
    expect(page.locator("#users-empty")).to_be_visible()
    expect(page.locator("#problem")).to_be_hidden()


def test_a_session_that_ended_is_told(as_user: Callable[..., Page], keycloak: EmbeddedKeycloak) -> None:
    page = as_user("view-realm", "view-users", accessTokenLifespan=1)
    realm = page.locator("#realm").inner_text()
    Realm(realm, _admin(keycloak)).post("logout-all", {})
    page.wait_for_timeout(2_000)
    page.get_by_role("combobox").select_option("exempt")
    expect(page.get_by_role("alert")).to_contain_text("Your session has ended")


def _admin(keycloak: EmbeddedKeycloak) -> Any:
    from keycloak import KeycloakAdmin

    login = {"username": keycloak.username, "password": keycloak.password, "user_realm_name": "master"}
    return KeycloakAdmin(server_url=keycloak.url, **login)


@pytest.fixture(scope="module")
def two_hosts(jar: Path) -> Iterator[tuple[EmbeddedKeycloak, str, str]]:
    """A server whose administrators have a host of their own: the server, the users' URL and the administrators'."""
    [port] = free_ports(1)
    users, admins = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
    hosts = [f"--hostname={users}", f"--hostname-admin={admins}"]
    with EmbeddedKeycloak(providers=[jar], port=port, server_args=hosts) as server:
        yield server, users, admins


@pytest.mark.parametrize("at", [1, 2], ids=["users' host", "administrators' host"])
def test_where_administrators_have_a_host_of_their_own(
    window: Page, two_hosts: tuple[EmbeddedKeycloak, str, str], at: int
) -> None:
    server, users, admins = two_hosts
    # When the page is opened at one of the two hosts
    window.goto(f"{two_hosts[at]}/realms/master/two-factor/")
    # Then the login is where users log in
    window.locator("#username").wait_for()
    assert window.url.startswith(f"{users}/realms/master/protocol/openid-connect/")
    # And the page where administrators are at home
    log_in(window, server.username, server.password)
    expect(window.locator("#state")).to_have_text("2FA is currently set to: OFF", timeout=30_000)
    assert window.url == f"{admins}/realms/master/two-factor/"
    opened(window)
    expect(window.locator("#problem")).to_be_hidden()


def test_a_password_user_of_no_role_sees_nothing(
    window: Page, keycloak: EmbeddedKeycloak, make_realm: MakeRealm
) -> None:
    realm = make_realm(with_password("mallory"), with_password("alice"))
    window.goto(f"{keycloak.url}/realms/{realm.name}/two-factor/")
    log_in(window, "mallory", "mallory-pw")
    opened(window)
    expect(window.locator("#known")).to_be_hidden()
    expect(window.get_by_text("alice")).to_have_count(0)
