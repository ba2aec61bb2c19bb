"""The end user's way through Keycloak's own login pages: over HTTP, without a browser."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import Cookie
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import requests
from requests.cookies import RequestsCookieJar

from keycloak_2fa.api import responses
from keycloak_2fa.api.endpoints import segment
from keycloak_2fa.errors import NotKeycloakError, ServerFailingError, UnknownRealmError, UnreachableError
from keycloak_2fa.login.pages import (
    Done,
    Form,
    LoginForm,
    Other,
    OtpForm,
    Page,
    SetUpTotp,
    UnexpectedPageError,
    expect,
    read,
)
from keycloak_2fa.settings import is_loopback

_TIMEOUT_SECONDS = 60
_MOST_REDIRECTS = 20
_OF_THE_TAB = {"client_id", "tab_id", "client_data"}
"""Parameters by which Keycloak finds the login that goes on in this tab."""


@dataclass(frozen=True)
class Tokens:
    """What the app gets for its code; the last two where Keycloak issues them."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    id: str | None = field(repr=False)


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

    def open(self, **more: str) -> Page:
        """Come from the app: the first page of the login, or `Done` where this window is logged in already.

        Args:
            more: Further parameters of the authentication request, such as Keycloak's `kc_idp_hint`.

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
        return self._page("GET", endpoints["authorization_endpoint"], params=query | more)

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

    def skip(self, page: Page) -> Page:
        """Ask Keycloak to go on although the page is not filled in, which it must refuse.

        Returns:
            `Done` where Keycloak lets the user in anyway.
        """
        form = None if isinstance(page, Done) else page.form
        if form is None:
            raise UnexpectedPageError(f"The page {page.title!r} has no form to skip.", "Look at it in a browser.")
        parts = urlsplit(form.action)
        # What belongs to the tab, and nothing of the page itself.
        query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name in _OF_THE_TAB])
        path = parts.path.rpartition("/")[0] + "/consent"
        return self._page("POST", parts._replace(path=path, query=query).geturl(), data={"accept": "Yes"})

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
        raise NotKeycloakError(f"This is not Keycloak (status {response.status_code}).", "Check the server URL.")

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
        raise UnexpectedPageError("Keycloak redirects the user in circles.", "Try the same login in a browser.")

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
                "Check that users, and this machine, reach Keycloak there.",
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
