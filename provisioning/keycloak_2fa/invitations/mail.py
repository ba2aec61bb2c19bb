"""Mail that Keycloak sends for us: only where the realm has a mail server, and never twice."""

from collections.abc import Callable

from keycloak_2fa.errors import MailFailedError, NoMailServerError, ServerFailingError
from keycloak_2fa.realm.settings import RealmSettings


def check_server(realm: RealmSettings) -> None:
    """Check that the realm can send mail at all: Keycloak itself would answer 500.

    Raises:
        NoMailServerError: It has no mail server, or no address to send from.
    """
    server = realm.representation.get("smtpServer") or {}
    if not server.get("host") or not server.get("from"):
        raise NoMailServerError(
            f"Nothing was sent: realm {realm.name!r} has no mail server.",
            "Give it a host and a From address (admin console: Realm settings, Email), and run again.",
        )


def send(to: str, request: Callable[[], None]) -> None:
    """Have one mail sent.

    Args:
        to: The address, for the message.
        request: Asks Keycloak once; see `AdminApi.post_once`.

    Raises:
        MailFailedError: The mail was not sent, or nobody knows whether it was.
        ServerFailingError: Keycloak refuses the request; one of the kinds in `responses`.
    """
    try:
        request()
    except ServerFailingError as error:
        if type(error) is not ServerFailingError:
            raise
        raise MailFailedError(
            f"The mail to {to} was probably not sent. {error.message}",
            "Test the connection to the mail server (admin console: Realm settings, Email); "
            "the server's log has the reason. Then see kc2fa invitations list, and resend.",
        ) from error
