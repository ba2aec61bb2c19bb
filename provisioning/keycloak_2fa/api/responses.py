"""What an answer of Keycloak means: its JSON, or one of our errors. Pure: the one place for all of our clients."""

import json
from typing import Any

from keycloak_2fa.api.retry import TRANSIENT_STATUSES, TransientError, retry_after_seconds
from keycloak_2fa.errors import (
    AccessError,
    Error,
    LoginRefusedError,
    NotKeycloakError,
    RoleMissingError,
    ServerFailingError,
    UnknownRealmError,
)

_ATTEMPTS_AT_AN_INTERNAL_ERROR = 5
"""A 500 may pass (a database that fails over) or stay (one user's broken row): a few tries tell."""


_NO_JSON = frozenset({201, 204})
"""Statuses whose answers have no JSON in Keycloak's Admin API."""

_ANSWER_BROKE_OFF = b'"Cannot parse the JSON"'
"""What Keycloak (400) says of its own JSON where it could not write it to the end: a page that imports people of a
federation provider fails where another page imports the same ones at that moment. A GET has no JSON it could mean."""


class NotFoundError(ServerFailingError):
    """A thing that we asked for by its id or name is not there."""

    code = "not-found"


class ConflictError(ServerFailingError):
    """A thing of that name exists already; `detail` is Keycloak's reason."""

    code = "conflict"

    def __init__(self, detail: str) -> None:
        super().__init__(f"Keycloak says that it already exists: {detail}.", "Run it again.")
        self.detail = detail


class BadRequestError(ServerFailingError):
    """Keycloak understood the request and refuses it; `detail` is its reason."""

    code = "bad-request"

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"Keycloak refuses the request: {detail}.",
            "If the reason does not explain it, report it as a bug with the server's version.",
        )
        self.detail = detail


def parse(method: str, status: int, body: bytes, retry_after: str | None) -> Any:
    """The JSON of an answer of the Admin API; None where it has none.

    Args:
        method: The request's.
        status: The answer's HTTP status.
        body: The answer's whole body.
        retry_after: The answer's header Retry-After.

    Raises:
        TransientError: The same request is worth sending again.
        Error: What else the answer stands for.
    """
    if method == "GET" and _ANSWER_BROKE_OFF in body:
        raise cut_short()
    check(status, body, retry_after)
    if status in _NO_JSON:
        return None
    try:
        return json.loads(body)
    except ValueError as error:
        # A streamed answer can end early with a 200.
        raise cut_short() from error


def check(status: int, body: bytes, retry_after: str | None) -> None:
    """Raise what an answer stands for that is no success; see `parse`."""
    if status >= 300:  # noqa: PLR2004
        raise failure(status, body, retry_after_seconds(retry_after))


def cut_short() -> TransientError:
    """The fault of an answer that ends before its end."""
    return TransientError("cut its answer short")


def failure(  # noqa: PLR0911  # one for each status
    status: int, body: bytes, retry_after: float | None = None
) -> Error | TransientError:
    """The error that an answer of the Admin API stands for.

    Args:
        status: An HTTP status of 300 or more.
        body: The answer's body; only Keycloak's own reason is taken from it.
        retry_after: Seconds, from the answer's header.
    """
    if status in TRANSIENT_STATUSES:
        return TransientError(f"answers {status}", retry_after=retry_after)
    if status >= 500:  # noqa: PLR2004
        return TransientError(f"answers {status}", attempts=_ATTEMPTS_AT_AN_INTERNAL_ERROR)
    reason = detail(body)
    match status:
        case 400:
            return BadRequestError(reason)
        case 401:
            return AccessError(
                "Keycloak no longer accepts our login.",
                "Check that the account is still enabled, and run again.",
            )
        case 403:
            return RoleMissingError(
                "Keycloak refuses: the caller lacks a role.",
                "Give the caller the role that this needs, of the realm's client realm-management: manage-realm and "
                "manage-users to enforce; docs/roles.md has the others.",
            )
        case 404:
            return NotFoundError(f"Keycloak does not find it: {reason}.", "It may have been removed in the meantime.")
        case 409:
            return ConflictError(reason)
        case _:
            return NotKeycloakError(
                f"The server answers {status}, which Keycloak would not.",
                "Check the server URL and any proxy in between.",
            )


def kept_failing(fault: TransientError, kind: type[ServerFailingError] = ServerFailingError) -> ServerFailingError:
    """The error for a fault that did not pass."""
    return kind(f"The server {fault.what}, and kept doing so.", "Run it again when the server works; nothing is lost.")


def failed_once(fault: TransientError) -> ServerFailingError:
    """The error for a fault of a request that is not sent again."""
    return ServerFailingError(f"The server {fault.what}.", "Check whether it was done before you try again.")


def login_failure(status: int, body: bytes, auth_realm: str, *, person: bool) -> Error | TransientError:
    """The error that an answer of the token endpoint stands for (RFC 6749, 5.2).

    Args:
        status: Its HTTP status.
        body: Its body.
        auth_realm: The realm that was logged in to.
        person: Whether an admin user logged in rather than a service account.
    """
    if status in TRANSIENT_STATUSES or status >= 500:  # noqa: PLR2004
        return failure(status, body)
    answer = _json(body)
    reason = detail(body)
    if status == 404 and answer.get("error") == "Realm does not exist":  # noqa: PLR2004
        return UnknownRealmError(
            f"The server has no realm {auth_realm!r} to log in to.",
            "Check --realm, and --auth-realm if you log in to another realm.",
        )
    if "error" not in answer or status in {404, 405}:
        return NotKeycloakError(
            f"This is not Keycloak (status {status}).",
            "Check the server URL: it is the base URL, with the path prefix that the server has, if any.",
        )
    return LoginRefusedError(
        f"Keycloak refuses the login to realm {auth_realm!r}: {reason}.", _login_hint(reason, person)
    )


def check_token(body: bytes) -> None:
    """Whether a 200 of the token endpoint holds a token (RFC 6749, 5.1), as far as it is used here.

    Raises:
        NotKeycloakError: It holds none.
    """
    answer = _json(body)
    if not isinstance(answer.get("access_token"), str) or not isinstance(answer.get("expires_in"), int):
        raise NotKeycloakError("The answer holds no token, so this is not Keycloak.", "Check the server URL.")


def _login_hint(reason: str, person: bool) -> str:
    if "not fully set up" in reason:
        return "This account must finish its set-up in a browser first; a service account is never asked."
    if not person:
        return "Check KC2FA_CLIENT_ID and the secret, and that 'Service accounts roles' is enabled for the client."
    return "Check the user name and the password; where the account has OTP, give its current code with --otp."


def oauth_error(body: bytes) -> str | None:
    """The error code in an answer of the token endpoint (RFC 6749, 5.2); None where there is none."""
    return _json(body).get("error")


def detail(body: bytes) -> str:
    """Keycloak's own reason in an error body, in its words and without a final full stop."""
    return _detail(_json(body))


_EMPTY_WORDS = "For more on this error consult the server log"


def _detail(answer: Any) -> str:
    if not isinstance(answer, dict):
        return str(answer)
    if isinstance(errors := answer.get("errors"), list) and errors:
        return "; ".join(_detail(error) for error in errors)
    said = (str(answer[key]) for key in ("errorMessage", "error_description", "error", "message") if answer.get(key))
    reason = next((each for each in said if not each.startswith(_EMPTY_WORDS)), "no reason given")
    field = f"{answer['field']}: " if answer.get("field") else ""
    return f"{field}{reason}".rstrip(".")


def _json(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}
