"""Many requests at a time, on aiohttp: one session, one retry policy, one token for all.

python-keycloak's own asynchronous calls run on httpx, whose client needs more of a core for the same requests.
The login stays python-keycloak's: every request asks `AdminApi` for the token.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import aiohttp
from requests.utils import get_environ_proxies
from tenacity import AsyncRetrying

from keycloak_2fa.api import endpoints, responses, retry
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.errors import Error, ServerFailingError

T = TypeVar("T")

_TIMEOUT = aiohttp.ClientTimeout(total=60, sock_connect=10)

_NOBODYS = "two-factor-nobodys-role"
"""A role that nobody has."""


class UserFailingError(ServerFailingError):
    """The server fails at this one user while it answers otherwise."""

    code = "user-failing"


class ConcurrentApi:
    """The Admin API for many requests at a time. Use it as an asynchronous context manager.

    Args:
        admin: The logged-in caller.
        connections: At most so many at a time.
    """

    def __init__(self, admin: AdminApi, connections: int) -> None:
        self._admin = admin
        self._connections = connections
        self._realm = admin.settings.realm
        self._base = admin.settings.server_url
        self._retry_timeout = admin.settings.retry_timeout
        self._renewal = asyncio.Lock()
        self._session: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        url = urlsplit(self._base)
        trust: ssl.SSLContext | bool = True
        if url.scheme == "https":
            trust = ssl.create_default_context(cafile=self._admin.ca_file)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections, ssl=trust),
            # requests, under python-keycloak, honours the proxy settings of the environment; so do we.
            proxy=get_environ_proxies(self._base).get(url.scheme),
            timeout=_TIMEOUT,
        )
        # aiohttp sends a PUT again by itself when the connection breaks under it; whether the first one went
        # through must be read before anything is written again. It has no public name for this.
        self._session._retry_connection = False  # noqa: SLF001
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def get(self, path: str, **query: str | int) -> Any:
        """A GET, tried again while the server fails.

        Raises:
            UserFailingError: It fails at this request alone.
            Error: See `responses.parse`.
        """
        return await self.retrying(lambda: self.send("GET", path, query=query))

    async def retrying(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Make an attempt until it ends without a `TransientError`.

        Raises:
            UserFailingError: It fails after a few tries, while the server answers otherwise.
            ServerFailingError: The server kept failing for the whole retry timeout.
        """
        try:
            # Nearly always there is an answer at once, and then the retry loop costs as much as the request.
            return await attempt()
        except retry.TransientError as fault:
            return await self._again(attempt, fault)

    async def _again(self, attempt: Callable[[], Awaitable[T]], fault: retry.TransientError) -> T:
        """Go on after a first attempt that ended with this fault."""
        first = [fault]

        async def next_attempt() -> T:
            if first:
                raise first.pop()
            return await attempt()

        try:
            return await self._persistently(next_attempt)
        except retry.TransientError as last:
            if not last.attempts:
                raise responses.kept_failing(last) from last
        # A few tries in vain: is it this user, or the whole server, whose database is away?
        was_away = await self._wait_until_well()
        try:
            return await attempt()
        except retry.TransientError as still:
            if was_away:
                return await self._again(attempt, still)
            raise responses.kept_failing(still, UserFailingError) from still

    async def _wait_until_well(self) -> bool:
        """Wait until the server answers for what is in its own database; whether it did not at once."""
        was_away = False

        async def look() -> None:
            nonlocal was_away
            try:
                # No cache answers a search for roles, and no user storage is asked.
                await self.send("GET", endpoints.roles(self._realm), query={"search": _NOBODYS, "max": 1})
            except retry.TransientError as fault:
                was_away = True
                raise retry.TransientError(fault.what, retry_after=fault.retry_after) from fault
            except Error:
                # This is an answer too: the caller may not see roles.
                return

        try:
            await self._persistently(look)
        except retry.TransientError as last:
            raise responses.kept_failing(last) from last
        return was_away

    async def _persistently(self, attempt: Callable[[], Awaitable[T]]) -> T:
        async for turn in AsyncRetrying(**retry.policy(self._retry_timeout, self._admin.on_wait)):
            with turn:
                return await attempt()
        raise AssertionError  # tenacity returns from the loop or raises

    async def send(self, method: str, path: str, body: Any = None, query: dict[str, str | int] | None = None) -> Any:
        """One request, once more with a new token when the server refuses the first.

        Raises:
            TransientError: It may succeed when it is sent again.
            Error: See `responses.parse`.
        """
        token = await self._bearer()
        for refused_before in (False, True):
            try:
                async with self._session.request(
                    method,
                    f"{self._base}/{path}",
                    params=query,
                    json=body,
                    headers={"Authorization": f"Bearer {token}"},
                    allow_redirects=False,
                ) as response:
                    content = await response.read()
            except (aiohttp.ClientError, TimeoutError) as error:
                raise retry.TransientError("does not answer, or cuts its answers short") from error
            if response.status != HTTPStatus.UNAUTHORIZED or refused_before:
                break
            self._admin.token_refused(token)
            token = await self._bearer()
        return responses.parse(method, response.status, content, response.headers.get("Retry-After"))

    async def _bearer(self) -> str:
        if (token := self._admin.current_token()) is not None:
            return token
        # The login is a blocking call of python-keycloak: one thread makes it while the others wait.
        async with self._renewal:
            return await asyncio.to_thread(self._admin.bearer)
