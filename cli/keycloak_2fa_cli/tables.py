"""Results as Rich tables, plain text where there is no terminal."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

from keycloak_2fa import timestamps
from keycloak_2fa_cli.terminal import plain

if TYPE_CHECKING:
    from datetime import date

    from keycloak_2fa.people.exemptions import Exemption
    from keycloak_2fa.people.refusals import Refusal
    from keycloak_2fa.realm.enforcement_state import EnforcementState
    from keycloak_2fa.realm.settings import Change

COLOURS = {"OFF": "bold red", "ENFORCING": "bold yellow", "ON": "bold green"}
"""Of the states of 2FA."""
_ANY_WIDTH = 10_000


def headline(console: Console, enforcement: "EnforcementState") -> None:
    """The sentence that says what 2FA is set to."""
    before, _, state = enforcement.message.rpartition(" ")
    console.print(Text.assemble(f"{before} ", (state, COLOURS[enforcement.state])))


def refusals(console: Console, refused: "Sequence[Refusal]") -> None:
    """People who cannot be marked."""
    if not refused:
        return
    console.print()
    console.print("Cannot be marked:")
    # What mends one mostly mends many: told once, and each user keeps to a line.
    for fix in dict.fromkeys(each.fix for each in refused):
        for each in refused:
            if each.fix == fix:
                console.print(f"  {plain(each.username)}: {plain(each.reason)}", soft_wrap=True)
        console.print(f"Fix: {plain(fix)}", soft_wrap=True)


def exemptions(console: Console, kept: "Sequence[Exemption]") -> None:
    """Break-glass accounts."""
    if not kept:
        return
    console.print()

    today = timestamps.today()
    table = columns("Exempt", "Until", "Reason", "Approved by")
    for each in kept:
        table.add_row(
            plain(each.username or each.user_id), _until(each, today), plain(each.reason), plain(each.approver)
        )
    draw(console, table)


def _until(each: "Exemption", today: "date") -> str:
    if not each.accounted(today):
        return f"{each.expires} (unaccounted)"
    return f"{each.expires} (over)" if each.expired(today) else str(each.expires)


def changes(console: Console, made: "Iterable[Change]") -> None:
    """Settings before and after."""
    table = columns("Setting", "Before", "After")
    for each in made:
        table.add_row(plain(each.setting), _value(each.before), _value(each.after))
    draw(console, table)


def _value(value: Any) -> str:
    return "-" if value is None else plain(str(value).lower() if isinstance(value, bool) else str(value))


def invitations(count: int | None) -> str:
    """How many invitations are pending; None where the caller may not see them."""
    return "not visible to this caller" if count is None else f"{count:,}"


def facts(console: Console, rows: Iterable[tuple[str, str]]) -> None:
    """Names and values, one pair a line."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(name, plain(value))
    _print(console, table)


def rows(
    console: Console, headings: Sequence[str], cells: Sequence[Sequence[str]], *, at_most: int | None = None
) -> None:
    """A table of texts.

    Args:
        console: Where to.
        headings: Of the columns.
        cells: Row by row.
        at_most: How many rows a terminal is given; anything else is given all.
    """
    shown = cells[:at_most] if console.is_terminal else cells
    table = columns(*headings)
    for each in shown:
        table.add_row(*map(plain, each))
    draw(console, table)
    if (more := len(cells) - len(shown)) > 0:
        console.print(f"and {more:,} more; a pipe and --json show all rows.")


def columns(*headings: str) -> Table:
    """An empty table whose cells are broken where they are too wide."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", show_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def draw(console: Console, table: Table) -> None:
    """A table; or, where its words are too wide for the terminal, each row as a block of lines."""
    if not table.row_count:
        return
    if not console.is_terminal:
        _print(console, table)
        return
    if _measured(console, table).minimum <= console.width:
        _fit(console, table)
        console.print(table)
        return
    first, *others = [str(column.header) for column in table.columns]
    for row in zip(*(column.cells for column in table.columns), strict=True):
        for heading, cell in zip([first, *(f"  {each}" for each in others)], row, strict=True):
            console.print(f"{heading}: {cell}")


def _fit(console: Console, table: Table) -> None:
    """Take width from the widest columns, and from none so much that its longest word is cut, as Rich would."""
    extents = [_extent(console, column) for column in table.columns]
    widths = [each.maximum for each in extents]
    room = console.width - (_measured(console, table).maximum - sum(widths))
    while sum(widths) > room:
        wide = [number for number, each in enumerate(extents) if widths[number] > each.minimum]
        widths[max(wide, key=widths.__getitem__)] -= 1
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width


def _extent(console: Console, column: Column) -> Measurement:
    """What the cells of a column take, from their longest word to their longest line."""
    options = console.options.update(max_width=_ANY_WIDTH)
    cells = [Measurement.get(console, options, cell) for cell in (column.header, *column.cells)]
    return Measurement(max(each.minimum for each in cells), max(each.maximum for each in cells))


def _print(console: Console, table: Table) -> None:
    """A table; for a pipe a row is one line, however wide, without spaces at its end."""
    if console.is_terminal:
        console.print(table)
        return
    width = _measured(console, table).maximum
    for line in console.render_lines(table, console.options.update(width=width, max_width=width), pad=False):
        console.print("".join(each.text for each in line).rstrip(), soft_wrap=True)


def _measured(console: Console, table: Table) -> Measurement:
    return Measurement.get(console, console.options.update(max_width=_ANY_WIDTH), table)
