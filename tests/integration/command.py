"""The command as a process: how a test runs it, and what it came to."""

import json
import os
import re
import sys
from dataclasses import dataclass
from typing import Any, Protocol

from tests import schemas, warned
from tests.integration.realms import ENFORCER, ENFORCER_SECRET, Realm
from tests.server import Keycloak

from keycloak_2fa.documents import COMMANDS
from keycloak_2fa.warning_codes import WarningCode

COMMAND = [sys.executable, "-m", "keycloak_2fa_cli"]
CONFIRM = ("--confirm", "Enforce 2FA")


@dataclass(frozen=True)
class Run:
    """What one run of the command came to."""

    exit: int
    stdout: str
    stderr: str

    @property
    def document(self) -> dict[str, Any]:
        """The JSON document on stdout; fails where there is anything else, or it is not as docs/schemas says."""
        document = dict(json.loads(self.stdout))
        if document["command"] in COMMANDS:
            schemas.check(document)
        return document

    @property
    def data(self) -> dict[str, Any]:
        return dict(self.document["data"])

    @property
    def error(self) -> dict[str, str]:
        return dict(self.document["error"])

    @property
    def roles_named(self) -> set[str]:
        """The roles that the error's message names."""
        return set(re.findall(r"(?<![\w-])(?:create|manage|query|view)-[a-z-]+", self.error["message"]))

    @property
    def warned(self) -> dict[WarningCode, str]:
        """The warnings by their codes."""
        return warned.by_code(self.document["warnings"])


class Kc2fa(Protocol):
    """Runs the command as the realm's enforcer, or as the environment given says."""

    def __call__(self, *arguments: str, realm: Realm | None = None, stdin: str = "", **environment: str) -> Run: ...


def environment_for(keycloak: Keycloak, realm: Realm | None, **more: str) -> dict[str, str]:
    """The environment of a run: the realm's enforcer, unless it says otherwise; an empty value takes one away."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KC2FA_")}
    ours = {"KC2FA_SERVER_URL": keycloak.url}
    if realm:
        ours |= {
            "KC2FA_REALM": realm.name,
            "KC2FA_CLIENT_ID": ENFORCER,
            "KC2FA_CLIENT_SECRET": ENFORCER_SECRET,
        }
    if "KC2FA_USERNAME" in more:
        ours = {name: value for name, value in ours.items() if "CLIENT" not in name}
    return {name: value for name, value in (kept | ours | more).items() if value}
