"""People who come, go and are renamed while something else is at work in their realm."""

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests
from tests.integration.realms import Realm, person
from tests.server import Keycloak


@dataclass
class Churn:
    """Once a second some are created, some imported, some removed and some renamed.

    Attributes:
        created: How many an administrator made, who get the default action.
        removed: How many went.
        renamed: How many have another name now.
        imported: By id, when the import of each was answered (`time.time`).
    """

    url: str
    token: str
    any_: random.Random
    ids: list[str]
    created: int = 0
    removed: int = 0
    renamed: int = 0
    imported: dict[str, float] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)

    def second(self) -> None:
        for _ in range(7):
            made = self._send("POST", "users", {"username": self._name("created"), "enabled": True})
            self.ids.append(made.headers.get("Location", "").rsplit("/", 1)[-1])
            self.created += 1
        names = [self._name("imported") for _ in range(3)]
        wanted = {"ifResourceExists": "FAIL", "users": [person(name) for name in names]}
        answer = self._send("POST", "partialImport", wanted)
        self.imported |= {each["id"]: time.time() for each in answer.json()["results"]}
        for _ in range(4):
            self._send("DELETE", f"users/{self.ids.pop(self.any_.randrange(len(self.ids)))}")
            self.removed += 1
        for _ in range(2):
            self._send("PUT", f"users/{self.any_.choice(self.ids)}", {"username": self._name("renamed")})
            self.renamed += 1

    def _name(self, kind: str) -> str:
        return f"{self.any_.choice('abcdefghijklmnopqrstuvwxyz')}-{kind}-{self.any_.getrandbits(64):016x}"

    def _send(self, method: str, path: str, body: Any = None) -> requests.Response:
        answer = requests.request(
            method,
            f"{self.url}/{path}",
            data=None if body is None else json.dumps(body),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
            timeout=60,
        )
        if answer.status_code >= 300:
            self.trouble.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer


@contextmanager
def churn(keycloak: Keycloak, realm: Realm, token: str) -> Iterator[Churn]:
    """Churn in a realm, from the beginning to the end of a block; fails where one of its requests failed."""
    ids = [each["id"] for each in realm.get("users", max=100_000, briefRepresentation="true")]
    it = Churn(f"{keycloak.url}/admin/realms/{realm.name}", token, random.Random(1), ids)
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            began = time.monotonic()
            it.second()
            stop.wait(max(0.0, 1 - (time.monotonic() - began)))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield it
    finally:
        stop.set()
        thread.join(60)
    assert not it.trouble, it.trouble
