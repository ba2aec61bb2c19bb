"""What the server says of its extension: whether it is there, its version, parts and database. Counts nobody."""

from dataclasses import dataclass

from keycloak_2fa.api import endpoints, two_factor
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.responses import NotFoundError
from keycloak_2fa.documents import ExtensionDocument
from keycloak_2fa.errors import RoleMissingError


@dataclass(frozen=True)
class About:
    """The extension on one server.

    Attributes:
        version: Of its jar.
        parts: Those that the server runs.
        database: Product and version that Keycloak runs on; None where the extension, or Keycloak, does not say.
    """

    version: str
    parts: tuple[str, ...]
    database: str | None = None


def get_extension(api: AdminApi, *, or_refused: bool) -> About | None:
    """The extension, where the server has it.

    Args:
        api: The caller's connection.
        or_refused: Also take a refusal of this caller for its absence.

    Raises:
        RoleMissingError: The caller has no role in the realm.
    """
    try:
        answer = two_factor.get(api, endpoints.two_factor_extension(api.settings.realm), ExtensionDocument)
    except NotFoundError:
        return None
    except RoleMissingError:
        if or_refused:
            return None
        raise
    return About(answer.version, tuple(answer.parts), answer.database)
