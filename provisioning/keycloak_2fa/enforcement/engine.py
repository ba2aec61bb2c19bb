"""What reads and marks everybody: the Admin API, user by user, or the extension on the server, in one go.

Everything else of a job is the same: what is refused, the state of enforcement, the realm's settings, the answers.
"""

from collections.abc import Callable, Container, Iterable
from typing import Protocol

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.enforcement.by_admin_api import OverAdminApi
from keycloak_2fa.enforcement.by_extension import Extension
from keycloak_2fa.enforcement.outlook import Outlook
from keycloak_2fa.enforcement.sweep import Progress, Sweep
from keycloak_2fa.errors import UsageError
from keycloak_2fa.people.census import Census, Visit
from keycloak_2fa.people.federation import FederationProvider
from keycloak_2fa.people.register import Register
from keycloak_2fa.realm import extension
from keycloak_2fa.settings import EngineChoice


class ExtensionAbsentError(UsageError):
    """The extension was asked for, and the server has none."""

    code = "extension-absent"


class Engine(Protocol):
    """One way to read and to mark everybody. `exempt` are the ids of the break-glass accounts."""

    @property
    def name(self) -> str:
        """As the state of enforcement and the answers call it."""

    @property
    def rewrites_users(self) -> bool:
        """Whether users are marked by an update of the whole user, with what Keycloak does on the side."""

    def count(self, exempt: Container[str], visit: Visit | None, on_progress: Callable[[int, int], None]) -> Census:
        """How many stand where; each person to the visit, where there is one, with their methods."""

    def look_ahead(
        self,
        exempt: Container[str],
        providers: Iterable[FederationProvider],
        visit: Visit | None,
        on_progress: Callable[[int, int], None],
    ) -> Outlook:
        """What enforcing would meet; each person to the visit, where there is one."""

    def mark_everybody(
        self, exempt: Container[str], plan: Register | None, on_progress: Callable[[Progress], None]
    ) -> tuple[int, Sweep]:
        """Ask everybody who is uncovered, as planned where there is a plan; the service accounts are counted beside."""


def choose_engine(api: AdminApi) -> Engine:
    """The engine that the settings ask for; by default the extension where the server has it for this caller.

    Raises:
        ExtensionAbsentError: The extension was asked for, and there is none.
        RoleMissingError: The extension was asked for, and refuses this caller.
    """
    choice = api.settings.engine
    if choice is EngineChoice.ADMIN_API:
        return OverAdminApi(api)
    about = extension.get_extension(api, or_refused=choice is EngineChoice.AUTO)
    if about is None and choice is EngineChoice.EXTENSION:
        raise ExtensionAbsentError(
            "The server does not have the keycloak-2fa extension.",
            "Install it with kc2fa extension install and restart Keycloak, or leave --engine out.",
        )
    return Extension(api, about) if about else OverAdminApi(api)
