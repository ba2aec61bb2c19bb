"""The login theme for servers without the extension: the set-up page lists the apps in one order. Only when asked."""

from collections.abc import Mapping
from typing import Any

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.errors import RefusedError
from keycloak_2fa.realm.settings import Change, RealmSettings

NAME = "keycloak-2fa"
_KEY = "loginTheme"


class LoginThemeAbsentError(RefusedError):
    """The theme was asked for, and the server does not have it."""

    code = "login-theme-absent"


def check(server: Mapping[str, Any]) -> None:
    """Check that the server has the theme.

    Args:
        server: The server's ServerInfoRepresentation.

    Raises:
        LoginThemeAbsentError: It has not.
    """
    if NAME not in {each["name"] for each in server["themes"]["login"]}:
        raise LoginThemeAbsentError(
            f"Nothing was done: the server has no login theme {NAME}.",
            f"Copy the folder realm/themes/{NAME} into Keycloak's folder themes/, or leave --login-theme out. "
            "A server with the extension needs no theme.",
        )


def apply(api: AdminApi, realm: RealmSettings) -> tuple[Change, ...]:
    """Switch the theme on, where it is not.

    Returns:
        What was changed.
    """
    before = realm.representation.get(_KEY)
    if before == NAME:
        return ()
    api.call(api.keycloak.update_realm, api.realm, {_KEY: NAME})
    return (Change(_KEY, before, NAME),)
