"""The hot path: users read in streams, and written one by one."""

import asyncio
from collections import deque
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Coroutine,
    Iterable,
    Iterator,
)
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

from keycloak_2fa.api import endpoints, responses, retry
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.concurrent_api import ConcurrentApi, UserFailingError
from keycloak_2fa.errors import RoleMissingError
from keycloak_2fa.people import methods
from keycloak_2fa.people.listing import Listing
from keycloak_2fa.people.person import Person

T = TypeVar("T")

_PAGE = 100
"""People in a page of full representations; more make it dearer for each."""

_FEW = 20_000
"""Up to so many people are read page by page. Keycloak pages by offset, so such a page takes longer the later it
is; in a larger realm a few long pages of ids, and the people by their ids, are cheaper."""

_ROWS = 5_000
"""Brief representations in a page: short, and cheap for the server."""

_ANYBODY = "*"
_FAR_AHEAD_MS = 253_402_300_799_000
"""The end of the year 9999."""

_IDS_IN_A_SEARCH = 90
_SEARCH_CHARACTERS = 3_400
"""What one `search=id:...` may hold: Keycloak takes a request line of 4,096 bytes, and a longer page of full
representations costs more for each user."""

_ATTEMPTS_AT_A_CONFLICT = 5

_NO_REASON = "Could not update user!"
"""What Keycloak (400) says where the write fails below it: its database is away, or the user's storage refuses."""

_ATTEMPTS_WITHOUT_A_REASON = 2

_READ_AHEAD = 3
"""Full pages asked for while one is being worked on."""


class BulkApi:
    """Users of one realm. Use it as an asynchronous context manager.

    Args:
        admin: The logged-in caller.
    """

    def __init__(self, admin: AdminApi) -> None:
        self._admin = admin
        self._realm = admin.settings.realm
        self._api = ConcurrentApi(admin, admin.settings.concurrency + _READ_AHEAD)

    async def __aenter__(self) -> Self:
        await self._api.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._api.__aexit__(kind, error, trace)

    async def counts(self) -> tuple[int, int]:
        """How many people there are, and how many service accounts.

        Keycloak counts service accounts with a field filter and leaves them out without one.
        """
        path = endpoints.users_count(self._realm)
        people, enabled, disabled = await asyncio.gather(
            self._api.get(path),
            self._api.get(path, enabled="true"),
            self._api.get(path, enabled="false"),
        )
        return int(people), int(enabled) + int(disabled) - int(people)

    def server_time_ms(self) -> int:
        """See `AdminApi`."""
        return self._admin.server_time_ms()

    async def count(self, **query: str | int) -> int:
        """How many people a list holds, as Keycloak counts them."""
        return int(await self._api.get(endpoints.users_count(self._realm), **query))

    def people(self, total: int) -> AsyncIterator[list[Person]]:
        """Everybody, in pages of up to 100, as each is now.

        No user who stays in place is missed while others come and go (`listing`); a user may be given twice.
        Holds a few pages of people in memory, and in a large realm one page of ids, whatever its size.

        Args:
            total: About how many they are, which decides how they are read; see also `rows`.
        """
        return self._pages_by_offset(total) if total <= _FEW else self._full_rows(self.rows())

    def rows(self) -> AsyncIterator[list[dict[str, Any]]]:
        """Everybody as a brief UserRepresentation, in pages of up to 5,000; see `people`.

        Costs the server a tenth of what `people` does.
        """
        return self._listed(Listing(_ROWS), briefRepresentation="true")

    async def tells_newcomers(self) -> bool:
        """Whether this Keycloak can list users by the time of their creation; an older one ignores the question."""
        return not await self.count(search=_ANYBODY, createdAfter=_FAR_AHEAD_MS)

    def newcomers(self, since_ms: int) -> AsyncIterator[list[dict[str, Any]]]:
        """Who was created since, as in `rows`; where `tells_newcomers`.

        Args:
            since_ms: Milliseconds since the epoch, by the server's clock.
        """
        # With a search Keycloak leaves service accounts out, as in a plain list; without one it does not.
        return self._listed(Listing(_ROWS), briefRepresentation="true", search=_ANYBODY, createdAfter=since_ms)

    def by_id(self, ids: Iterable[str]) -> AsyncIterator[list[Person]]:
        """People by their ids, in pages of up to 90, as each is now; who is gone is left out."""
        return _read_ahead(self._full(some) for some in _searches(ids))

    async def credential_types(self, user_id: str) -> list[str]:
        """Types of one person's credentials.

        Raises:
            NotFoundError: The user is gone.
        """
        return [each["type"] for each in await self._api.get(endpoints.credentials(self._realm, user_id))]

    async def has_identity_providers(self) -> bool:
        """Whether users of the realm can log in through identity providers; true where the caller may not know."""
        try:
            return bool(await self._api.get(endpoints.identity_providers(self._realm), first=0, max=1))
        except RoleMissingError:
            return True

    async def with_methods(self, page: Iterable[Person], *, links: bool) -> list[Person]:
        """The same users with what they log in with: one request for each user, or two.

        Args:
            page: Some users.
            links: Also read their identity providers.
        """
        return list(await asyncio.gather(*(self._with_methods(each, links) for each in page)))

    async def _with_methods(self, person: Person, links: bool) -> Person:
        try:
            credentials = await self._api.get(endpoints.credentials(self._realm, person.id))
            linked = await self._api.get(endpoints.identity_provider_links(self._realm, person.id)) if links else []
        except responses.NotFoundError:
            return replace(person, methods=())  # deleted since the page was read
        return replace(
            person,
            methods=methods.from_credentials(credentials),
            identity_provider=linked[0]["identityProvider"] if linked else None,
        )

    async def has_identity_provider(self, user_id: str) -> bool:
        """Whether one person logs in through an identity provider.

        Raises:
            NotFoundError: The user is gone.
        """
        return bool(await self._api.get(endpoints.identity_provider_links(self._realm, user_id)))

    async def person(self, user_id: str) -> Person | None:
        """One person as they are now; None when there is none any more."""
        return await self._api.retrying(lambda: self._person(user_id))

    async def write_required_actions(self, person: Person, decide: Callable[[Person], list[str] | None]) -> bool:
        """Store a person's required actions, alone: any other field of a user that was sent would be written too.

        Args:
            person: Whose, as read.
            decide: The aliases to store for a person, or None to leave them. Asked again with a fresh
                reading after a fault that may have come after the write: nobody is written twice.

        Returns:
            Whether this call wrote something, as far as can be known: what is found done after a fault is
            taken for ours.

        Raises:
            BadRequestError: Keycloak refuses: the stored profile is invalid, or the user is read-only.
            RoleMissingError: This user may not be managed by the caller.
            NotFoundError: The user is gone.
            ServerFailingError: It kept failing, for this user or altogether.
        """
        looked_at: Person | None = person
        sent = False

        async def attempt() -> bool:
            nonlocal looked_at, sent
            current = looked_at or await self._person(person.id)
            looked_at = None
            actions = decide(current) if current else None
            if actions is None:
                return sent
            try:
                await self._api.send("PUT", endpoints.user(self._realm, person.id), {"requiredActions": actions})
            except responses.ConflictError as error:
                # Another caller, such as a second run, writes the same user at this moment: look again.
                raise retry.TransientError(
                    f"refuses a user: {error.message}", attempts=_ATTEMPTS_AT_A_CONFLICT
                ) from error
            except responses.BadRequestError as error:
                if error.detail != _NO_REASON:
                    raise
                raise retry.TransientError("cannot write a user", attempts=_ATTEMPTS_WITHOUT_A_REASON) from error
            except retry.TransientError:
                sent = True
                raise
            return True

        try:
            return await self._api.retrying(attempt)
        except UserFailingError as error:
            refusal = error.__cause__ and error.__cause__.__cause__
            if isinstance(refusal, responses.BadRequestError):
                raise refusal from None
            raise

    async def _pages_by_offset(self, total: int) -> AsyncIterator[list[Person]]:
        listing = Listing(_PAGE)
        async for page in self._listed(listing, _READ_AHEAD, total, stop_at_a_gap=True, briefRepresentation="false"):
            yield [Person.from_representation(user) for user in page]
        if listing.gap:
            # Rows move: full pages that overlap would be dear. It goes on from there in long pages of ids.
            listing.widen(_ROWS)
            async for found in self._full_rows(self._listed(listing, briefRepresentation="true")):
                yield found

    async def _full_rows(self, pages: AsyncIterable[list[dict[str, Any]]]) -> AsyncIterator[list[Person]]:
        async for rows in pages:
            async for page in self.by_id(user["id"] for user in rows):
                yield page

    async def _listed(
        self, listing: Listing, ahead: int = 0, total: int = 0, *, stop_at_a_gap: bool = False, **query: str | int
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """A list of users, page by page: what each holds that those before it do not.

        Args:
            listing: Where it begins, and in pages of which size.
            ahead: Pages asked for while one is worked on.
            total: About how many users there are; nothing behind is asked for ahead.
            stop_at_a_gap: End at the first page that is not proven to follow.
            query: What is listed.
        """
        path, size = endpoints.users(self._realm), listing.size
        pages: deque[tuple[int, asyncio.Task[Any]]] = deque()

        def ask(first: int) -> None:
            pages.append((first, asyncio.create_task(self._api.get(path, **query, first=first, max=size))))

        hidden = False
        try:
            while True:
                if not pages or pages[0][0] != listing.first:
                    _cancel(pages)
                    ask(listing.first)
                while len(pages) <= ahead and listing.after(pages[-1][0]) < total:
                    ask(listing.after(pages[-1][0]))
                first, task = pages.popleft()
                page = await task
                fresh = listing.take(first, ((user["id"], user["username"]) for user in page))
                if fresh is None and stop_at_a_gap:
                    return
                if fresh:
                    hidden = False
                    yield [user for user in page if user["id"] in fresh]
                elif fresh is not None and len(page) < size:
                    # A short page need not be the last: Keycloak leaves out of a page, after it was cut, whom their
                    # federation provider does not know any more.
                    counted = {name: value for name, value in query.items() if name != "briefRepresentation"}
                    if first + size >= await self.count(**counted):
                        return
                    if hidden:
                        listing.skip(first)
                    hidden = not hidden
        finally:
            _cancel(pages)

    async def _full(self, ids: list[str]) -> list[Person]:
        if len(ids) == 1:
            person = await self.person(ids[0])
            return [person] if person else []
        found = await self._api.get(
            endpoints.users(self._realm),
            briefRepresentation="false",
            max=len(ids),
            search="id:" + " ".join(ids),
        )
        return [Person.from_representation(user) for user in found]

    async def _person(self, user_id: str) -> Person | None:
        try:
            return Person.from_representation(await self._api.send("GET", endpoints.user(self._realm, user_id)))
        except responses.NotFoundError:
            return None


def _cancel(pages: deque[tuple[int, asyncio.Task[Any]]]) -> None:
    while pages:
        pages.pop()[1].cancel()


async def _read_ahead(requests: Iterable[Coroutine[Any, Any, T]]) -> AsyncGenerator[T, None]:
    """Answers in order, with the next few requests under way while each is worked on."""
    ahead: deque[asyncio.Task[T]] = deque()
    try:
        for request in requests:
            ahead.append(asyncio.create_task(request))
            if len(ahead) > _READ_AHEAD:
                yield await ahead.popleft()
        while ahead:
            yield await ahead.popleft()
    finally:
        for task in ahead:
            task.cancel()


def _searches(ids: Iterable[str]) -> Iterator[list[str]]:
    """Split ids into lots that each fit into one search; one that a search cannot hold stands alone."""
    lot: list[str] = []
    characters = 0
    for each in ids:
        if each.split() != [each]:
            # A federation provider may use any text as an id, and a search takes white space for the end of one.
            yield [each]
            continue
        length = len(quote(each)) + 1
        if lot and (len(lot) == _IDS_IN_A_SEARCH or characters + length > _SEARCH_CHARACTERS):
            yield lot
            lot, characters = [], 0
        lot.append(each)
        characters += length
    if lot:
        yield lot
