"""`kc2fa harden`: each way around 2FA is walked first, then closed, then walked in vain."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.integration import windows
from tests.integration.command import Kc2fa, Run
from tests.integration.realms import MakeRealm, Realm, otp_credential, person, service_account

from keycloak_2fa.login.authenticator import Authenticator
from keycloak_2fa.login.pages import Done, SetUpTotp, expect

APP = (windows.APP_CLIENT, person("of-no-importance", credentials=[otp_credential()]))
KEEPER = service_account("keeper", "realm-admin")
"""May do everything in the realm."""
SKIP_VERSION = ("--skip", "server-vulnerable", "--skip", "set-up-skippable")
"""No setting of a realm mends the server that the tests run on, which has no extension."""
ANYWAY = ("--accept", "not-enforced")
"""Most realms of these tests are OFF: it is the flows that are tried."""
AS_KEEPER = {"KC2FA_CLIENT_ID": "keeper", "KC2FA_CLIENT_SECRET": "keeper-secret"}


@pytest.fixture(scope="session")
def make_open(make_realm: MakeRealm) -> MakeRealm:
    """Makes a realm with an app and somebody who may close everything."""

    def make(*who: dict[str, Any], clients: tuple[Any, ...] = (), **settings: Any) -> Realm:
        return make_realm(*who, clients=(APP, KEEPER, *clients), **settings)

    return make


@pytest.fixture(scope="session")
def harden(kc2fa: Kc2fa) -> Callable[..., Run]:
    """Runs `kc2fa harden --yes` and expects it to succeed."""

    def run(realm: Realm, *ids: str) -> Run:
        what = [part for each in ids for part in ("--fix", each)] or ["--all"]
        done = kc2fa("harden", "--json", "--yes", *ANYWAY, *what, realm=realm, **AS_KEEPER)
        assert done.exit == 0, done
        return done

    return run


Harden = Callable[..., Run]


class Olga:
    """Somebody who is enrolled."""

    def __init__(self) -> None:
        key = windows.key()
        self.phone = windows.phone(key)
        self.user = windows.user("olga", credentials=[*windows.user("olga")["credentials"], otp_credential(secret=key)])


@pytest.fixture
def olga() -> Olga:
    return Olga()


def set_up(window: Any, page: Any) -> Authenticator:
    """Set up a phone where Keycloak asks for it, up to the app."""
    phone = Authenticator.typed(expect(page, SetUpTotp).secret)
    expect(window.set_up_totp(page, phone.code(), "Phone"), Done)
    return phone


def new_user(username: str) -> dict[str, Any]:
    """A user as the admin console creates one."""
    return {key: value for key, value in windows.user(username).items() if key != "clientRoles"}
