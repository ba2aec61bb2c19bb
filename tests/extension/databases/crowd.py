"""Many users at once, and other writers beside."""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import requests
from tests.extension.databases.database import Database
from tests.extension.databases.server import Server
from tests.integration.realms import Realm

UNCOVERED = """
select u.username from USER_ENTITY u join REALM r on r.id = u.realm_id
where r.name = '{realm}' and u.service_account_client_link is null
and not exists (select 1 from CREDENTIAL c where c.user_id = u.id and c.type = 'otp')
and not exists (select 1 from USER_REQUIRED_ACTION a where a.user_id = u.id and a.required_action = 'CONFIGURE_TOTP')
"""


def uncovered(database: Database, realm: Realm) -> set[str]:
    return set(database.run(UNCOVERED.format(realm=realm.name)).split())


class Churn:
    """Users who come and go by the Admin API: about ten a second, every third by partialImport; four leave.

    Attributes:
        imported: When each user was imported, by name, as `time.monotonic` has it.
    """

    def __init__(self, server: Server, realm: Realm) -> None:
        self._server, self._realm = server, realm
        self._end, self._local = threading.Event(), threading.local()
        self.imported: dict[str, float] = {}
        self.created = self.deleted = 0

    @contextmanager
    def running(self) -> Iterator["Churn"]:
        threads = [threading.Thread(target=each, daemon=True) for each in (self._come, self._go)]
        for each in threads:
            each.start()
        try:
            yield self
        finally:
            self._end.set()
            for each in threads:
                each.join()

    def _come(self) -> None:
        for number in itertools.count():
            if self._end.wait(0.1):
                return
            # Some before everybody who was there, some between them, some behind.
            name = f"{'aqz'[number % 3]}-{number:05d}" if number % 2 else f"person-{number * 977 % 100_000:07d}-new"
            user = {"username": name, "enabled": True}
            with suppress(requests.RequestException):
                if number % 3 == 0:
                    self._post("partialImport", {"ifResourceExists": "FAIL", "users": [user]})
                    self.imported[name] = time.monotonic()
                else:
                    self._post("users", user)
                self.created += 1

    def _go(self) -> None:
        while not self._end.wait(0.25):
            with suppress(requests.RequestException, IndexError):
                first = (self.deleted * 7919) % 5_000
                [user, *_] = self._session().get(self._url(f"users?first={first}&max=1"), timeout=60).json()
                if self._session().delete(self._url(f"users/{user['id']}"), timeout=60).ok:
                    self.deleted += 1

    def _post(self, path: str, body: object) -> None:
        self._session().post(self._url(path), json=body, timeout=60).raise_for_status()

    def _url(self, path: str) -> str:
        return f"{self._server.url}/admin/realms/{self._realm.name}/{path}"

    def _session(self) -> requests.Session:
        """One for each thread; its token is renewed before it ends."""
        kept: tuple[float, requests.Session] | None = getattr(self._local, "kept", None)
        if kept and time.monotonic() - kept[0] < 30:
            return kept[1]
        form = {
            "grant_type": "password",
            "client_id": "admin-cli",
            "username": self._server.username,
            "password": self._server.password,
        }
        url = f"{self._server.url}/realms/master/protocol/openid-connect/token"
        session = requests.Session()
        token = session.post(url, data=form, timeout=60).json()["access_token"]
        session.headers["Authorization"] = f"Bearer {token}"
        self._local.kept = (time.monotonic(), session)
        return session
