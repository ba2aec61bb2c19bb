"""One check of `verify`: what it needs, how it looks, and what it says to the one who has to mend it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from keycloak_2fa.errors import RoleMissingError
from keycloak_2fa.verification.findings import Finding, FindingId, Found, NotChecked, Severity
from keycloak_2fa.verification.snapshot import Snapshot

REALM = "view-realm"
CLIENTS = "view-clients"
USERS = "view-users"
IDENTITY_PROVIDERS = "view-identity-providers"
PEOPLE = (REALM, USERS)
EVENTS = "view-events"
"""Roles for reading a realm."""

_NOT_CHECKED_WHY = "A check that did not run counts as a failure."


@dataclass(frozen=True)
class Check:
    """One check, with all there is to know of what it finds.

    Attributes:
        id: What it reports.
        severity: How much stands open.
        title: What is the case, in one line.
        why: Why it matters.
        fix: What closes it.
        find: Looks.
        roles: The roles that it needs beside any admin role.
        held: What remains true while the extension's guard is live, where nobody gets in by it then.
        closed_otherwise: What closes it, where no setting of the realm does. `hardening.fixes` has the others.
    """

    id: FindingId
    severity: Severity
    title: str
    why: str
    fix: str
    find: Callable[[Snapshot], Iterable[Found]]
    roles: tuple[str, ...] = ()
    held: str | None = None
    closed_otherwise: str | None = None

    def look(self, realm: Snapshot) -> list[Finding]:
        """Every finding; where it cannot be made for lack of a role, that."""
        if missing := [role for role in self.roles if role in realm.lacking]:
            return [self.finding(for_lack_of(self.id, missing))]
        try:
            return [self.finding(each) for each in self.find(realm)]
        except RoleMissingError:
            # Any administrator may read it, and the caller is none; or a permission of Keycloak's narrows a role.
            return [self.finding(for_lack_of(self.id, self.roles or (REALM,)))]

    def finding(self, found: Found) -> Finding:
        """What was found, with the texts of this check where it has none of its own."""
        if isinstance(found, NotChecked):
            return Finding(
                FindingId.NOT_CHECKED, Severity.MEDIUM, found.title, self.id.value, _NOT_CHECKED_WHY, found.fix
            )
        title = found.title or self.title
        return Finding(
            self.id,
            found.severity or self.severity,
            f"{title}: {found.story}" if found.story else title,
            found.where,
            found.why or self.why,
            found.fix or self.fix,
        )


def for_lack_of(check: FindingId, roles: Iterable[str]) -> NotChecked:
    """The caller has not the roles that the check, or a part of it, needs."""
    names = " and ".join(roles)
    return NotChecked(
        title=f"Not checked: {check}, for lack of {names}",
        fix=f"Give the caller {names} (client realm-management), or leave the check out by --skip {check}",
    )
