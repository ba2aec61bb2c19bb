"""The whole job on an embedded Keycloak: a sample realm is enforced, and one of its people logs in."""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources

from embedded_keycloak import EmbeddedKeycloak
from embedded_keycloak.errors import EmbeddedKeycloakError
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.enforcement import preflight
from keycloak_2fa.enforcement.enforce import Outcome, enforce
from keycloak_2fa.enforcement.preview import Preview, plan_enforcement
from keycloak_2fa.errors import ServerError
from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import Done, LoginForm, OtpForm, SetUpTotp, expect
from keycloak_2fa.login.session import LoginSession
from keycloak_2fa.settings import AdminUser, ConnectionSettings

REALM = "demo"
USER = "alice"
VISITOR = "bob"
_APP, _REDIRECT = "demo-app", "http://127.0.0.1/demo"
_DEVICE = "demo phone"


@dataclass(frozen=True)
class Demo:
    """What the demo did, and where to look.

    Attributes:
        preview: What enforcing would do, as found before.
        enforcement: What it did.
        login: What one user met at the real login pages, step by step.
        account_url: Where to log in with a browser.
        console_url: Keycloak's admin console.
        admin: Name of the server's admin.
        admin_password: The server's admin's password, made for this machine only.
        user: A person of the realm who has not set up 2FA yet.
        user_password: Their password, made for this run.
    """

    preview: Preview
    enforcement: Outcome
    login: tuple[str, ...]
    account_url: str
    console_url: str
    admin: str
    admin_password: str = field(repr=False)
    user: str
    user_password: str = field(repr=False)


class DemoServerError(ServerError):
    """The demo's server cannot be had or does not start. Its `code` is that of the embedded Keycloak's own error."""

    code = EmbeddedKeycloakError.code

    def __init__(self, error: EmbeddedKeycloakError) -> None:
        super().__init__(error.message, error.hint)
        self.code = error.code


@contextmanager
def demo_server(port: int, on_step: Callable[[str], None]) -> Iterator[EmbeddedKeycloak]:
    """The demo's Keycloak, running. It is stopped at the end, unless it was told to stay (`leave_running`).

    Args:
        port: TCP port on 127.0.0.1; 0 takes a free one.
        on_step: Told in a short sentence before each step.

    Raises:
        DemoServerError: It cannot be had or does not start.
    """
    try:
        with EmbeddedKeycloak(port=port, on_step=on_step) as running:
            yield running
    except EmbeddedKeycloakError as error:
        raise DemoServerError(error) from error


def run_demo(server: EmbeddedKeycloak, on_step: Callable[[str], None] = lambda _: None) -> Demo:
    """Do the whole job.

    Args:
        server: A running Keycloak without a realm of the name `REALM`.
        on_step: Told in a short sentence before each step.

    Raises:
        Error: Something did not go as it should.
    """
    api = AdminApi(
        ConnectionSettings(
            server_url=server.url,
            realm=REALM,
            auth_realm="master",
            credentials=AdminUser(server.username, server.password),
        )
    )
    on_step("Importing the sample realm")
    sample = resources.files("keycloak_2fa").joinpath("realm_files", "sample-realm.json")
    api.call(api.keycloak.create_realm, json.loads(sample.read_text(encoding="utf-8")))
    password = _give_password(api, USER)
    visitor_password = _give_password(api, VISITOR)
    on_step("Previewing the enforcement")
    before = plan_enforcement(api)
    on_step("Enforcing 2FA")
    done = enforce(api, consent=preflight.CONSENT)
    on_step(f"Logging {USER} in on the real pages")
    return Demo(
        preview=before,
        enforcement=done,
        login=tuple(_log_in_twice(server.url, password)),
        account_url=f"{server.url}/realms/{REALM}/account",
        console_url=f"{server.url}/admin/master/console/#/{REALM}",
        admin=server.username,
        admin_password=server.password,
        user=VISITOR,
        user_password=visitor_password,
    )


def _give_password(api: AdminApi, username: str) -> str:
    password = secrets.token_urlsafe(9)
    user_id = api.call(api.keycloak.get_user_id, username)
    api.call(api.keycloak.set_user_password, user_id, password, False)  # noqa: FBT003
    return password


def _log_in_twice(server_url: str, password: str) -> list[str]:
    with _window(server_url) as window:
        form = expect(window.open(), LoginForm)
        page = expect(window.submit_password(form, USER, password), SetUpTotp)
        said = [f"{USER} types the password and sees {page.title!r}: {', '.join(sorted(page.apps))}"]
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


def _window(server_url: str) -> LoginSession:
    return LoginSession(server_url, REALM, client_id=_APP, redirect_uri=_REDIRECT)
