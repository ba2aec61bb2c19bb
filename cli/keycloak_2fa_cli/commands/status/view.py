"""What `kc2fa status` shows."""

from typing import TYPE_CHECKING, Any

from rich.text import Text

from keycloak_2fa.warning_codes import CodedWarning, WarningCode
from keycloak_2fa_cli import tables, terminal
from keycloak_2fa_cli.terminal import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from keycloak_2fa.enforcement.status import Status
    from keycloak_2fa.realm.extension import About
    from keycloak_2fa.realm.settings import RealmSettings


def warnings(found: "Status") -> list[CodedWarning]:
    """What deserves a look."""
    from keycloak_2fa.invitations import invitations
    from keycloak_2fa.realm import guard

    said = [*_not_counted(found), *found.warnings]
    if any(each != guard.PROVIDER_GONE for each in found.drift):
        said.append(WarningCode.DRIFT.says("The realm has drifted since enforcement: kc2fa enforce sets it back."))
    if found.pending_invitations is None:
        said.append(invitations.NOT_VISIBLE)
    return said


def _not_counted(found: "Status") -> list[CodedWarning]:
    """What to say of figures that are not of now."""
    if found.people:
        return []
    from keycloak_2fa.people.census import SECONDS_A_PERSON

    said = f"The users are as counted at {found.counted.at}" if found.counted else "The users were never counted"
    seconds = terminal.duration(found.total * SECONDS_A_PERSON)
    return [WarningCode.USERS_NOT_COUNTED_NOW.says(f"{said}: --count counts all {found.total:,} now, in {seconds}.")]


def text(console: "Console", found: "Status") -> None:
    """A realm's status."""
    from keycloak_2fa.realm.enforcement_state import State

    tables.headline(console, found.enforcement)
    rows = [("Realm", found.realm.name)]
    if found.enforcement.state is not State.OFF:
        rows += [
            (
                "Since",
                found.enforcement.enforced_at
                or f"not finished; started {found.enforcement.started_at or 'at an unknown time'}",
            ),
            ("By", found.enforcement.enforced_by or "unknown"),
            ("Engine", found.engine),
        ]
    if found.enforcement.accepted:
        rows.append(("Accepted", ", ".join(found.enforcement.accepted)))
    rows += [
        ("OTP policy", _policy(found.realm)),
        ("Apps", ", ".join(found.realm.apps) or "none"),
        *_counted(found),
        ("New users covered", "yes" if found.realm.new_users_covered else "no"),
        ("Pending invitations", tables.invitations(found.pending_invitations)),
        *_extension(found.extension),
    ]
    tables.facts(console, rows)
    tables.exemptions(console, found.exemptions)
    if found.drift:
        console.print("\nDrifted since enforcement:")
        tables.changes(console, found.drift)


def _counted(found: "Status") -> list[tuple[str, str]]:
    if found.counted is None:
        return [("Users", f"{found.total:,}, not counted by state")]
    people = found.counted.population
    return [
        ("Users", f"{people.total:,}" if found.people else f"{people.total:,}, as counted at {found.counted.at}"),
        ("  enrolled", f"{people.enrolled:,}"),
        ("  set-up pending", f"{people.pending:,}"),
        ("  uncovered", f"{people.uncovered:,}"),
        ("  exempt", f"{people.exempt:,}"),
    ]


def _extension(about: "About | None") -> list[tuple[str, str]]:
    if about is None:
        return []
    return [
        ("Extension", about.version),
        ("  parts", ", ".join(about.parts)),
        ("  database", about.database or "unknown"),
    ]


def realms(console: "Console", found: "Sequence[Mapping[str, Any]]") -> None:
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
    table = tables.columns("Realm", "2FA", *counts, "Since")
    for column in table.columns[2:-1]:
        column.justify = "right"
    for each in found:
        state = each["state"]
        numbers = [f"{count:,}" if (count := each["users"].get(key)) is not None else "-" for key in counts.values()]
        since = (each["enforced_at"] or "-").partition("T")[0]
        table.add_row(plain(each["realm"]), Text(state, tables.COLOURS[state]), *numbers, since)
    tables.draw(console, table)


def _policy(realm: "RealmSettings") -> str:
    policy = realm.policy
    fits = "" if policy.compatible else " (not for all three apps)"
    return f"{policy.type.upper()}, {policy.algorithm}, {policy.digits} digits, {policy.period} s{fits}"
