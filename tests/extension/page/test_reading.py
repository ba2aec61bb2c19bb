"""Whether everybody can read the page: by screen reader, by keyboard, in the dark, on a phone, in their language."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.extension.page.address import address, keep, opened
from tests.extension.page.test_enforcing import dialog
from tests.extension.page.test_users import open_user
from tests.integration.realms import MakeRealm, Realm

from embedded_keycloak.server import EmbeddedKeycloak
from keycloak_2fa.api.endpoints import segment

pytestmark = pytest.mark.slow

FILES = Path(__file__).parents[3] / "extension/src/main/resources/keycloak2fa/page"
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SCHEMES = ["light", "dark"]
WIDTHS = [1280, 400]


def problems(page: Page) -> list[str]:
    """What axe-core finds on the page as it is, with where."""
    found = Axe().run(page, options=WCAG).response["violations"]
    return [f"{each['impact']} {each['id']}: {node['html']}" for each in found for node in each["nodes"]]


def seen(look: Callable[..., Page], scheme: str, width: int) -> Page:
    return look(color_scheme=scheme, viewport={"width": width, "height": 900})


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_the_page(look: Callable[..., Page], scheme: str, width: int) -> None:
    page = seen(look, scheme, width)
    keep(page, f"page-{scheme}-{width}")
    assert problems(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_in_the_dialog(look: Callable[..., Page], scheme: str) -> None:
    page = dialog(seen(look, scheme, 1280))
    keep(page, f"dialog-{scheme}")
    assert problems(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_in_the_dialog_of_a_user(look: Callable[..., Page], scheme: str) -> None:
    page = seen(look, scheme, 1280)
    open_user(page, "alice").get_by_text("Exempt", exact=True).first.click()
    keep(page, f"user-{scheme}")
    assert problems(page) == []


def test_nothing_is_wider_than_a_phone(look: Callable[..., Page]) -> None:
    page = look(viewport={"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_it_follows_the_systems_colours(page: Page) -> None:
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("body")).not_to_have_css("background-color", light)


def test_it_looks_as_keycloak_does(page: Page) -> None:
    """PatternFly and its fonts come from this very server, also on a newer version of it."""
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith("RedHatText")
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('1rem RedHatText'))")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.pf-v5-c-card')).backgroundColor")
        == "rgb(255, 255, 255)"
    )


def texts(language: str) -> dict[str, Any]:
    return dict(json.loads((FILES / "messages" / f"{language}.json").read_text()))


def test_german_is_complete() -> None:
    assert texts("de").keys() == texts("en").keys()


def places(text: Any) -> set[str]:
    return set(re.findall(r"\{\w+\}", json.dumps(text)))


@pytest.mark.parametrize("key", texts("en"))
def test_a_text_has_the_same_places_in_both_languages(key: str) -> None:
    assert places(texts("de")[key]) == places(texts("en")[key])


def test_every_text_that_the_page_names_is_there() -> None:
    sources = "".join(file.read_text() for file in [*FILES.glob("*.js"), FILES / "page.html"])
    named = set(re.findall(r"""(?:data-text=|data-label=|say\(\s*)"([\w.-]+)\"""", sources))
    assert named - texts("en").keys() == set()
    assert len(named) > 60


def test_german_readers_read_german(look: Callable[..., Page]) -> None:
    page = look(locale="de-DE")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sicherheit (2FA)")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.get_by_role("button", name="Erzwingen", exact=True).click()
    expect(page.get_by_role("dialog", name="2FA erzwingen?")).to_contain_text("kann nicht rückgängig gemacht werden")
    keep(page, "german")


def test_others_read_english(look: Callable[..., Page]) -> None:
    expect(look(locale="fr-FR").get_by_role("heading", level=1)).to_have_text("Security (2FA)")


@pytest.mark.parametrize("part", ["messages/en.json", "chart.js", "page.js"])
def test_a_part_that_does_not_come_is_said(window: Page, keycloak: EmbeddedKeycloak, part: str) -> None:
    # Given a server that breaks off when it is asked for a part of the page
    window.route(f"**/two-factor/{part}", lambda route: route.abort())
    # When the page is opened
    window.goto(address(keycloak, "master"))
    # Then its reader is told, in place of seeing an empty page for ever
    expect(window.get_by_role("alert")).to_have_text(re.compile("Reload the page"))


def test_the_language_of_the_realm_goes_first(window: Page, keycloak: EmbeddedKeycloak, make_realm: MakeRealm) -> None:
    realm = make_realm(internationalizationEnabled=True, supportedLocales=["de"], defaultLocale="de")
    html = requests.get(f"{keycloak.url}/realms/{realm.name}/two-factor/", timeout=30).text
    assert 'data-locale="de"' in html


def test_nothing_comes_from_elsewhere(page: Page, keycloak: EmbeddedKeycloak, realm: Realm) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(address(keycloak, realm.name))
    opened(page)
    dialog(page)
    assert [url for url in asked if not url.startswith(f"{keycloak.url}/")] == []
    assert complaints == []


@pytest.mark.parametrize("file", ["", "page.js", "page.css", "messages/de.json"])
def test_its_headers_are_strict(keycloak: EmbeddedKeycloak, file: str) -> None:
    headers = requests.get(f"{keycloak.url}/realms/master/two-factor/{file}", timeout=30).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert (headers["X-Frame-Options"], headers["X-Content-Type-Options"]) == ("DENY", "nosniff")


@pytest.mark.parametrize(
    "path",
    [
        "realms/nowhere/two-factor/",
        "realms/master/two-factor/page.html",
        "realms/master/two-factor/messages/xx.json",
        "realms/master/two-factor/messages/..%2Fpage.js",
        "realms/master/two-factor/SecurityPage.class",
    ],
)
def test_what_is_not_there_is_404(keycloak: EmbeddedKeycloak, path: str) -> None:
    assert requests.get(f"{keycloak.url}/{path}", timeout=30).status_code == 404


def test_a_realm_of_an_odd_name_has_its_page(make_realm: MakeRealm, keycloak: EmbeddedKeycloak) -> None:
    # Given by a change of name: Keycloak takes the name of a new realm for a template, and answers braces with 500
    odd = '100% añ b.d {issuer} "'
    make_realm().put("", {"realm": odd})
    html = requests.get(f"{keycloak.url}/realms/{segment(odd)}/two-factor/", timeout=30).text
    assert 'data-realm="100% añ b.d {issuer} &quot;"' in html
    assert "/realms/100%25%20a%C3%B1%20b.d%20%7Bissuer%7D%20%22/two-factor/" in html


def test_the_report_is_downloaded(page: Page, realm: Realm) -> None:
    with page.expect_download() as download:
        page.get_by_role("button", name="Download report (CSV)").click()
    assert re.fullmatch(rf"2fa-report-{realm.name}-\d{{4}}-\d\d-\d\d\.csv", download.value.suggested_filename)
    assert len(Path(download.value.path()).read_text().splitlines()) == 5
    with page.expect_download() as download:
        page.get_by_role("button", name="Download report (JSON lines)").click()
    people = [json.loads(line) for line in Path(download.value.path()).read_text().splitlines()]
    assert {each["username"] for each in people} == {"alice", "bob", "asked", "enrolled"}


def test_it_names_what_the_server_finds_and_where_the_rest_is_found(page: Page, realm: Realm) -> None:
    expect(page.locator("#findings")).to_contain_text("Medium: Codes can be guessed: brute force detection is off")
    expect(page.locator("#findings code")).to_contain_text(f"--realm {realm.name}")
