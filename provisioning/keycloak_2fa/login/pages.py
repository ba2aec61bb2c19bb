"""Keycloak's own login pages: what kinds there are, and which one a page of HTML is.

A theme may change how the pages look. What is relied on here is what Keycloak's server or its own scripts
need: the names of the form fields, the ids of forms and errors, and where a form is sent to.
"""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar
from urllib.parse import parse_qs, urljoin, urlsplit

from keycloak_2fa.errors import ServerError
from keycloak_2fa.login.html import Document, Element


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
    """Any other page, such as "Update password" or "We are sorry...".

    Attributes:
        form: Its first form, where it has one.
    """

    form: Form | None = field(default=None, repr=False, compare=False)


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


def expect(page: Page, kind: type[P]) -> P:
    """The page itself, known to be of a kind.

    Raises:
        UnexpectedPageError: It is of another kind; the message names the page and gives its own words.
    """
    if isinstance(page, kind):
        return page
    said = f", which says: {page.error.rstrip('.')}" if page.error else ""
    raise UnexpectedPageError(
        f"Instead of {_NAMES[kind]} Keycloak shows {page.title!r}{said}.",
        "Log in as this user in a browser to see the same; look at its required actions and the flows.",
    )


_NAMES: Mapping[type, str] = {
    LoginForm: "the login form",
    SetUpTotp: "the set-up of an authenticator",
    OtpForm: "the form for the one-time code",
    Done: "the way back into the app",
    Other: "another page",
}


def read(html: str, url: str) -> Page:
    """What kind of page it is, and what it says.

    Args:
        html: The page.
        url: Where it came from, for the relative links in it.
    """
    page = Document(html)
    title, error = page.text_of("kc-page-title") or page.title(), _error(page)
    forms = list(_forms(page, url))
    for form in forms:
        names = form.fields.keys()
        if {"totp", "totpSecret"} <= names:
            return _set_up_totp(page, url, title, error, form)
        if "otp" in names:
            return OtpForm(title, error, form)
        if form.id == "kc-form-login" and names & {"username", "password"}:
            return LoginForm(title, error, form)
    said = error or page.text_of("kc-error-message") or page.text_of("kc-info-message")
    return Other(title, said, forms[0] if forms else None)


def _set_up_totp(page: Document, url: str, title: str, error: str | None, form: Form) -> SetUpTotp:
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


def _error(page: Document) -> str | None:
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


def _forms(page: Document, url: str) -> Iterator[Form]:
    for form in page.all("form"):
        fields = {name: element.attribute("value") for element in form.all("input") if (name := _name_if_sent(element))}
        yield Form(form.attribute("id"), urljoin(url, form.attribute("action")), fields)


def _name_if_sent(element: Element) -> str:
    """The name under which a browser sends an input: not a box without its tick, not a button not pressed."""
    kind = element.attribute("type")
    left_out = kind in {"submit", "button", "image", "reset"} or (
        kind in {"checkbox", "radio"} and "checked" not in element.attributes
    )
    return "" if left_out else element.attribute("name")
