"""A browser window that goes any protocol's way, and says what it got."""

import base64
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import requests
from tests.integration.realms import Realm
from tests.integration.windows import APP, PASSWORD
from tests.server import Keycloak

from keycloak_2fa.api import responses
from keycloak_2fa.login.html import Document
from keycloak_2fa.login.pages import Done, LoginForm, Other, OtpForm, Page, SetUpTotp, read
from keycloak_2fa.login.session import LoginSession

_STATUS = re.compile(r"StatusCode[^>]* Value=\"[^\"]*:status:(\w+)\"")
_FACTORS = {"recoveryCodeInput", "generatedRecoveryAuthnCodes", "authenticatorData", "attestationObject"}
"""Fields of the pages that ask for, or set up, a second factor other than OTP."""


class Got(StrEnum):
    """What a walk came to."""

    LET_IN = "let in"
    PENDING = "asked"
    REFUSED = "refused"
    UNKNOWN = "not walked"


@dataclass(frozen=True)
class Saw:
    """What a walk saw.

    Attributes:
        got: What it came to.
        detail: In the server's words, for whoever reads a test that failed.
    """

    got: Got
    detail: str


class Window(LoginSession):
    """One browser window. Whatever app it comes from, `saw` says whether that app got in.

    Attributes:
        url: The address that it shows.
        html: The page that it shows.
        landed: What the app was sent back with; empty as long as it was not.
    """

    def __init__(
        self, keycloak: Keycloak, realm: Realm, client: str = "app", redirect_uri: str = APP, secret: str = ""
    ) -> None:
        super().__init__(keycloak.url, realm.name, client_id=client, redirect_uri=redirect_uri)
        self.url = self.html = ""
        self.page: Page = Other("nothing yet", None)
        self.landed: dict[str, str] = {}
        self._secret = secret
        self._opened = False

    def go(self, method: str, url: str, **content: Any) -> Page:
        """Ask for any page."""
        return self._page(method, url, **content)

    def log_in(self, username: str, password: str = PASSWORD) -> Page:
        """Fill in the login form that is shown."""
        return self.submit_password(self.page, username, password)

    def follow(self, part: str) -> Page:
        """Follow the first link whose URL has a part in it."""
        links = [each.attribute("href") for each in Document(self.html).all("a")]
        return self.go("GET", urljoin(self.url, next(each for each in links if part in each)))

    def links(self) -> list[str]:
        """Where the page's links lead."""
        return [urljoin(self.url, each.attribute("href")) for each in Document(self.html).all("a")]

    def restart(self) -> Page:
        """Follow the link of the login pages that begins the login again."""
        assert isinstance(self.page, LoginForm)
        parts = urlsplit(self.page.form.action)
        query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name in {"client_id", "tab_id"}])
        return self.go("GET", parts._replace(path=parts.path.rpartition("/")[0] + "/restart", query=query).geturl())

    def submit(self, **typed: str) -> Page:
        """Fill in the first form of the page."""
        form = Document(self.html).all("form")[0]
        sent = {each.attribute("name"): each.attribute("value") for each in form.all("input")}
        action = urljoin(self.url, form.attribute("action"))
        return self.go("POST", action, data={name: value for name, value in sent.items() if name} | typed)

    def skip_if_due(self) -> Page:
        """Skip the page where there is one to skip; nothing is to be done where the app is reached."""
        return self.page if isinstance(self.page, Done) or self.page.form is None else self.skip(self.page)

    def skip_by(self, path: str, body: str = "accept=Yes", kind: str = "application/x-www-form-urlencoded") -> Page:
        """Skip the page by a request that is spelt another way.

        Args:
            path: What stands in the place of `consent`, sent as it is.
            body: The request's body; "{code}" stands for the code of the page that is shown.
            kind: The body's media type.
        """
        assert not isinstance(self.page, Done)
        assert self.page.form
        parts = urlsplit(self.page.form.action)
        query = dict(parse_qsl(parts.query))
        tab = urlencode({name: query[name] for name in ("client_id", "tab_id", "client_data")})
        url = f"{parts.scheme}://{parts.netloc}{parts.path.rpartition('/')[0]}/consent?{tab}"
        request = self._http.prepare_request(
            requests.Request(
                "POST", url, data=body.replace("{code}", query["session_code"]), headers={"Content-Type": kind}
            )
        )
        request.url = url.replace("/consent?", f"/{path}?")
        answer = self._http.send(request, allow_redirects=False, timeout=30)
        location = urljoin(url, answer.headers.get("Location", ""))
        if location.startswith(self._redirect_uri):
            self.landed = dict(parse_qsl(urlsplit(location).query))
        return self.page

    def open(self, **more: str) -> Page:
        """As `LoginSession.open`, also a second time."""
        self.landed = {}
        self._opened = True
        return super().open(**more)

    def saw(self) -> Saw:
        """What the app has of it: tokens, an assertion, or the page that it waits for."""
        page, fields = self.page, set(re.findall(r'name="(\w+)"', self.html))
        if isinstance(page, Done) and page.code:
            return token_answer(self._exchange(page.code))
        if isinstance(page, Done):
            return Saw(Got.LET_IN, f"the app has {', '.join(sorted(self.landed))}")
        said = f"{page.title}: {page.error}" if page.error else page.title
        if isinstance(page, SetUpTotp | OtpForm) or fields & _FACTORS:
            return Saw(Got.PENDING, said)
        if isinstance(page, LoginForm):
            return Saw(Got.REFUSED, f"back at the login form: {said}")
        return self._by_session(said)

    def _by_session(self, said: str) -> Saw:
        """Whether a session was left behind, which opens every app: links in mails lead to none."""
        if isinstance(self.open(), LoginForm):
            return Saw(Got.REFUSED, said)
        self.skip_if_due()
        return self.saw() if isinstance(self.page, Done) else Saw(Got.REFUSED, f"{said}, then {self.page.title}")

    def _exchange(self, code: str) -> requests.Response:
        form = {
            "grant_type": "authorization_code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "code": code,
        } | ({"code_verifier": self._verifier} if self._opened else {})
        secret = {"client_secret": self._secret} if self._secret else {}
        return requests.post(
            self._token_endpoint or token_url(self._server_url, self._realm), form | secret, timeout=30
        )

    def _page(self, method: str, url: str, **content: Any) -> Page:
        answer = self._send(method, url, **content)
        for _ in range(20):
            self.url, self.html = answer.url, answer.text
            if "Location" not in answer.headers:
                break
            self.url = urljoin(answer.url, answer.headers["Location"])
            if self.url.startswith(self._redirect_uri.rstrip("#/")):
                parts = urlsplit(self.url)
                self.landed = dict(parse_qsl(parts.fragment) or parse_qsl(parts.query))
                break
            answer = self._send("GET", self.url)
        self.page = self._read()
        return self.page

    def _read(self) -> Page:
        if self.landed:
            if self.landed.keys() & {"code", "access_token", "id_token"}:
                return Done(self.landed.get("code", ""))
            return Other(self.landed.get("error", "no code"), self.landed.get("error_description"))
        assertion = Document(self.html).all("input")
        sent = [each.attribute("value") for each in assertion if each.attribute("name") == "SAMLResponse"]
        if not sent:
            return read(self.html, self.url)
        saml = saml_answer(base64.b64decode(sent[0]).decode())
        if saml.got is not Got.LET_IN:
            return Other("SAML", saml.detail)
        self.landed = {"assertion": saml.detail}
        return Done("")


def token_answer(answer: requests.Response) -> Saw:
    """What an answer of the token endpoint came to."""
    if answer.ok:
        issued = answer.json()
        return Saw(Got.LET_IN, "tokens" if "access_token" in issued or "token" in issued else f"{issued}")
    return Saw(Got.REFUSED, f"{answer.status_code}, {responses.detail(answer.content)}")


def saml_answer(xml: str) -> Saw:
    """What a SAML response says."""
    statuses = _STATUS.findall(xml)
    if "Assertion" in xml and statuses == ["Success"]:
        return Saw(Got.LET_IN, "an assertion")
    return Saw(Got.REFUSED, ", ".join(statuses) or xml[:200])


def token_url(server_url: str, realm: str) -> str:
    return f"{server_url}/realms/{realm}/protocol/openid-connect/token"
