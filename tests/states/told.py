"""What each command, and a real login, says of one user in one state of a realm."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.extension.logins import page_after_password
from tests.integration.command import Kc2fa
from tests.integration.realms import Realm

from embedded_keycloak import EmbeddedKeycloak
from keycloak_2fa.login.pages import Done, OtpForm, SetUpTotp

USER = "alice"
LOGINS = {Done: "let in", SetUpTotp: "set up", OtpForm: "code"}

STATUS = {"enrolled": "enrolled", "pending": "asked", "uncovered": "uncovered", "exempt": "exempt"}
PREVIEW = {
    "enrolled": "enrolled",
    "already_marked": "asked",
    "to_mark": "uncovered",
    "exempt": "exempt",
    "failed": "uncovered",
}
"""The figures of a command, and the standing in the report that each means."""


@dataclass(frozen=True)
class Told:
    """One row of the table.

    Attributes:
        login: What the browser shows once the password is right.
        state: The realm's, in `status`.
        status: The user's standing, by its figures.
        preview: The same, by those of `preview`.
        report: The same, in `report`.
        findings: Ids that `verify` finds, without those that the whole server has in common.
        held: Ids that `verify` says the extension holds.
        exit: What `verify` ends with.
    """

    login: str
    state: str
    status: str
    preview: str
    report: str
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
            ", ".join(self.findings) or "-",
            ", ".join(self.held) or "-",
            str(self.exit),
        )


def ask(kc2fa: Kc2fa, keycloak: EmbeddedKeycloak, realm: Realm, scratch: Path) -> Told:
    """Ask everybody. The login comes last: it may import or change the user."""
    admin = {"KC2FA_USERNAME": keycloak.username, "KC2FA_PASSWORD": keycloak.password}
    status = kc2fa("status", "--json", realm=realm).data
    preview = kc2fa("preview", "--json", realm=realm).data
    verify = kc2fa("verify", "--json", realm=realm, **admin)
    file = scratch / f"{realm.name}.json"
    kc2fa("report", "--json", "--output", str(file), realm=realm)
    rows = json.loads(file.read_text())["people"]
    found = verify.data
    return Told(
        login=LOGINS.get(type(page_after_password(keycloak, realm, USER)), "refused"),
        state=status["state"],
        status=_one(status["users"], STATUS),
        preview=_one(preview["users"], PREVIEW),
        report=next(row["standing"] for row in rows if row["username"] == USER),
        findings=tuple(sorted({each["id"] for each in found["findings"]})),
        held=tuple(sorted({each["id"] for each in found.get("held", [])})),
        exit=verify.exit,
    )


def _one(figures: dict[str, Any], names: dict[str, str]) -> str:
    """The realm has one user, so one figure is 1."""
    [standing] = [standing for figure, standing in names.items() if figures[figure] == 1]
    return standing


Given = Callable[[Kc2fa, Realm], None]
"""Brings a realm with one user, who has no OTP, into a state."""
