"""The file of a report: it appears whole or not at all, readable by its owner alone."""

from pathlib import Path

from keycloak_2fa.files import told_as_ours
from keycloak_2fa.people import export
from keycloak_2fa_cli.commands.report.formats import FORMATS, Header
from keycloak_2fa_cli.commands.report.rows import Rows


def check_file(path: Path) -> None:
    """Check that the file's ending says a format.

    Raises:
        UsageError: It does not.
    """
    export.check_ending(path, FORMATS)


def write_file(path: Path, header: Header, rows: Rows) -> None:
    """Write a report.

    Args:
        path: Where to, ending in .csv, .json or .html.
        header: What stands before the rows.
        rows: The rows; for a CSV file with their table.

    Raises:
        UnwritableOutputError: It cannot be written.
    """
    with export.private_file(path) as file, told_as_ours(path):
        FORMATS[path.suffix.lower()](file, header, rows)
