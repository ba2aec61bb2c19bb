"""A realm as users of the library name it."""

from pathlib import Path

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.settings import (
    DEFAULT_CONCURRENCY,
    DEFAULT_RETRY_TIMEOUT_SECONDS,
    AdminUser,
    ConnectionSettings,
    EngineChoice,
    ServiceAccount,
    check_ca_file,
    server_url,
)


class Realm(AdminApi):
    """One realm of a Keycloak, and who administers it. Nothing is sent before the first call, which logs in.

    One login serves all calls. Make one call at a time: calls that run side by side need a `Realm` each.

    Args:
        url: Keycloak's base URL, with its path prefix if any.
        name: The realm's name.
        credentials: Who logs in.
        auth_realm: The realm to log in to; by default the realm itself for a service account, master for an admin user.
        ca_file: PEM file with the CAs to trust instead of the system's.
        concurrency: Requests in flight at once.
        retry_timeout: Seconds that one request is tried again while the server fails.
        engine: What reads and marks all users; by default the extension where the server has it.
        allow_http: Accept plain http to a host that is not this machine.

    Raises:
        UsageError: The URL or the CA file cannot be used.
    """

    def __init__(
        self,
        url: str,
        name: str,
        credentials: ServiceAccount | AdminUser,
        *,
        auth_realm: str | None = None,
        ca_file: Path | None = None,
        concurrency: int = DEFAULT_CONCURRENCY,
        retry_timeout: float = DEFAULT_RETRY_TIMEOUT_SECONDS,
        engine: EngineChoice = EngineChoice.AUTO,
        allow_http: bool = False,
    ) -> None:
        super().__init__(
            ConnectionSettings(
                server_url=server_url(url, allow_http=allow_http),
                realm=name,
                auth_realm=auth_realm or (name if isinstance(credentials, ServiceAccount) else "master"),
                credentials=credentials,
                ca_file=check_ca_file(ca_file, "The CA file") if ca_file else None,
                concurrency=concurrency,
                retry_timeout=retry_timeout,
                engine=engine,
            )
        )
