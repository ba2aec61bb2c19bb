"""A realm with a user who has OTP, what their phone shows, and how others set up theirs."""

import base64
from typing import Any

import pyotp
import pytest
from tests.extension.logins import add_app
from tests.extension.logins import with_password as user
from tests.integration.command import CONFIRM, Kc2fa
from tests.integration.realms import MakeRealm, Realm, otp_credential

from keycloak_2fa.login.pages import Page, SetUpTotp, expect
from keycloak_2fa.login.session import LoginSession

SECRET = "made-for-a-test-only"


def code(secret: str = SECRET) -> str:
    return pyotp.TOTP(base64.b32encode(secret.encode()).decode()).now()


def enrolled(username: str, **more: Any) -> dict[str, Any]:
    """A user with a device that holds SECRET."""
    return user(username, credentials=[otp_credential(secret=SECRET)], **more)


@pytest.fixture
def realm(make_realm: MakeRealm) -> Realm:
    """A realm with three users: two without OTP, and one with it. It is OFF."""
    realm = make_realm(user("alice"), user("bob"), enrolled("carol"))
    add_app(realm)
    return realm


@pytest.fixture
def enforced(realm: Realm, kc2fa: Kc2fa) -> Realm:
    """The same realm, where 2FA is ON."""
    assert kc2fa("enforce", *CONFIRM, realm=realm).exit == 0
    return realm


def set_up(window: LoginSession, page: Page) -> Page:
    """Set up OTP as somebody does who cannot scan the barcode."""
    key = expect(window.show_key(page), SetUpTotp).secret
    assert key is not None
    return window.set_up_totp(page, pyotp.TOTP(key).now(), "phone")
