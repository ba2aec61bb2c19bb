"""`verify`: every way around 2FA that is known, looked for with roles for reading only.

Each check names the roles that it needs. One that cannot be made is a finding too: what was not looked at
counts as a failure. While the extension's guard is live, the gaps that it closes are listed apart.
"""

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from keycloak_2fa import timestamps
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.errors import RoleMissingError, UsageError
from keycloak_2fa.people import federation
from keycloak_2fa.realm import guard
from keycloak_2fa.realm.enforcement_state import EnforcementState
from keycloak_2fa.verification import findings, uncovered
from keycloak_2fa.verification.checks import CHECKS, EVENTS, PEOPLE, REALM
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
    realm = Snapshot(api)
    missing = realm.lacking
    found = [
        *find_in_settings(realm, skip=skip, lacking=missing),
        *([] if FindingId.UNCOVERED_USERS in skip else _people(realm, missing, on_progress, find)),
    ]
    rank = list(Severity)
    found.sort(key=lambda each: rank.index(each.severity))
    enforcement = None if REALM in missing else realm.enforcement
    watched = enforcement is not None and realm.guard_watches
    held = [each for each in found if watched and each.id in findings.HELD_BY_GUARD]
    return Verification(
        realm=realm.name,
        enforcement=enforcement,
        findings=tuple(each for each in found if each not in held),
        held=tuple(findings.held(each) for each in held),
        skipped=tuple(sorted(skip)),
        notes=tuple(_notes(realm, missing, skip)),
    )


def find_in_settings(
    realm: Snapshot, *, skip: Collection[FindingId] = (), lacking: Collection[str] = ()
) -> Iterator[Finding]:
    """Look at everything but the people.

    Args:
        realm: The realm.
        skip: Checks to leave out.
        lacking: Roles that the caller lacks.
    """
    for check in CHECKS:
        if check.id in skip:
            continue
        if missing := [role for role in check.roles if role in lacking]:
            yield _not_checked(check.id, missing)
            continue
        try:
            yield from list(check.find(realm))
        except RoleMissingError:
            # Any administrator may read it, and the caller is none; or a permission of Keycloak's narrows a role.
            yield _not_checked(check.id, [*(check.roles or (REALM,))])


def _notes(realm: Snapshot, lacking: Collection[str], skip: Collection[FindingId]) -> Iterator[CodedWarning]:
    if EVENTS in lacking and not {FindingId.UNCOVERED_USERS, FindingId.CONSENT_REPLAYED} <= {*skip}:
        yield WarningCode.EVENTS_NOT_READ.says(
            "The caller lacks view-events, so why users are uncovered is not shown, and logins that skipped a page are "
            "not found."
        )
    if REALM not in lacking:
        yield from guard.can_be_switched_on(realm.guard, realm.enforcement)


def _people(realm: Snapshot, lacking: Collection[str], on_progress: Progress, find: Find) -> Iterator[Finding]:
    if missing := [role for role in PEOPLE if role in lacking]:
        yield _not_checked(FindingId.UNCOVERED_USERS, missing)
        return
    yield from _unseen(realm)
    today = timestamps.today()
    # Expired ones too: each is a finding of its own, and would be said twice.
    exempt = frozenset(each.user_id for each in realm.exemptions if each.expired(today) or each.holds(today))
    found = find(realm.api, exempt, on_progress)
    if found is None:
        yield findings.of(
            FindingId.NOT_CHECKED,
            FindingId.UNCOVERED_USERS.value,
            title="Not checked: whether users are uncovered; they were never counted",
            fix="Count them (--count), or run kc2fa verify",
        )
        return
    stories: Mapping[str, str] = {}
    if EVENTS not in lacking and (since := realm.enforcement.since):
        told = {each.id: uncovered.story(realm.api, each, since) for each in found.named}
        stories = {user_id: story for user_id, story in told.items() if story}
    kinds = uncovered.other_factors(realm.flow(realm.settings.representation["browserFlow"]))
    yield from uncovered.to_findings(found, stories, uncovered.holders(realm.api, found.named, kinds) if kinds else ())


def _unseen(realm: Snapshot) -> Iterator[Finding]:
    """User providers of which Keycloak leaves the users out of its list, because they do not answer."""
    providers = [each for each in federation.list_providers(realm.api) if not each.imports]
    answering = federation.answering(realm.api, providers)
    for each in providers:
        if answering.get(each.id) is False:
            yield findings.of(
                FindingId.NOT_CHECKED,
                FindingId.UNCOVERED_USERS.value,
                title=f"Not checked: users of the user federation provider {each.name!r}, which does not answer",
                fix="Run again when it answers",
            )
        elif answering.get(each.id, False) is None:
            yield findings.of(
                FindingId.NOT_CHECKED,
                FindingId.UNCOVERED_USERS.value,
                title=f"Not checked: whether the user federation provider {each.name!r}, whose import is off, answers",
                fix="Give the caller manage-realm (client realm-management), without which Keycloak does not try it",
            )


def _not_checked(check: FindingId, roles: list[str], what: str | None = None) -> Finding:
    names = " and ".join(roles)
    return findings.of(
        FindingId.NOT_CHECKED,
        check.value,
        title=f"Not checked: {what or check.value}, for lack of {names}",
        fix=f"Give the caller {names} (client realm-management), or leave the check out by --skip {check}",
    )
