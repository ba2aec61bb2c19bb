"""What people read: the library's results as Rich tables, plain where there is no terminal."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from keycloak_2fa.enforcement.enforce import Enforcement
from keycloak_2fa.enforcement.preview import Preview
from keycloak_2fa.enforcement.status import Status
from keycloak_2fa.people import exemptions as exempt
from keycloak_2fa.people.exemptions import Exemption
from keycloak_2fa.people.refusals import Refusal
from keycloak_2fa.realm.enforcement_state import Mark, State
from keycloak_2fa.realm.settings import Change, RealmSettings
from keycloak_2fa_cli.terminal import plain

_COLOURS = {State.OFF: "bold red", State.ENFORCING: "bold yellow", State.ON: "bold green"}
_NAMES_SHOWN = 20
_ANY_WIDTH = 10_000


def headline(console: Console, mark: Mark) -> None:
    """The sentence that says what 2FA is set to."""
    before, _, state = mark.message.rpartition(" ")
    console.print(Text.assemble(f"{before} ", (state, _COLOURS[mark.state])))


def status(console: Console, found: Status) -> None:
    """A realm's status."""
    headline(console, found.mark)
    rows = [("Realm", found.realm.name)]
    if found.mark.state is not State.OFF:
        rows += [
            (
                "Since",
                found.mark.enforced_at or f"not finished; begun {found.mark.started_at or 'at a time unknown'}",
            ),
            ("By", found.mark.enforced_by or "unknown"),
            ("Engine", found.engine),
        ]
    if found.mark.accepted:
        rows.append(("Accepted", ", ".join(found.mark.accepted)))
    rows += [
        ("OTP policy", _policy(found.realm)),
        ("Apps", ", ".join(found.realm.apps) or "none"),
        *_counted(found),
        ("New users covered", "yes" if found.realm.new_users_covered else "no"),
        ("Pending invitations", _invitations(found.pending_invitations)),
    ]
    facts(console, rows)
    exemptions(console, found.exemptions)
    if found.drift:
        console.print("\nDrifted since enforcement:")
        changes(console, found.drift)


def _counted(found: Status) -> list[tuple[str, str]]:
    if found.counted is None:
        return [("People", f"{found.total:,}, not counted by what they have")]
    people = found.counted.population
    return [
        ("People", f"{people.total:,}" if found.people else f"{people.total:,}, as counted at {found.counted.at}"),
        ("  enrolled", f"{people.enrolled:,}"),
        ("  asked at next login", f"{people.asked:,}"),
        ("  uncovered", f"{people.uncovered:,}"),
        ("  exempt", f"{people.exempt:,}"),
    ]


def realms(console: Console, found: Sequence[Mapping[str, Any]]) -> None:
    """Several realms' status, a line each.

    Args:
        console: Where to.
        found: Of each the data of `kc2fa status`.
    """
    counts = {
        "Users": "total",
        "Enrolled": "enrolled",
        "Pending": "pending",
        "Uncovered": "uncovered",
        "Exempt": "exempt",
    }
    table = _table("Realm", "2FA", *counts, "Since")
    for column in table.columns[2:-1]:
        column.justify = "right"
    for each in found:
        state = State(each["state"])
        numbers = [f"{count:,}" if (count := each["users"].get(key)) is not None else "-" for key in counts.values()]
        since = (each["enforced_at"] or "-").partition("T")[0]
        table.add_row(plain(each["realm"]), Text(state, _COLOURS[state]), *numbers, since)
    _draw(console, table)


def preview(console: Console, found: Preview) -> None:
    """What enforcing would do."""
    headline(console, found.mark)
    people = found.people.population
    facts(
        console,
        [
            ("Realm", found.realm.name),
            ("People", f"{people.total:,}"),
            ("  to be asked", f"{found.to_mark:,}"),
            ("  asked already", f"{people.asked:,}"),
            ("  enrolled, left alone", f"{people.enrolled:,}"),
            ("  exempt, left alone", f"{people.exempt:,}"),
            ("  cannot be asked", f"{len(found.refused):,}"),
            ("Service accounts, left alone", f"{found.people.service_accounts:,}"),
            ("Pending invitations", _invitations(found.pending_invitations)),
        ],
    )
    if found.groups:
        console.print("\nOf those to be asked:")
        facts(console, [(f"  {group}", f"{count:,}") for group, count in sorted(found.groups.items())])
    if found.named:
        console.print()
        table = _table("Who would be asked", "Email", "Enabled")
        for person in found.named[:_NAMES_SHOWN]:
            table.add_row(plain(person.username), plain(person.email or ""), "yes" if person.enabled else "no")
        _draw(console, table)
        if (more := found.to_mark - min(_NAMES_SHOWN, len(found.named))) > 0:
            console.print(f"and {more:,} more: --output FILE.csv names everybody.")
    refusals(console, found.refused)
    exemptions(console, found.exemptions)
    if found.changes:
        console.print("\nOn the realm:")
        changes(console, found.changes)


def enforcement(console: Console, done: Enforcement) -> None:
    """What a run did."""
    headline(console, done.mark)
    swept, people = done.sweep, done.sweep.population
    facts(
        console,
        [
            ("Realm", done.realm.name),
            ("People", f"{people.total:,}"),
            ("  marked now", f"{swept.marked:,}"),
            ("  marked before", f"{people.asked - swept.marked:,}"),
            ("  enrolled, left alone", f"{people.enrolled:,}"),
            ("  exempt, left alone", f"{people.exempt:,}"),
            ("  could not be marked", f"{len(swept.refused):,}"),
            ("Service accounts, left alone", f"{done.service_accounts:,}"),
            ("Pending invitations", _invitations(done.pending_invitations)),
            ("Passes", str(swept.passes)),
            ("Seconds", f"{done.seconds:,.1f}"),
        ],
    )
    refusals(console, swept.refused)
    exemptions(console, done.exemptions)
    if done.changes:
        console.print("\nChanged on the realm:")
        changes(console, done.changes)


def refusals(console: Console, refused: Sequence[Refusal]) -> None:
    """People who cannot be marked."""
    if not refused:
        return
    console.print()
    console.print("Cannot be asked:")
    # What mends one mostly mends many: told once, and each user keeps to a line.
    for fix in dict.fromkeys(each.fix for each in refused):
        for each in refused:
            if each.fix == fix:
                console.print(f"  {plain(each.username)}: {plain(each.reason)}", soft_wrap=True)
        console.print(f"Fix: {plain(fix)}", soft_wrap=True)


def exemptions(console: Console, kept: Sequence[Exemption]) -> None:
    """Break-glass accounts."""
    if not kept:
        return
    console.print()
    today = exempt.today()
    table = _table("Exempt", "Until", "Reason", "Approved by")
    for each in kept:
        table.add_row(
            plain(each.username or each.user_id), _until(each, today), plain(each.reason), plain(each.approver)
        )
    _draw(console, table)


def _until(each: Exemption, today: date) -> str:
    if not each.accounted(today):
        return f"{each.expires} (unaccounted)"
    return f"{each.expires} (over)" if each.expired(today) else str(each.expires)


def changes(console: Console, made: Iterable[Change]) -> None:
    """Settings before and after."""
    table = _table("Setting", "Before", "After")
    for each in made:
        table.add_row(plain(each.setting), _value(each.before), _value(each.after))
    _draw(console, table)


def _value(value: Any) -> str:
    return "-" if value is None else plain(str(value).lower() if isinstance(value, bool) else str(value))


def _invitations(count: int | None) -> str:
    return "not visible to this caller" if count is None else f"{count:,}"


def _policy(realm: RealmSettings) -> str:
    policy = realm.policy
    fits = "" if policy.compatible else " (not for all three apps)"
    return f"{policy.type.upper()}, {policy.algorithm}, {policy.digits} digits, {policy.period} s{fits}"


def facts(console: Console, rows: Iterable[tuple[str, str]]) -> None:
    """Names and values, one pair a line."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(name, plain(value))
    console.print(table)


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
    table = _table(*headings)
    for each in shown:
        table.add_row(*map(plain, each))
    _draw(console, table)
    if (more := len(cells) - len(shown)) > 0:
        console.print(f"and {more:,} more: a pipe is given every row, and so is --json.")


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", show_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _draw(console: Console, table: Table) -> None:
    """A table; or, where its words are too wide for the terminal, each row as a block of lines."""
    if Measurement.get(console, console.options.update(max_width=_ANY_WIDTH), table).minimum <= console.width:
        console.print(table)
        return
    first, *others = [str(column.header) for column in table.columns]
    for row in zip(*(column.cells for column in table.columns), strict=True):
        for heading, cell in zip([first, *(f"  {each}" for each in others)], row, strict=True):
            console.print(f"{heading}: {cell}")
