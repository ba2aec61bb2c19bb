"""The whole job on an embedded Keycloak: a sample realm is enforced, and one of its people logs in."""

import json
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TypedDict

from embedded_keycloak import EmbeddedKeycloak
from embedded_keycloak.errors import EmbeddedKeycloakError
from keycloak_2fa import extension_jar
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.demo_pictures import Camera, open_camera, why_none
from keycloak_2fa.enforcement import preflight
from keycloak_2fa.enforcement.enforce import Outcome, enforce
from keycloak_2fa.enforcement.preview import Preview, plan_enforcement
from keycloak_2fa.errors import ServerError
from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import Done, LoginForm, OtpForm, SetUpTotp, expect
from keycloak_2fa.login.session import LoginSession
from keycloak_2fa.realm import login_theme
from keycloak_2fa.settings import AdminUser, ConnectionSettings
from keycloak_2fa.warning_codes import CodedWarning, WarningCode

REALM = "demo"
USER = "alice"
VISITOR = "bob"
_APP, _REDIRECT = "demo-app", "http://127.0.0.1/demo"
_DEVICE = "demo phone"
_FILES = resources.files("keycloak_2fa").joinpath("realm_files")

WITHOUT_EXTENSION = WarningCode.EXTENSION_NOT_SHOWN.says(
    "Shown without the extension, and so without the Security page: this kc2fa has no jar of it "
    "(in a checkout, make extension builds it with Maven and a Java Development Kit)."
)


class Extras(TypedDict, total=False):
    """What the demo's Keycloak has besides Keycloak."""

    providers: list[Path]
    themes: list[Path]


@dataclass(frozen=True)
class Demo:
    """What the demo did, and where to look.

    Attributes:
        preview: What enforcing would do, as found before.
        enforcement: What it did.
        login: What one user met at the real login pages, step by step.
        account_url: Where to log in with a browser; the set-up page comes after the password.
        security_url: The Security page; None without the extension.
        console_url: Keycloak's admin console.
        admin: Name of the server's admin.
        admin_password: The server's admin's password, made for this machine only.
        user: A person of the realm who has not set up 2FA yet.
        user_password: Their password, made for this run.
        pictures: Files with pictures of the pages.
        notes: What is not shown, and why, a sentence each.
    """

    preview: Preview
    enforcement: Outcome
    login: tuple[str, ...]
    account_url: str
    security_url: str | None
    console_url: str
    admin: str
    admin_password: str = field(repr=False)
    user: str
    user_password: str = field(repr=False)
    pictures: tuple[Path, ...]
    notes: tuple[CodedWarning, ...]


class DemoServerError(ServerError):
    """The demo's server cannot be had or does not start. Its `code` is that of the embedded Keycloak's own error."""

    code = EmbeddedKeycloakError.code

    def __init__(self, error: EmbeddedKeycloakError) -> None:
        super().__init__(error.message, error.hint)
        self.code = error.code


@dataclass(frozen=True)
class DemoServer:
    """The demo's Keycloak.

    Attributes:
        keycloak: It, running, without a realm of the name `REALM`.
        with_extension: Whether it has the extension. Otherwise it has the login theme, for the order of the apps.
    """

    keycloak: EmbeddedKeycloak
    with_extension: bool


@contextmanager
def demo_server(port: int, on_step: Callable[[str], None], *, without_extension: bool = False) -> Iterator[DemoServer]:
    """The demo's Keycloak, running. It is stopped at the end, unless it was told to stay (`leave_running`).

    Args:
        port: TCP port on 127.0.0.1; 0 takes a free one.
        on_step: Told in a short sentence before each step.
        without_extension: Leave the extension out, also where its jar is there.

    Raises:
        DemoServerError: It cannot be had or does not start.
    """
    jar = None if without_extension else extension_jar.find()
    theme = Path(str(_FILES / "themes" / login_theme.NAME))
    extras: Extras = {"themes": [theme]} if jar is None else {"providers": [jar]}
    try:
        with EmbeddedKeycloak(port=port, on_step=on_step, **extras) as running:
            yield DemoServer(running, with_extension=jar is not None)
    except EmbeddedKeycloakError as error:
        raise DemoServerError(error) from error


def run_demo(
    server: DemoServer, on_step: Callable[[str], None] = lambda _: None, *, pictures: Path | None = None
) -> Demo:
    """Do the whole job.

    Args:
        server: The demo's Keycloak.
        on_step: Told in a short sentence before each step.
        pictures: Folder for pictures of the pages, where this machine can take them.

    Raises:
        Error: Something did not go as it should.
    """
    keycloak = server.keycloak
    api = AdminApi(
        ConnectionSettings(
            server_url=keycloak.url,
            realm=REALM,
            auth_realm="master",
            credentials=AdminUser(keycloak.username, keycloak.password),
        )
    )
    on_step("Importing the sample realm")
    sample = (_FILES / "sample-realm.json").read_text(encoding="utf-8")
    api.call(api.keycloak.create_realm, json.loads(sample))
    password = _give_password(api, USER)
    visitor_password = _give_password(api, VISITOR)
    account_url = f"{keycloak.url}/realms/{REALM}/account"
    console_url = f"{keycloak.url}/admin/master/console/"
    security_url = f"{keycloak.url}/realms/master/two-factor/?realm={REALM}" if server.with_extension else None
    on_step("Previewing the enforcement")
    before = plan_enforcement(api)
    notes: tuple[CodedWarning, ...] = () if server.with_extension else (WITHOUT_EXTENSION,)
    with _camera(pictures) as (camera, reason):
        if camera and security_url:
            on_step("Taking pictures of the Security page")
            camera.show_enforce_dialog(security_url, keycloak.username, keycloak.password)
        on_step("Enforcing 2FA")
        done = enforce(api, consent=preflight.CONSENT, with_login_theme=not server.with_extension)
        if camera:
            on_step("Taking pictures of the pages")
            camera.show_enforced()
            camera.show_set_up(account_url, VISITOR, visitor_password)
        taken = camera.taken if camera else []
        notes += (*reason, *(camera.notes if camera else ()))
    on_step(f"Logging {USER} in on the real pages")
    return Demo(
        preview=before,
        enforcement=done,
        login=tuple(_log_in_twice(keycloak.url, password)),
        account_url=account_url,
        security_url=security_url,
        console_url=f"{console_url}#/{REALM}",
        admin=keycloak.username,
        admin_password=keycloak.password,
        user=VISITOR,
        user_password=visitor_password,
        pictures=tuple(taken),
        notes=notes,
    )


@contextmanager
def _camera(folder: Path | None) -> Iterator[tuple[Camera | None, tuple[CodedWarning, ...]]]:
    """A camera where one is wanted and can be had; otherwise why not."""
    if folder is None:
        yield None, ()
    elif reason := why_none():
        yield None, (reason,)
    else:
        with open_camera(folder) as camera:
            yield camera, ()


def _give_password(api: AdminApi, username: str) -> str:
    password = secrets.token_urlsafe(9)
    user_id = api.call(api.keycloak.get_user_id, username)
    api.call(api.keycloak.set_user_password, user_id, password, False)  # noqa: FBT003
    return password


def _log_in_twice(server_url: str, password: str) -> list[str]:
    with _window(server_url) as window:
        form = expect(window.open(), LoginForm)
        page = expect(window.submit_password(form, USER, password), SetUpTotp)
        said = [f"{USER} types the password and sees {page.title!r}: {', '.join(_in_order(page.apps))}"]
        phone = Authenticator.typed(page.secret)
        again = expect(window.set_up_totp(page, phone.wrong_code(), _DEVICE), SetUpTotp)
        said.append(f"a wrong code is refused: {again.error}")
        expect(window.set_up_totp(again, phone.fresh_code(), _DEVICE), Done)
        said.append(f"the phone's code and the device name {_DEVICE!r} are accepted: {USER} is logged in")
    with _window(server_url) as window:
        otp = expect(window.submit_password(window.open(), USER, password), OtpForm)
        said.append("at the next login the password is not enough: Keycloak asks for the one-time code")
        expect(window.enter_code(otp, phone.fresh_code()), Done)
        said.append(f"with the code {USER} is logged in")
    return said


def _in_order(apps: Iterable[str]) -> list[str]:
    """As a browser shows them: the extension orders them on the server, the login theme by a script of the page."""
    order = ("Microsoft Authenticator", "FreeOTP", "Google Authenticator")
    return sorted(apps, key=lambda app: (order.index(app) if app in order else len(order), app))


def _window(server_url: str) -> LoginSession:
    return LoginSession(server_url, REALM, client_id=_APP, redirect_uri=_REDIRECT)
