"""docs/states.md: what every command and a real login say in each state, as the tests saw it."""

import os
from pathlib import Path

from tests.states.told import Told

FILE = Path(__file__).parents[2] / "docs" / "states.md"
WRITES = "KC2FA_WRITE_STATES"
"""`make states` sets it: what the tests see becomes the page."""

HEAD = """\
# One user in every state of a realm

A realm has one user, with a password and no OTP unless the state says otherwise. Each row is a state. Each cell says
what a command told of the user, or what the login showed after the password. `tests/states` makes each state on a real
Keycloak, asks, and fails where this page says something else. `make states` writes the page.

- **login**: *let in*, *set up* (the page Mobile Authenticator Setup), *code* (the page for a code), *other factor* (the
  page for a recovery code or a security key), *refused*.
- **realm**: what `status` says that 2FA is set to.
- **status**, **preview**, **report**: where the user stands. They always agree. *asked*: must set up 2FA at the next
  login; *uncovered*: has no OTP, and is not asked; *not counted*: Keycloak does not list the user.
- **endpoints**: the same from the extension's `GET two-factor`, `GET preview` and `GET report`.
- **prove fails**: the checks of `prove` that failed. It makes a new user, and says nothing of this one.
- **verify finds**, **held**, **exit**: the findings, those that the extension holds, and the exit code.
"""
_BEFORE = ("state", "login", "realm", "status", "preview", "report")
_AFTER = ("prove fails", "verify finds", "held", "exit")


def line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


def check(server: str, state: str, told: Told) -> None:
    """Compare a row with the page, or write it."""
    if os.environ.get(WRITES):
        _write(server, state, told)
    rows = FILE.read_text(encoding="utf-8").partition(f"## {server}\n")[2].partition("\n## ")[0]
    assert line((state, *told.cells())) in rows.splitlines()


def _write(server: str, state: str, told: Told) -> None:
    text = FILE.read_text(encoding="utf-8") if FILE.exists() else HEAD
    title = f"\n## {server}\n"
    if title not in text:
        columns = (*_BEFORE, *(("endpoints",) if told.endpoints else ()), *_AFTER)
        text += f"{title}\n{line(columns)}\n{line(('---',) * len(columns))}\n"
    before, _, section = text.partition(title)
    rows, found, rest = section.partition("\n## ")
    kept = [each for each in rows.rstrip("\n").splitlines() if not each.startswith(f"| {state} |")]
    section = "\n".join([*kept, line((state, *told.cells()))]) + "\n"
    FILE.write_text(before + title + section + found + rest, encoding="utf-8")
