"""The Admin API: users read in streams and written one by one, through what every Keycloak has."""

import asyncio
from collections.abc import Callable, Container, Iterable
from functools import partial

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.event_loop import async_to_sync
from keycloak_2fa.enforcement.outlook import Outlook, look_ahead
from keycloak_2fa.enforcement.sweep import Progress, Sweep, Work
from keycloak_2fa.errors import ServerFailingError
from keycloak_2fa.people import workflow
from keycloak_2fa.people.bulk import BulkApi
from keycloak_2fa.people.census import Census, Visit, take_census
from keycloak_2fa.people.federation import FederationProvider
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.register import Register
from keycloak_2fa.people.standing import Standing

_MOST_READINGS = 3
"""Another follows only where an action that was written is gone again."""


class OverAdminApi:
    """User by user, through what every Keycloak has.

    Args:
        api: The caller's connection.
    """

    name = "admin-api"
    rewrites_users = True

    def __init__(self, api: AdminApi) -> None:
        self._api = api

    def count(self, exempt: Container[str], visit: Visit | None, on_progress: Callable[[int, int], None]) -> Census:
        """See `Engine`."""
        return take_census(
            self._api,
            exempt=exempt,
            visit=visit or _nobody,
            on_progress=on_progress,
            with_methods=visit is not None,
        )

    def look_ahead(
        self,
        exempt: Container[str],
        providers: Iterable[FederationProvider],
        visit: Visit | None,
        on_progress: Callable[[int, int], None],
    ) -> Outlook:
        """See `Engine`."""
        return look_ahead(self._api, exempt, providers, visit, on_progress)

    @async_to_sync
    async def mark_everybody(
        self, exempt: Container[str], plan: Register | None, on_progress: Callable[[Progress], None]
    ) -> tuple[int, Sweep]:
        """See `Engine`. Of a plan, only users who are uncovered there, or not known there, are read again.

        Raises:
            ServerFailingError: The server kept failing, or something undoes the work.
            AccessError: The login ended.
        """
        async with BulkApi(self._api) as bulk:
            total, service_accounts = await bulk.counts()
            for _ in range(_MOST_READINGS):
                slots = asyncio.Semaphore(self._api.settings.concurrency)
                fallback = partial(workflow.add_required_action, self._api)
                work = Work(bulk, total, slots, exempt, plan or Register(), fallback, on_progress)
                if await work.done(planned=plan is not None):
                    return service_accounts, work.result()
                plan = None
        raise ServerFailingError(
            "Another program removes CONFIGURE_TOTP from users who were marked.",
            "Stop the tool that writes requiredActions (Ansible and Terraform can), then run it again.",
        )


def _nobody(_person: Person, _standing: Standing) -> None:
    """Where nobody wants to visit."""
