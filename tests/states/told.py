"""What each command, and a real login, says of one user in one state of a realm."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.extension.calls import Call
from tests.integration.command import Kc2fa
from tests.integration.realms import Realm

from embedded_keycloak import EmbeddedKeycloak

USER = "alice"
NOT_COUNTED = "not counted"

STATUS = {"enrolled": "enrolled", "pending": "asked", "uncovered": "uncovered", "exempt": "exempt"}
PREVIEW = {
    "enrolled": "enrolled",
    "already_marked": "asked",
    "to_mark": "uncovered",
    "exempt": "exempt",
    "failed": "uncovered",
}
"""The figures of a command, and the standing in the report that each means."""

LogIn = Callable[[EmbeddedKeycloak, Realm], str]
"""Has the user log in, and says what came of it."""


@dataclass(frozen=True)
class Told:
    """One row of the table.

    Attributes:
        login: What the browser shows once the password is right.
        state: The realm's, in `status`.
        status: The user's standing, by its figures.
        preview: The same, by those of `preview`.
        report: The same, in `report`.
        endpoints: The same, by the extension's three endpoints; None where there are none.
        proof: Ids of the checks of `prove` that failed.
        findings: Ids that `verify` finds.
        held: Ids that `verify` says the extension holds.
        exit: What `verify` ends with.
    """

    login: str
    state: str
    status: str
    preview: str
    report: str
    endpoints: tuple[str, str, str] | None
    proof: tuple[str, ...]
    findings: tuple[str, ...]
    held: tuple[str, ...]
    exit: int

    def cells(self) -> tuple[str, ...]:
        """As the table shows it."""
        return (
            self.login,
            self.state,
            self.status,
            self.preview,
            self.report,
            *([" / ".join(dict.fromkeys(self.endpoints))] if self.endpoints else []),
            ", ".join(self.proof) or "-",
            ", ".join(self.findings) or "-",
            ", ".join(self.held) or "-",
            str(self.exit),
        )


@dataclass(frozen=True)
class Asker:
    """Asks everybody about the user of a realm.

    Args:
        kc2fa: The command.
        keycloak: The server.
        realm: The realm.
        scratch: A folder for files.
        call: Calls the extension's endpoints; None where the server lacks it.
    """

    kc2fa: Kc2fa
    keycloak: EmbeddedKeycloak
    realm: Realm
    scratch: Path
    call: Call | None = None

    def ask(self, log_in: LogIn) -> Told:
        """Ask everybody. The login comes last: it may import or change the user."""
        status = self._command("status")
        preview = self._command("preview")
        verify = self.kc2fa("verify", "--json", realm=self.realm, **self._admin)
        report = self._report()
        proof = self.kc2fa("prove", "--json", realm=self.realm).data
        endpoints = self._endpoints()
        return Told(
            login=log_in(self.keycloak, self.realm),
            state=status["state"],
            status=_one(status["users"], STATUS),
            preview=_one(preview["users"], PREVIEW),
            report=report,
            endpoints=endpoints,
            proof=tuple(sorted(each["id"] for each in proof["checks"] if each["passed"] is False)),
            findings=_ids(verify.data["findings"]),
            held=_ids(verify.data["held"]),
            exit=verify.exit,
        )

    @property
    def _admin(self) -> dict[str, str]:
        return {"KC2FA_USERNAME": self.keycloak.username, "KC2FA_PASSWORD": self.keycloak.password}

    def _command(self, name: str) -> dict[str, Any]:
        return self.kc2fa(name, "--json", realm=self.realm).data

    def _report(self) -> str:
        file = self.scratch / f"{self.realm.name}.json"
        self.kc2fa("report", "--json", "--output", str(file), realm=self.realm)
        return _row(json.loads(file.read_text())["people"])

    def _endpoints(self) -> tuple[str, str, str] | None:
        if self.call is None:
            return None
        status, preview = self.call(self.realm).json(), self.call(self.realm, "/preview").json()
        rows = [json.loads(line) for line in self.call(self.realm, "/report").text.splitlines() if line]
        return _one(status["users"], STATUS), _one(preview["users"], PREVIEW), _row(rows)


def _ids(findings: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(sorted({each["id"] for each in findings}))


def _row(rows: list[dict[str, Any]]) -> str:
    return next((str(row["standing"]) for row in rows if row["username"] == USER), NOT_COUNTED)


def _one(figures: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The realm has one user, so one figure is 1."""
    standings = [standing for figure, standing in names.items() if figures[figure] == 1]
    assert sum(figures[figure] for figure in names) == len(standings) <= 1, figures
    return standings[0] if standings else NOT_COUNTED
