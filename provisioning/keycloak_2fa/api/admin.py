"""The Admin API through python-keycloak: logged in, tried again while the server is away, errors told as ours.

Everything that is asked once per run goes through here. People are read and written by `people.bulk`.
"""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import certifi
import requests
from keycloak import KeycloakAdmin, KeycloakOpenIDConnection
from keycloak.exceptions import KeycloakConnectionError, KeycloakError, KeycloakPostError
from tenacity import Retrying

from keycloak_2fa.api import access_token, first_contact, responses, retry
from keycloak_2fa.api.endpoints import segment
from keycloak_2fa.errors import Error, UnreachableError
from keycloak_2fa.settings import AdminUser, ConnectionSettings

T = TypeVar("T")

_TIMEOUT_SECONDS = 60
_LONG_TIMEOUT_SECONDS = 600
_PAGE = 100
_CLOCKS_APART_S = 5.0
"""How much the clocks of a server's nodes may differ."""

_UNKNOWN_CLOCK_APART_S = 60.0
"""How much ours may, where the token does not tell the server's."""

_FIRST_CONTACT_TIMEOUT_SECONDS = 30.0
"""A server that still boots answers 503; a wrong URL should not keep its user waiting."""


class AdminApi:
    """One caller of one server, about one realm.

    Args:
        settings: Where and who. Nothing is sent before the first call, which logs in.
    """

    def __init__(self, settings: ConnectionSettings) -> None:
        self.settings = settings
        self.ca_file = str(settings.ca_file or os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where())
        """The PEM bundle that requests, under python-keycloak, trusts; the other client is to trust the same."""
        self._lock = threading.Lock()
        self._reached = False
        self._server_ahead_s = 0.0
        self.on_reading: Callable[[int, float], None] = lambda _users, _seconds: None
        """Told before all users of the realm are read: how many they are, and about how many seconds it takes."""
        self.on_wait: retry.OnWait = retry.unheard
        """Told whenever a request of this connection, or of one made for it, is to be sent again."""
        who = settings.credentials
        login: dict[str, Any] = (
            {"grant_type": "password", "username": who.username, "password": who.password, "totp": who.otp}
            if isinstance(who, AdminUser)
            else {
                "grant_type": "client_credentials",
                "client_id": who.client_id,
                "client_secret_key": who.client_secret,
            }
        )
        self._connection = KeycloakOpenIDConnection(
            server_url=settings.server_url + "/",
            # python-keycloak puts names into URLs as they are, so it gets them quoted.
            realm_name=segment(settings.realm),
            user_realm_name=segment(settings.auth_realm),
            verify=str(settings.ca_file) if settings.ca_file else True,
            timeout=_TIMEOUT_SECONDS,
            max_retries=0,
            # Workflows would answer YAML.
            custom_headers={"Accept": "application/json"},
            **login,
        )
        # python-keycloak hands a body that is not JSON on as bytes, and forgets the header Retry-After.
        self._connection._s.hooks["response"].append(_whole)  # noqa: SLF001  # it has no public name for this
        # It takes any 200 for a token, too. What it logs in by sends to the token endpoint only.
        self._connection.keycloak_openid.connection._s.hooks["response"].append(_holds_token)  # noqa: SLF001
        self.keycloak = KeycloakAdmin(connection=self._connection)
        """python-keycloak's client for the realm; its methods are called through `call`."""
        self.realm = segment(settings.realm)
        """The realm's name as python-keycloak's methods want it."""

    def for_realm(self, name: str, auth_realm: str) -> "AdminApi":
        """The same caller for another realm, by this login while it is good and is to the same realm."""
        other = AdminApi(replace(self.settings, realm=name, auth_realm=auth_realm))
        token, expires_at = self._connection.token, self._connection.expires_at
        if auth_realm == self.settings.auth_realm and token and expires_at:
            # A one-time code is good for one login. What is left of the token's life counts, not what it began with.
            left = max(0, int((expires_at - datetime.now(UTC)).total_seconds()))
            other._connection.token = {**token, "expires_in": left}  # our own kind
        other.on_reading, other.on_wait = self.on_reading, self.on_wait
        other._reached = self._reached
        other._server_ahead_s = self._server_ahead_s
        return other

    def bearer(self) -> str:
        """An access token that is still good, renewed at nine tenths of its life. Safe in any thread.

        Raises:
            LoginRefusedError: Wrong credentials, or the account needs something more.
            UnknownRealmError: The realm to log in to does not exist.
            UnreachableError: No connection, or its certificate is not trusted.
            NotKeycloakError: Something else answers there.
            ServerFailingError: It kept failing.
        """
        with self._lock:
            if (token := self.current_token()) is None:
                self.retrying(self._log_in)
                token = str((self._connection.token or {})["access_token"])
            return token

    def current_token(self) -> str | None:
        """The access token while it is good, without asking the server."""
        token, expires_at = self._connection.token, self._connection.expires_at
        return token["access_token"] if token and expires_at and datetime.now(UTC) < expires_at else None

    def server_time_ms(self) -> int:
        """Milliseconds since the epoch by the server's clock: that early at the latest, by some seconds at the most."""
        return int((time.time() + self._server_ahead_s - _CLOCKS_APART_S) * 1_000)

    def token_refused(self, token: str) -> None:
        """Forget a token that the server refused before its time: a restart, a revocation."""
        with self._lock:
            if self._connection.token and self._connection.token["access_token"] == token:
                self._connection.token = None

    def tokens(self) -> tuple[str, str | None]:
        """The access token, and the ID token where the server issued one."""
        access = self.bearer()
        return access, (self._connection.token or {}).get("id_token")

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call one method of python-keycloak, logged in, with retries and with our errors.

        Raises:
            Error: What went wrong, in our own words. A 404 is `responses.NotFoundError`, a 409
                `responses.ConflictError` and a 400 `responses.BadRequestError`.
        """
        self.bearer()
        return self.retrying(lambda: self._told_as_ours(function, *arguments))

    def get(self, path: str, **query: Any) -> Any:
        """GET a path of `endpoints` and parse its JSON."""
        return self.call(lambda: _parsed(self._connection.raw_get(path, **query)))

    def get_patiently(self, path: str, **query: Any) -> Any:
        """As `get`, for an answer that Keycloak may work on for minutes."""
        self._connection.timeout = _LONG_TIMEOUT_SECONDS
        try:
            return self.get(path, **query)
        finally:
            self._connection.timeout = _TIMEOUT_SECONDS

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every item of a list at a path of `endpoints` that Keycloak gives in pages."""
        first = 0
        while True:
            page = self.get(path, first=first, max=_PAGE, **query)
            yield from page
            if len(page) < _PAGE:
                return
            first += _PAGE

    def post(self, path: str, body: Any = None) -> Any:
        """POST JSON to a path of `endpoints` and parse the answer's JSON, if it has one."""
        return self.call(lambda: _parsed(self._connection.raw_post(path, data=_body(body))))

    def put(self, path: str, body: Any) -> None:
        """PUT JSON to a path of `endpoints`."""
        self.call(lambda: _checked(self._connection.raw_put(path, data=_body(body))))

    def create(self, path: str, body: Any) -> str:
        """POST JSON and return the new thing's id, which Keycloak puts at the end of the Location."""
        return self.call(lambda: self._create(path, body))

    def create_once(self, path: str, body: Any) -> str:
        """As `create`, for what Keycloak would make a second time: to be called in a job of `retrying`.

        Raises:
            retry.TransientError: The first fault, which may have come after the server did it.
        """
        self.bearer()
        return self._told_as_ours(self._create, path, body)

    def delete(self, path: str) -> None:
        """DELETE a path of `endpoints`."""
        self.call(lambda: _checked(self._connection.raw_delete(path)))

    def post_once(self, path: str, form: Mapping[str, str] | None = None) -> None:
        """POST a form, or nothing, to a path of `endpoints` that must not be asked twice, such as one that mails.

        Raises:
            Error: As `call`, but after the first fault, which may have come after the server did it.
        """
        # python-keycloak declares JSON whatever it sends.
        self._connection.add_param_headers("Content-Type", "application/x-www-form-urlencoded")
        try:
            self._once(lambda: self._connection.raw_post(path, data=dict(form or {})))
        finally:
            self._connection.add_param_headers("Content-Type", "application/json")

    def put_once(self, path: str, body: Any) -> None:
        """PUT JSON to a path of `endpoints` that must not be asked twice; see `post_once`."""
        self._once(lambda: self._connection.raw_put(path, data=_body(body)))

    def _create(self, path: str, body: Any) -> str:
        response = _checked(self._connection.raw_post(path, data=_body(body)))
        return response.headers["Location"].rsplit("/", 1)[-1]

    def _once(self, request: Callable[[], requests.Response]) -> None:
        self.bearer()
        try:
            self._told_as_ours(lambda: _checked(request()))
        except retry.TransientError as fault:
            raise responses.failed_once(fault) from fault

    def retrying(self, job: Callable[[], T]) -> T:
        """Do a job, and after a fault that may pass do all of it again.

        Args:
            job: Where it makes what a second time would double, with `create_once`, it begins by undoing what an
                attempt before it left.

        Raises:
            ServerFailingError: It kept failing.
        """
        retry_timeout = self.settings.retry_timeout if self._reached else _FIRST_CONTACT_TIMEOUT_SECONDS
        try:
            return Retrying(**retry.policy(min(retry_timeout, self.settings.retry_timeout), self.on_wait))(job)
        except retry.TransientError as fault:
            raise responses.kept_failing(fault) from fault

    def _log_in(self) -> None:
        connection = self._connection
        try:
            if connection.token and connection.token.get("refresh_token"):
                try:
                    connection.refresh_token()
                except KeycloakPostError:
                    # The session behind the refresh token is over; the credentials still hold.
                    connection.get_token()
            else:
                connection.get_token()
        except KeycloakConnectionError as error:
            cause = error.__cause__
            # From `_holds_token`: python-keycloak takes it for a connection that failed.
            raise self._explained(cause) if isinstance(cause, Error) else self._no_connection(cause) from error
        except KeycloakError as error:
            failure = responses.login_failure(
                error.response_code or 0,
                error.response_body or b"",
                self.settings.auth_realm,
                person=isinstance(self.settings.credentials, AdminUser),
            )
            raise self._explained(failure) from None
        self._reached = True
        issued_at = access_token.claims(str((connection.token or {}).get("access_token"))).get("iat")
        self._server_ahead_s = issued_at - time.time() if issued_at else -_UNKNOWN_CLOCK_APART_S

    def _told_as_ours(self, function: Callable[..., T], *arguments: Any) -> T:
        try:
            return function(*arguments)
        except KeycloakConnectionError as error:
            raise self._no_connection(error.__cause__) from error
        except KeycloakError as error:
            raise responses.failure(error.response_code or 0, error.response_body or b"") from None

    def _no_connection(self, cause: BaseException | None) -> Error | retry.TransientError:
        url = self.settings.server_url
        if isinstance(cause, retry.TransientError):
            # From `_whole`: python-keycloak takes it for a connection that failed.
            return cause
        if isinstance(cause, requests.exceptions.SSLError):
            return first_contact.tls_failure(url, cause, self.settings.ca_file)
        if isinstance(cause, OSError) and not isinstance(cause, requests.exceptions.RequestException):
            return UnreachableError(f"The connection to {url} cannot be made: {cause}.", "Check --ca-file.")
        if not self._reached:
            return first_contact.no_answer(url)
        return retry.TransientError("does not answer")

    def _explained(self, failure: Error | retry.TransientError) -> Error | retry.TransientError:
        if self._reached or not isinstance(failure, Error):
            return failure
        return first_contact.no_login(self.settings, failure, self.ca_file)


def _whole(response: requests.Response, **_settings: Any) -> None:
    """Look at each answer of the Admin API first: a temporary fault is raised as such."""
    if response.status_code in retry.TRANSIENT_STATUSES:
        response.close()
        responses.check(response.status_code, b"", response.headers.get("Retry-After"))
    if response.status_code == requests.codes.ok and response.content:
        _parsed(response)


def _holds_token(response: requests.Response, **_settings: Any) -> None:
    """Look at each answer to a login first: one that is no token is raised as such."""
    if response.status_code == requests.codes.ok:
        responses.check_token(response.content)


def _body(body: Any) -> str:
    return "" if body is None else json.dumps(body)


def _checked(response: requests.Response) -> requests.Response:
    responses.check(response.status_code, response.content, response.headers.get("Retry-After"))
    return response


def _parsed(response: requests.Response) -> Any:
    method, wait = str(response.request.method), response.headers.get("Retry-After")
    return responses.parse(method, response.status_code, response.content, wait)
