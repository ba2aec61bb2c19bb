"""The figures of a report: how many users stand where, by origin, among administrators, and when they enrolled."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from keycloak_2fa.people.standing import Standing
from keycloak_2fa.reporting.row import Row

Standings = Counter[str]
"""How many stand where; a standing that nobody has is left out."""


@dataclass
class Summary:
    """Grows by one row after the other; its size does not depend on the number of users.

    Attributes:
        standings: Of all users.
        origins: By origin.
        admins: Of the administrators; empty where the caller may not see who they are.
        enrolled: Users who enrolled, by month (`2026-11`).
        methods: Users who have such a method, by its type.
    """

    standings: Standings = field(default_factory=Counter)
    origins: defaultdict[str, Standings] = field(default_factory=lambda: defaultdict(Counter))
    admins: Standings = field(default_factory=Counter)
    enrolled: Counter[str] = field(default_factory=Counter)
    methods: Counter[str] = field(default_factory=Counter)

    def add(self, row: Row) -> None:
        """Count one user."""
        standing = row["standing"]
        self.standings[standing] += 1
        self.origins[row["origin"]][standing] += 1
        if row["is_admin"]:
            self.admins[standing] += 1
        if row["enrolled_at"]:
            self.enrolled[row["enrolled_at"][:7]] += 1
        if row["methods"]:
            self.methods.update({each["type"] for each in row["methods"]})

    def document(self) -> dict[str, Any]:
        """The figures as JSON."""
        return {
            "by_standing": _every(self.standings),
            "by_origin": {origin: _every(self.origins[origin]) for origin in sorted(self.origins)},
            "admins": _every(self.admins),
            "by_method": dict(sorted(self.methods.items())),
            "enrolled_by_month": {month: self.enrolled[month] for month in _months(self.enrolled)},
        }


def _every(standings: Standings) -> dict[str, int]:
    return {each.value: standings[each.value] for each in Standing}


def _months(named: Iterable[str]) -> list[str]:
    """Every month from the first to the last, those without an enrolment too."""
    months = sorted(named)
    if not months:
        return []
    year, month = (int(part) for part in months[0].split("-"))
    every = []
    while (now := f"{year:04}-{month:02}") <= months[-1]:
        every.append(now)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004
    return every
