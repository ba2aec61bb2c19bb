"""A row of the report as cells of a spreadsheet."""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from keycloak_2fa.people import export
from keycloak_2fa.reporting.row import COLUMNS, Row

_EXEMPTION = ("reason", "approver", "expires")
_NO_EXEMPTION = (None,) * len(_EXEMPTION)
_SPLIT = COLUMNS.index("exemption")
_before, _after = itemgetter(*COLUMNS[:_SPLIT]), itemgetter(*COLUMNS[_SPLIT + 1 :])
CSV_COLUMNS = (*COLUMNS[:_SPLIT], *(f"exemption_{each}" for each in _EXEMPTION), *COLUMNS[_SPLIT + 1 :])


_OURS = frozenset(
    {"standing", "enrolled_at", "last_enrolled_at", "pending_since", "origin", "last_login", "created_at"}
)
"""Columns that hold only what this program writes."""
_ARE_OURS = tuple(name in _OURS for name in CSV_COLUMNS)


def cells(row: Row) -> list[str | None]:
    """The cells of `CSV_COLUMNS`; None stands for an empty one."""
    exemption = row["exemption"]
    values = (*_before(row), *(map(exemption.get, _EXEMPTION) if exemption else _NO_EXEMPTION), *_after(row))
    # A million rows: most cells are empty or our own, and cost no call.
    return [
        value if ours or value is None else export.cell(text(value))
        for value, ours in zip(values, _ARE_OURS, strict=True)
    ]


def text(value: Any) -> str:
    """A value on one line, whatever a user put into a name."""
    if isinstance(value, str):
        return " ".join(value.split())
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(text(each) for each in value)
    if isinstance(value, Mapping):  # a method
        label = f" ({value['label']})" if value.get("label") else ""
        return " ".join(f"{value['type']}{label}".split())
    return str(value)
