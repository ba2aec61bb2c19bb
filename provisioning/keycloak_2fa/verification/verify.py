"""`verify`: every way around 2FA that is known, looked for with roles for reading only.

Each check names the roles that it needs. One that cannot be made is a finding too: what was not looked at
counts as a failure. While the extension's guard is live, the gaps that it closes are listed apart.
"""

from collections.abc import Callable, Collection, Container, Iterable, Iterator
from dataclasses import dataclass, replace

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.errors import UsageError
from keycloak_2fa.realm import guard
from keycloak_2fa.realm.enforcement_state import EnforcementState
from keycloak_2fa.verification import uncovered
from keycloak_2fa.verification.check import EVENTS, REALM
from keycloak_2fa.verification.checks import CHECK_OF, CHECKS, HELD_BY_GUARD
from keycloak_2fa.verification.findings import Finding, FindingId, Severity
from keycloak_2fa.verification.snapshot import Snapshot
from keycloak_2fa.verification.uncovered import Uncovered
from keycloak_2fa.warning_codes import CodedWarning, WarningCode

Progress = Callable[[int, int], None]
Find = Callable[[AdminApi, Container[str], Progress], Uncovered | None]


@dataclass(frozen=True)
class Verification:
    """What was found.

    Attributes:
        realm: The realm's name.
        enforcement: The state of enforcement; None where the caller may not see it.
        findings: The open gaps, the most severe first.
        held: Gaps that the extension's guard closes, in the same order.
        skipped: Checks that the caller left out on purpose.
        notes: What to know beside, a sentence each.
    """

    realm: str
    enforcement: EnforcementState | None
    findings: tuple[Finding, ...]
    skipped: tuple[FindingId, ...]
    held: tuple[Finding, ...] = ()
    notes: tuple[CodedWarning, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether no gap is open, and every check ran that was not skipped."""
        return not self.findings


def choose_checks(names: Iterable[str]) -> frozenset[FindingId]:
    """The checks that a person names.

    Raises:
        UsageError: There is no such check.
    """
    try:
        chosen = frozenset(FindingId(name) for name in names)
    except ValueError as error:
        raise UsageError(f"{error}.", f"The ids are: {', '.join(FindingId)}.") from None
    if FindingId.NOT_CHECKED in chosen:
        raise UsageError("not-checked is not a check.", "Name the check that could not run.")
    return chosen


def verify(
    api: AdminApi,
    *,
    skip: Collection[FindingId] = (),
    on_progress: Progress = lambda _seen, _total: None,
    find: Find = uncovered.find,
) -> Verification:
    """Look for every way around 2FA; writes nothing.

    Args:
        api: The caller's connection; any admin role of the realm will do, and what needs more is named.
        skip: Checks to leave out.
        on_progress: Told how many people were seen, of how many.
        find: Finds the uncovered users; by default everybody is read for it. None of it: they are not known.

    Raises:
        Error: The realm is unknown, the login failed, or the server fails.
    """
    return verify_realm(Snapshot(api, lambda exempt: find(api, exempt, on_progress)), skip=skip)


def verify_realm(realm: Snapshot, *, skip: Collection[FindingId] = ()) -> Verification:
    """As `verify`, of a realm of which a part may have been read before. That part is not read again.

    Args:
        realm: The realm.
        skip: Checks to leave out.

    Raises:
        Error: The realm is unknown, the login failed, or the server fails.
    """
    missing = realm.lacking
    found = find_gaps(realm, skip=skip)
    rank = list(Severity)
    found.sort(key=lambda each: rank.index(each.severity))
    enforcement = None if REALM in missing else realm.enforcement
    watched = enforcement is not None and realm.guard_watches
    held = HELD_BY_GUARD if watched else frozenset()
    return Verification(
        realm=realm.name,
        enforcement=enforcement,
        findings=tuple(each for each in found if each.id not in held),
        held=tuple(replace(each, why=CHECK_OF[each.id].held or "") for each in found if each.id in held),
        skipped=tuple(sorted(skip)),
        notes=tuple(_notes(realm, missing, skip)),
    )


def find_gaps(realm: Snapshot, *, skip: Collection[FindingId] = ()) -> list[Finding]:
    """Make every check.

    Args:
        realm: The realm.
        skip: Checks to leave out.
    """
    return [finding for check in CHECKS if check.id not in skip for finding in check.look(realm)]


def _notes(realm: Snapshot, lacking: Collection[str], skip: Collection[FindingId]) -> Iterator[CodedWarning]:
    if EVENTS in lacking and not {FindingId.UNCOVERED_USERS, FindingId.CONSENT_REPLAYED} <= {*skip}:
        yield WarningCode.EVENTS_NOT_READ.says(
            "The caller lacks view-events, so why users are uncovered is not shown, and logins that skipped a page are "
            "not found."
        )
    if REALM not in lacking:
        yield from guard.can_be_switched_on(realm.guard, realm.enforcement)
