"""What is watched over time: what 2FA is set to, how many users stand where, and what `verify` finds."""

import time
from collections.abc import Callable, Container
from dataclasses import dataclass

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.enforcement.status import Status, get_status
from keycloak_2fa.verification.findings import Finding
from keycloak_2fa.verification.uncovered import Uncovered
from keycloak_2fa.verification.verify import verify


@dataclass(frozen=True)
class Figures:
    """One look at a realm.

    Attributes:
        status: Its status.
        findings: What `verify` finds. Uncovered users are one finding, without their names.
        at: When this was looked at, in seconds since the epoch.
    """

    status: Status
    findings: tuple[Finding, ...]
    at: int


def get_figures(
    api: AdminApi,
    on_progress: Callable[[int, int], None] = lambda _seen, _total: None,
    *,
    count: bool = False,
) -> Figures:
    """Look at a realm; writes nothing.

    Users are counted where the status counts them. Where it has no figures, `uncovered-users` is a check that was not
    made.

    Args:
        api: The caller's connection; needs the roles of `verify`, and tells which are missing as findings.
        on_progress: Told how many users were seen, of how many.
        count: Count the users now, however many they are.

    Raises:
        Error: The realm is unknown, a role for the status is missing, or the server fails.
    """
    status = get_status(api, on_progress=on_progress, count=count)

    def counted(_api: AdminApi, _exempt: Container[str], _on_progress: object) -> Uncovered | None:
        return Uncovered((), status.counted.population.uncovered) if status.counted else None

    return Figures(status, verify(api, find=counted).findings, at=int(time.time()))
