"""What became of the users since an earlier report."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keycloak_2fa.errors import BadFileError
from keycloak_2fa.people.register import KNOWN, Known, Register
from keycloak_2fa.people.standing import Standing
from keycloak_2fa.reporting.row import Row

NAMED_AT_MOST = 1_000
"""Users that are named for each kind of change; the others are counted."""

KINDS = ("enrolled", "lost", "reset", "renewed", "came", "gone")
"""Set up OTP; lost it and is not asked; lost it and is asked; set up another one; is new; is gone."""


@dataclass
class Changes:
    """Who changed, by kind.

    Attributes:
        since: When the earlier report was made.
        counts: How many.
        names: Up to `NAMED_AT_MOST` usernames of each kind.
    """

    since: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    names: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def add(self, kind: str, username: str) -> None:
        """Note one user."""
        self.counts[kind] += 1
        if len(self.names[kind]) < NAMED_AT_MOST:
            self.names[kind].append(username)

    def document(self) -> dict[str, Any]:
        """The changes as JSON."""
        return {"since": self.since, "counts": self.counts, "names": self.names}


class EarlierReport:
    """A JSON report of the same realm. It is read line by line, so its size does not matter.

    Args:
        path: The file that `kc2fa report --output FILE.json` wrote.
        realm: The realm that it must be of.

    Raises:
        BadFileError: It cannot be read, or is not such a report.
    """

    def __init__(self, path: Path, realm: str) -> None:
        self._path = path
        header = self._header()
        if header.get("realm") != realm:
            raise BadFileError(
                f"{path} is a report of realm {header.get('realm')!r}, not of {realm!r}.", "Name another report."
            )
        self._before = Register()
        for row in self._rows():
            self._before.put(row["user_id"], KNOWN[Standing(row["standing"])])
        # From here on a user is here when the new report has seen them.
        self._before.read_again()
        self.changes = Changes(header["generated_at"])

    def compare(self, row: Row) -> None:
        """Compare one user of the new report."""
        before = self._before.see(row["user_id"])
        kind = _kind(before, row, self.changes.since)
        if kind:
            self.changes.add(kind, row["username"])

    def conclude(self) -> Changes:
        """Find out who is gone, when every user was compared."""
        for row in self._rows():
            if not self._before.is_here(row["user_id"]):
                self.changes.add("gone", row["username"])
        return self.changes

    def _header(self) -> dict[str, Any]:
        with _refused(self._path), self._path.open(encoding="utf-8") as file:
            first = file.readline().rstrip().removesuffix('"people": [')
            found: dict[str, Any] = json.loads(first.rstrip().removesuffix(",") + "}")
            _ = found["generated_at"], found["sha256"]
            return found

    def _rows(self) -> Iterator[dict[str, Any]]:
        with _refused(self._path), self._path.open(encoding="utf-8") as file:
            file.readline()
            for line in file:
                if line.startswith("{"):
                    yield json.loads(line.rstrip().removesuffix(","))


@contextmanager
def _refused(path: Path) -> Iterator[None]:
    """Tell what is wrong with the file as one error of ours."""
    try:
        yield
    except OSError as error:
        raise BadFileError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from None
    except (ValueError, KeyError):
        raise BadFileError(
            f"{path} is not a report that kc2fa wrote.", "Name the file of kc2fa report --output FILE.json."
        ) from None


def _kind(before: Known | None, row: Row, since: str) -> str | None:
    now = row["standing"]
    if before is None:
        return "came"
    if before is not Known.ENROLLED:
        return "enrolled" if now == Standing.ENROLLED else None
    if now == Standing.ENROLLED:
        return "renewed" if (row["last_enrolled_at"] or "") > since else None
    return "reset" if now == Standing.PENDING else "lost"
