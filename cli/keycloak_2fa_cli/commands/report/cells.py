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


def cells(row: Row) -> list[str]:
    """The cells of `CSV_COLUMNS`."""
    exemption = row["exemption"]
    values = (*_before(row), *(map(exemption.get, _EXEMPTION) if exemption else _NO_EXEMPTION), *_after(row))
    # Half of them are empty in most rows, of which there may be a million.
    return ["" if value is None or value == [] else export.cell(text(value)) for value in values]


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
