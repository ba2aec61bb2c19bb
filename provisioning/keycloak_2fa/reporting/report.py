"""Make a report: read every user once, and beside them what an auditor asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from keycloak_2fa import timestamps
from keycloak_2fa.api import caller
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.enforcement.status import Status, get_status
from keycloak_2fa.errors import RoleMissingError
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.register import KNOWN, Register
from keycloak_2fa.people.reset_reason import ResetEvent, list_resets
from keycloak_2fa.people.standing import Standing
from keycloak_2fa.realm import roles
from keycloak_2fa.reporting import admins, configuration, groups, last_logins, service_accounts
from keycloak_2fa.reporting.earlier import Changes, EarlierReport
from keycloak_2fa.reporting.row import Facts, Row, row
from keycloak_2fa.reporting.service_accounts import ServiceAccount
from keycloak_2fa.reporting.summary import Summary
from keycloak_2fa.verification import verify
from keycloak_2fa.verification.findings import FindingId
from keycloak_2fa.verification.snapshot import Snapshot
from keycloak_2fa.verification.verify import Verification
from keycloak_2fa.warning_codes import CodedWarning, WarningCode

T = TypeVar("T")

_NO_GROUPS = "The figures by group are missing"


@dataclass(frozen=True)
class Report:
    """What surrounds the rows. None stands for what the caller may not see.

    Attributes:
        status: The realm's state, and its population as it was read.
        began_at: When the reading began, RFC 3339 in UTC.
        ended_at: When it ended.
        caller: Who asked.
        keycloak_version: The server's.
        configuration: The settings that decide whether 2FA is demanded.
        verification: What `verify` finds in the settings; where each user stands is in the rows.
        summary: The figures.
        groups: How the members of each group stand.
        service_accounts: Clients that act by themselves.
        resets: Users who were reset with a reason, as far as the realm's admin events keep it.
        logins_since: From when on logins are known.
        changes: What changed since an earlier report, where one was given.
        notes: What the report does not hold, and why; a sentence each.
    """

    status: Status
    began_at: str
    ended_at: str
    caller: str
    keycloak_version: str | None
    configuration: dict[str, Any]
    verification: Verification
    summary: Summary
    groups: dict[str, dict[str, int]] | None
    service_accounts: tuple[ServiceAccount, ...] | None
    resets: tuple[ResetEvent, ...] | None
    logins_since: str | None
    changes: Changes | None
    notes: tuple[CodedWarning, ...]


def make_report(
    api: AdminApi,
    write: Callable[[Row], None],
    *,
    since: Path | None = None,
    on_progress: Callable[[int, int], None] = lambda _seen, _total: None,
) -> Report:
    """Read the realm.

    By the Admin API each user takes two requests (three where the realm has identity providers), beside the pages.

    Args:
        api: The caller's connection.
        write: Given the row of each user, in the order of the reading.
        since: An earlier report (JSON) to compare with.
        on_progress: Told how many users were seen, of how many.

    Raises:
        BadFileError: The earlier report cannot be read, or is of another realm.
        Error: The realm is unknown, view-realm or view-users is missing, or the server fails.
    """
    began_at = timestamps.now()
    earlier = EarlierReport(since, api.settings.realm) if since else None
    notes: list[CodedWarning] = []

    def allowed(read: Callable[[], T], lacks: str) -> T | None:
        try:
            return read()
        except RoleMissingError as error:
            notes.append(WarningCode.REPORT_INCOMPLETE.says(f"{lacks}: {error.message}"))
            return None

    snapshot, who = Snapshot(api), caller.identify(api)
    logins = allowed(lambda: last_logins.read(api), "The column last_login is empty")
    found = allowed(lambda: admins.read(api), "The column is_admin is empty")
    if logins and logins.since is None:
        told = "The column last_login is empty: the realm keeps no login events."
        notes.append(WarningCode.REPORT_INCOMPLETE.says(told))
    resets = allowed(lambda: list_resets(api), "The list of resets is missing")
    state = roles.naming(lambda: roles.check_people(api, who), lambda: snapshot.enforcement)
    today = timestamps.today()
    facts = Facts(
        enforced_at=state.enforced_at or state.started_at,
        admins=found,
        exemptions={each.user_id: each for each in snapshot.exemptions if each.holds(today)},
        last_logins=logins.at if logins else None,
    )
    listed = allowed(lambda: groups.list_groups(api), _NO_GROUPS)
    summary, register = Summary(), Register()

    def visit(person: Person, standing: Standing) -> None:
        made = row(person, standing, facts)
        if listed:
            register.put(person.id, KNOWN[standing])
        summary.add(made)
        if earlier:
            earlier.compare(made)
        write(made)

    status = get_status(api, visit, on_progress, enforcement=state, exempt=snapshot.exemptions)
    if resets is not None and not status.realm.representation.get("adminEventsEnabled"):
        told = "The list of resets may be incomplete: the realm keeps no admin events."
        notes.append(WarningCode.REPORT_INCOMPLETE.says(told))
    # Where each user stands is in the rows: the check of all users would read them again.
    verification = verify.verify_realm(snapshot, skip={FindingId.UNCOVERED_USERS})
    return Report(
        status=status,
        began_at=began_at,
        ended_at=timestamps.now(),
        caller=who.username,
        keycloak_version=snapshot.server.version,
        configuration=configuration.of(status.realm),
        verification=verification,
        summary=summary,
        groups=None if listed is None else allowed(lambda: groups.count(api, listed, register), _NO_GROUPS),
        service_accounts=allowed(lambda: service_accounts.read(api), "The list of service accounts is missing"),
        resets=resets,
        logins_since=logins.since if logins else None,
        changes=earlier.conclude() if earlier else None,
        notes=tuple(notes),
    )
