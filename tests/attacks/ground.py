"""Where a way is walked: a server in one of three states, and realms on it."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import requests
from tests.attacks.elsewhere import Elsewhere
from tests.attacks.window import Window, token_url
from tests.integration import windows
from tests.integration.command import CONFIRM, Kc2fa, Run
from tests.integration.realms import MakeRealm, Realm, otp_credential, service_account
from tests.integration.windows import APP_CLIENT, PASSWORD
from tests.mail import Mailbox
from tests.server import Keycloak

from keycloak_2fa.login.authenticator import Authenticator

AS_KEEPER = {"KC2FA_CLIENT_ID": "keeper", "KC2FA_CLIENT_SECRET": "keeper-secret"}
"""A service account that may do everything in its realm, and so can harden all of it."""


class Column(StrEnum):
    """What was done to the server and the realm."""

    PLAIN = "plain"
    EXTENSION = "extension"
    HARDENED = "hardened"


@dataclass(frozen=True)
class Enrolled:
    """Somebody who has OTP: their user, to import, and their phone."""

    user: dict[str, Any]
    phone: Authenticator


def enrolled(username: str, **more: Any) -> Enrolled:
    """Somebody who has OTP."""
    key = windows.key()
    user = windows.user(username, **more)
    user["credentials"] = [*user["credentials"], otp_credential(secret=key)]
    return Enrolled(user, windows.phone(key))


@dataclass
class Ground:
    """Realms in one state, made as a way needs them.

    Attributes:
        last: The realm that was used last: the one to verify.
    """

    keycloak: Keycloak
    column: Column
    make_realm: MakeRealm
    kc2fa: Kc2fa
    mailbox: Mailbox
    elsewhere: Elsewhere
    last: Realm = field(init=False)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def realm(self, *who: dict[str, Any], clients: tuple[dict[str, Any], ...] = (), **settings: Any) -> Realm:
        """A realm with the app, further clients and these people, on which nothing was enforced yet."""
        settings = {"smtpServer": self.mailbox.settings} | settings
        self.last = realm = self.make_realm(*who, clients=(service_account("keeper", "realm-admin"),), **settings)
        for client in (APP_CLIENT, *clients):
            realm.post("clients", client)
        return realm

    def enforce(self, realm: Realm, *more: str) -> Realm:
        """Enforce 2FA, and close all that can be closed where that is the column's state."""
        done = self.kc2fa("enforce", "--json", *CONFIRM, *more, realm=realm, **AS_KEEPER)
        assert done.exit == 0, done.stdout
        # A session of the second in which it became ON counts as one from before.
        time.sleep(1 - time.time() % 1)
        if self.column is Column.HARDENED:
            done = self.kc2fa("harden", "--json", "--yes", "--all", realm=realm, **AS_KEEPER)
            assert done.exit in {0, 7}, done.stdout
        return realm

    @cached_property
    def _shared(self) -> Realm:
        realm = self.realm(*(windows.user(f"marked-{number}") for number in range(40)))
        return self.enforce(realm)

    def shared(self) -> Realm:
        """An enforced realm, for ways that change nobody but their own person."""
        self.last = self._shared
        return self._shared

    def marked(self) -> str:
        """Name of somebody in the shared realm who has no OTP and was there at enforcement."""
        return f"marked-{next(self._numbers)}"

    def client(self, realm: Realm, client: dict[str, Any]) -> str:
        """A further client of the realm, under a name of its own."""
        name = f"client-{next(self._numbers)}"
        realm.post("clients", {"clientId": name} | client)
        return name

    def window(self, realm: Realm, client: str = "app", **more: str) -> Window:
        """A window without cookies."""
        return Window(self.keycloak, realm, client, **more)

    def grant(self, realm: Realm, username: str, **more: str) -> requests.Response:
        """A direct access grant (RFC 6749, 4.3)."""
        return self.token(realm, grant_type="password", username=username, **{"password": PASSWORD} | more)

    def token(self, realm: Realm, **form: str) -> requests.Response:
        """A request to the token endpoint, by the app where no client is named."""
        return requests.post(token_url(self.keycloak.url, realm.name), {"client_id": "app"} | form, timeout=30)

    def command(self, *arguments: str) -> Run:
        """A run of `kc2fa` on the realm that was used last, by who may do everything in it."""
        return self.kc2fa(*arguments, "--json", realm=self.last, **AS_KEEPER)

    def findings(self) -> set[str]:
        """Ids of what `kc2fa verify` finds in the realm that was used last."""
        return {each["id"] for each in self.command("verify").data["findings"]}
