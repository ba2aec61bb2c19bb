"""The end user's way through Keycloak's own login pages: over HTTP, without a browser.

A theme may change how the pages look. What is relied on here is what Keycloak's server or its own scripts
need: the names of the form fields, the ids of forms and errors, and where a form is sent to.
"""

import base64
import hashlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import Cookie
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar
from urllib.parse import parse_qs, parse_qsl, urljoin, urlsplit

import requests
from requests.cookies import RequestsCookieJar

from keycloak_2fa import responses
from keycloak_2fa.endpoints import segment
from keycloak_2fa.errors import (
    NotKeycloakError,
    ServerError,
    ServerFailingError,
    UnknownRealmError,
    UnreachableError,
)
from keycloak_2fa.settings import is_loopback

_TIMEOUT_SECONDS = 60
_MOST_REDIRECTS = 20


class UnexpectedPageError(ServerError):
    """Keycloak shows another page than the one that comes next on the user's way."""

    code = "unexpected-page"


@dataclass(frozen=True)
class Form:
    """A form as the user finds it.

    Attributes:
        id: Its id, or nothing.
        action: The URL it is sent to.
        fields: Names and values that a browser would send if nothing were typed in.
    """

    id: str
    action: str
    fields: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class _Shown:
    title: str
    """The page's heading, in the realm's language."""
    error: str | None
    """Why Keycloak refuses what was sent before, in the page's words; None where it says nothing."""


@dataclass(frozen=True)
class LoginForm(_Shown):
    """Asks for user name and password, or for one of them first."""

    form: Form = field(repr=False)


@dataclass(frozen=True)
class SetUpTotp(_Shown):
    """The page "Mobile Authenticator Setup".

    Attributes:
        secret: The key in base32 without blanks: what the QR code holds and what "Unable to scan?" shows.
        key_shown: The key as the page shows it, in groups of four; only after "Unable to scan?".
        apps: Names of the apps listed. Their order changes from one server process to the next.
        qr_png: The QR code as a PNG image; not after "Unable to scan?".
        by_hand: URL of "Unable to scan?", where that is offered.
    """

    form: Form = field(repr=False)
    secret: str = field(repr=False)
    key_shown: str | None = field(repr=False)
    apps: tuple[str, ...]
    qr_png: bytes | None = field(repr=False)
    by_hand: str | None = field(repr=False)


@dataclass(frozen=True)
class OtpForm(_Shown):
    """Asks for the one-time code after the password."""

    form: Form = field(repr=False)


@dataclass(frozen=True)
class Other(_Shown):
    """Any other page, such as "Update password" or "We are sorry..."."""


@dataclass(frozen=True)
class Done:
    """The user is logged in and sent back to the app.

    Attributes:
        code: The authorization code, good once and for a minute.
    """

    title: ClassVar[str] = "the app"
    error: ClassVar[None] = None

    code: str = field(repr=False)


Page = LoginForm | SetUpTotp | OtpForm | Other | Done
P = TypeVar("P", LoginForm, SetUpTotp, OtpForm, Other, Done)


@dataclass(frozen=True)
class Tokens:
    """What the app gets for its code; the last two where Keycloak issues them."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    id: str | None = field(repr=False)


def expect(page: Page, kind: type[P]) -> P:
    """The page itself, known to be of a kind.

    Raises:
        UnexpectedPageError: It is of another kind; the message names the page and gives its own words.
    """
    if isinstance(page, kind):
        return page
    said = f", which says: {page.error.rstrip('.')}" if page.error else ""
    raise UnexpectedPageError(
        f"Where {_NAMES[kind]} should come, Keycloak shows {page.title!r}{said}.",
        "Log in as this user in a browser to see the same; look at its required actions and the flows.",
    )


_NAMES: Mapping[type, str] = {
    LoginForm: "the login form",
    SetUpTotp: "the set-up of an authenticator",
    OtpForm: "the form for the one-time code",
    Done: "the way back into the app",
    Other: "another page",
}


class LoginSession:
    """One browser window with its cookies, in which one user logs in to one app.

    The app is a public client with the standard flow; PKCE is used (RFC 7636). Its redirect URI is never
    opened. Nothing is sent a second time by itself. Any method that sends something may raise

    - UnreachableError: no connection, or its certificate is not trusted;
    - ServerFailingError: the server answers with an error of its own (5xx, 429);
    - UnexpectedPageError: the page that was handed in is not the one that the method fills in.

    Args:
        server_url: Keycloak's base URL; see `settings.server_url`.
        realm: The user's realm.
        client_id: The app.
        redirect_uri: Where Keycloak sends the user back to; one of the app's valid redirect URIs.
        ca_file: PEM bundle to trust instead of the system's.
    """

    def __init__(
        self, server_url: str, realm: str, *, client_id: str, redirect_uri: str, ca_file: str | None = None
    ) -> None:
        self._server_url = server_url
        self._realm = realm
        self._client_id = client_id
        self._redirect_uri = redirect_uri
        self._verify = ca_file or True
        self._state = secrets.token_urlsafe(16)
        self._verifier = secrets.token_urlsafe(64)
        self._token_endpoint = ""
        self._http = requests.Session()
        self._http.cookies = _Cookies()
        # Nothing is decided by a page's words; but those that end up in a message should be in one language.
        self._http.headers["Accept-Language"] = "en"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. The user stays logged in on the server."""
        self._http.close()

    def open(self) -> Page:
        """Come from the app: the first page of the login, or `Done` where this window is logged in already.

        Raises:
            UnknownRealmError: The server has no such realm.
            NotKeycloakError: Something else answers there.
        """
        endpoints = self._discover()
        self._token_endpoint = endpoints["token_endpoint"]
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self._verifier.encode()).digest())
        query = {
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "response_type": "code",
            "scope": "openid",
            "state": self._state,
            "code_challenge": challenge.decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        return self._page("GET", endpoints["authorization_endpoint"], params=query)

    def submit_password(self, page: Page, username: str, password: str) -> Page:
        """Fill in the login form, also where it asks for the user name on a page of its own."""
        form = expect(page, LoginForm).form
        typed = {k: v for k, v in {"username": username, "password": password}.items() if k in form.fields}
        page = self._submit(form, typed)
        if "password" not in typed and isinstance(page, LoginForm) and "password" in page.form.fields:
            page = self._submit(page.form, {"password": password})
        return page

    def show_key(self, page: Page) -> Page:
        """Follow "Unable to scan?": the set-up page with the key in letters."""
        link = expect(page, SetUpTotp).by_hand
        if link is None:
            raise UnexpectedPageError(
                'The set-up page offers no "Unable to scan?".',
                "Look at the realm's login theme, or scan the QR code.",
            )
        return self._page("GET", link)

    def set_up_totp(self, page: Page, code: str, device_name: str) -> Page:
        """Fill in the set-up page: one code of the new device, and a name for it."""
        return self._submit(expect(page, SetUpTotp).form, {"totp": code, "userLabel": device_name})

    def enter_code(self, page: Page, code: str) -> Page:
        """Fill in the form for the one-time code."""
        return self._submit(expect(page, OtpForm).form, {"otp": code})

    def tokens(self, page: Page) -> Tokens:
        """What the app does next: exchange the code."""
        form = {
            "grant_type": "authorization_code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "code": expect(page, Done).code,
            "code_verifier": self._verifier,
        }
        response = self._send("POST", self._token_endpoint, data=form)
        if not response.ok:
            raise UnexpectedPageError(
                f"The app gets no tokens for its code: {responses.detail(response.content)}.",
                f"Check that the client {self._client_id!r} is public; see the realm's login events.",
            )
        answer = response.json()
        return Tokens(answer["access_token"], answer.get("refresh_token"), answer.get("id_token"))

    def _discover(self) -> Mapping[str, str]:
        """The realm's endpoints as users reach them: not always below our base URL (OpenID Discovery 1.0)."""
        url = f"{self._server_url}/realms/{segment(self._realm)}/.well-known/openid-configuration"
        response = self._send("GET", url)
        try:
            answer = response.json()
            if response.ok:
                return {name: answer[name] for name in ("authorization_endpoint", "token_endpoint")}
            if answer["error"] == "Realm does not exist":
                raise UnknownRealmError(f"The server has no realm {self._realm!r}.", "Check --realm.")
        except (ValueError, KeyError, TypeError):
            pass
        raise NotKeycloakError(
            f"What answers there is not Keycloak (status {response.status_code}).", "Check the server URL."
        )

    def _submit(self, form: Form, typed: Mapping[str, str]) -> Page:
        return self._page("POST", form.action, data={**form.fields, **typed})

    def _page(self, method: str, url: str, **content: Any) -> Page:
        response = self._send(method, url, **content)
        for _ in range(_MOST_REDIRECTS):
            if "Location" not in response.headers:
                return read(response.text, response.url)
            location = urljoin(response.url, response.headers["Location"])
            if location.partition("?")[0] == self._redirect_uri.partition("?")[0]:
                return self._back_in_the_app(location)
            response = self._send("GET", location)
        raise UnexpectedPageError(
            "Keycloak sends the user round in circles.", "Try the same login in a browser."
        )

    def _back_in_the_app(self, location: str) -> Page:
        answer = dict(parse_qsl(urlsplit(location).query))
        if answer.get("state") == self._state and "code" in answer:
            return Done(answer["code"])
        # RFC 6749, 4.1.2.1
        return Other(title=answer.get("error", "no code"), error=answer.get("error_description"))

    def _send(self, method: str, url: str, **content: Any) -> requests.Response:
        where = f"{self._server_url} (realm {self._realm!r})"
        try:
            response = self._http.request(
                method, url, verify=self._verify, timeout=_TIMEOUT_SECONDS, allow_redirects=False, **content
            )
        except requests.exceptions.SSLError as error:
            raise UnreachableError(
                f"The certificate of a login page of {where} is not trusted.",
                "Name the CA that signed it by --ca-file.",
            ) from error
        except (requests.RequestException, OSError) as error:
            host = urlsplit(url).netloc
            raise UnreachableError(
                f"Nothing answers at {host}, where the login pages of {where} are.",
                "Check that users reach Keycloak there, and that this machine does.",
            ) from error
        if response.status_code >= 500 or response.status_code == 429:  # noqa: PLR2004
            raise ServerFailingError(
                f"A login page of {where} answers {response.status_code}.",
                "See the server's log, and try again.",
            )
        return response


class _Cookies(RequestsCookieJar):
    """Cookies as browsers keep them: plain http to this machine counts as secure (W3C Secure Contexts, 3.1).

    Keycloak counts on it and marks its cookies Secure there, and `requests` would not send them back.
    """

    def set_cookie(self, cookie: Cookie, *args: Any, **kwargs: Any) -> Any:
        # The standard library's cookie jar calls `localhost` so.
        if is_loopback(cookie.domain.removesuffix(".local")):
            cookie.secure = False
        return super().set_cookie(cookie, *args, **kwargs)


def read(html: str, url: str) -> Page:
    """What kind of page it is, and what it says.

    Args:
        html: The page.
        url: Where it came from, for the relative links in it.
    """
    page = _Document(html)
    title, error = page.text_of("kc-page-title") or page.title(), _error(page)
    for form in _forms(page, url):
        names = form.fields.keys()
        if {"totp", "totpSecret"} <= names:
            return _set_up_totp(page, url, title, error, form)
        if "otp" in names:
            return OtpForm(title, error, form)
        if form.id == "kc-form-login" and names & {"username", "password"}:
            return LoginForm(title, error, form)
    return Other(title, error or page.text_of("kc-error-message") or page.text_of("kc-info-message"))


def _set_up_totp(page: "_Document", url: str, title: str, error: str | None, form: Form) -> SetUpTotp:
    links = [urljoin(url, link.attribute("href")) for link in page.all("a")]
    by_hand = [link for link in links if parse_qs(urlsplit(link).query).get("mode") == ["manual"]]
    apps, image = page.by_id("kc-totp-supported-apps"), page.by_id("kc-totp-secret-qr-code")
    # The hidden field is the secret itself; apps are given its bytes in base32 (RFC 4648), without padding.
    secret = base64.b32encode(form.fields["totpSecret"].encode()).decode().rstrip("=")
    return SetUpTotp(
        title=title,
        error=error,
        form=form,
        secret=secret,
        key_shown=page.text_of("kc-totp-secret-key"),
        apps=tuple(item.text() for item in apps.all("li")) if apps else (),
        qr_png=base64.b64decode(image.attribute("src").partition("base64,")[2]) if image else None,
        by_hand=by_hand[0] if by_hand else None,
    )


def _error(page: "_Document") -> str | None:
    """What the page says against a field, or in an alert over the form."""
    said = [
        element.text()
        for element in page.walk()
        if (
            element.attribute("id").startswith("input-error")
            and not element.attribute("id").startswith("input-error-container")
        )
        or "pf-m-danger" in element.attribute("class").split()
    ]
    return " ".join(text for text in said if text) or None


def _forms(page: "_Document", url: str) -> Iterator[Form]:
    for form in page.all("form"):
        fields = {
            name: element.attribute("value")
            for element in form.all("input")
            if (name := _name_if_sent(element))
        }
        yield Form(form.attribute("id"), urljoin(url, form.attribute("action")), fields)


def _name_if_sent(element: "_Element") -> str:
    """The name under which a browser sends an input: not a box without its tick, not a button not pressed."""
    kind = element.attribute("type")
    left_out = kind in {"submit", "button", "image", "reset"} or (
        kind in {"checkbox", "radio"} and "checked" not in element.attributes
    )
    return "" if left_out else element.attribute("name")


class _Element:
    """One element of a page, with what is in it."""

    def __init__(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.content: list[_Element | str] = []

    def attribute(self, name: str) -> str:
        return self.attributes.get(name) or ""

    def walk(self) -> "Iterator[_Element]":
        yield self
        for part in self.content:
            if isinstance(part, _Element):
                yield from part.walk()

    def all(self, tag: str) -> "list[_Element]":
        return [element for element in self.walk() if element.tag == tag]

    def by_id(self, name: str) -> "_Element | None":
        return next((element for element in self.walk() if element.attribute("id") == name), None)

    def text(self) -> str:
        parts = [part if isinstance(part, str) else part.text() for part in self.content]
        return " ".join("".join(parts).split())


class _Document(_Element):
    """A page as a tree, by the standard library's parser."""

    def __init__(self, html: str) -> None:
        super().__init__("", {})
        parser = _Parser(self)
        parser.feed(html)
        parser.close()

    def title(self) -> str:
        return next((element.text() for element in self.all("title")), "")

    def text_of(self, element_id: str) -> str | None:
        element = self.by_id(element_id)
        return element.text() if element else None


class _Parser(HTMLParser):
    """Puts elements into one another; an element left open ends with the one around it."""

    _EMPTY: ClassVar = frozenset({"br", "hr", "img", "input", "link", "meta"})
    """Elements without an end tag that occur in such pages (HTML Standard, "void elements")."""

    def __init__(self, root: _Element) -> None:
        super().__init__()
        self._open = [root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = _Element(tag, dict(attrs))
        self._open[-1].content.append(element)
        if tag not in self._EMPTY:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # "<i/>" opens an "i" in HTML; but what is written so in a theme is meant to be empty.
        self._open[-1].content.append(_Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        self._open[-1].content.append(data)
