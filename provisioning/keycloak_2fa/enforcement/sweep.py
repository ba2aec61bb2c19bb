"""The write loop: everybody who is uncovered is asked, until a look at the realm finds nobody new (rule 1).

Everybody is read once, in pages that are proven to follow one another (`listing`), and written from that reading. Then
the realm's ids are listed once more: a user that was not seen, by a rename or an import in the meantime, is read and
written, and nobody else. Last come looks at newcomers alone, each over no more than the time since the look before it.
So the work that is left shrinks with every step, whatever comes and goes. ARCHITECTURE says why nobody can be missed.
"""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from keycloak_2fa.api import responses
from keycloak_2fa.api.concurrent_api import UserFailingError
from keycloak_2fa.errors import Error, RoleMissingError
from keycloak_2fa.people import refusals
from keycloak_2fa.people.bulk import BulkApi
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.refusals import Refusal
from keycloak_2fa.people.register import KNOWN, Known, Register
from keycloak_2fa.people.standing import Standing, actions_to_write, standing_of
from keycloak_2fa.realm.population import Population

_MOST_LISTINGS = 4
"""One is the rule. Another follows only where one found uncovered users who were there before."""

_MOST_LOOKS = 5
"""At newcomers. A user imported during the last one is like a user imported after ON."""

_LONGEST_TRANSACTION_MS = 300_000
"""Keycloak's default. An import is one transaction: users carry the time when each was made, and show at its end."""

_READ_BACK = 30
"""How many of those written first are read once more at the end."""


@dataclass(frozen=True)
class Progress:
    """How far a round is.

    Attributes:
        passes: Number of this round, from 1.
        total: People counted at the start.
        seen: People seen in this round.
        written: People marked in this round.
        failed: People who could not be written, in all rounds.
    """

    passes: int
    total: int
    seen: int
    written: int
    failed: int


@dataclass(frozen=True)
class Sweep:
    """What a sweep came to.

    Attributes:
        population: As the sweep left it; the uncovered are those of `refused`.
        marked: Of those who are asked now, how many this sweep marked.
        refused: People who could not be marked, each with reason and fix.
        passes: How many rounds marked a user, and the last one, which found none.
    """

    population: Population
    marked: int
    refused: tuple[Refusal, ...]
    passes: int


Fallback = Callable[[list[Refusal]], bool]
"""Tries to mark users that the plain update refused, in another way; False where there is none."""


@dataclass
class Work:
    """The rounds of one sweep, and what they come to. CONFIGURE_TOTP is a default action of the realm already."""

    _api: BulkApi
    _total: int
    _slots: asyncio.Semaphore
    _exempt: Container[str]
    _register: Register
    _fallback: Fallback
    _on_progress: Callable[[Progress], None]
    _refused: dict[str, Refusal] = field(default_factory=dict)
    _tried_fallback: set[str] = field(default_factory=set)
    _written_first: list[str] = field(default_factory=list)
    _in_flight: set[str] = field(default_factory=set)
    _seen: int = 0
    _written: int = 0
    _rounds: int = 0
    _rounds_that_wrote: int = 0

    async def done(self, *, planned: bool) -> bool:
        """Make all rounds; False where what was written is undone again."""
        tells_newcomers = await self._api.tells_newcomers()
        began_ms = since_ms = self._api.server_time_ms()
        self._register.read_again()
        if planned:
            await self._round(self._unsettled(self._api.rows()))
        else:
            await self._round(self._api.people(self._total))
        for _ in range(_MOST_LISTINGS):
            self._register.read_again()
            found, since_ms = _Found(), self._api.server_time_ms()
            wrote = await self._round(self._unsettled(self._api.rows(), found))
            oldest = found.oldest_ms
            if not wrote or (tells_newcomers and oldest is not None and oldest >= began_ms):
                break
        if tells_newcomers:
            await self._look_at_newcomers(since_ms)
        await self._drop_who_is_gone()
        return await self._still_written()

    def result(self) -> Sweep:
        """What it came to, once it is done."""
        here = self._register.count
        marked = here(Known.MARKED)
        people = Population(
            enrolled=here(Known.ENROLLED),
            pending=here(Known.PENDING) + marked,
            exempt=here(Known.EXEMPT),
            uncovered=len(self._refused),
        )
        return Sweep(people, marked, tuple(self._refused.values()), self._rounds_that_wrote + 1)

    async def _look_at_newcomers(self, since_ms: int) -> None:
        for _ in range(_MOST_LOOKS):
            now_ms = self._api.server_time_ms()
            if not await self._round(self._unsettled(self._api.newcomers(since_ms - _LONGEST_TRANSACTION_MS))):
                return
            since_ms = now_ms

    async def _round(self, pages: AsyncIterable[list[Person]]) -> bool:
        """Read these people and write who is uncovered; whether there was anybody to write."""
        self._rounds += 1
        self._seen = self._written = 0
        known_refused = len(self._refused)
        try:
            async with asyncio.TaskGroup() as writes:
                async for page in pages:
                    for person in page:
                        if self._take(person):
                            self._in_flight.add(person.id)
                            await self._slots.acquire()
                            writes.create_task(self._write(person)).add_done_callback(self._free_slot)
                    self._report()
        except* Error as errors:
            raise _first(errors) from None
        self._report()
        owed = bool(self._written) or len(self._refused) > known_refused
        await self._try_fallback()
        self._rounds_that_wrote += bool(self._written)
        return owed

    async def _unsettled(
        self, pages: AsyncIterable[list[dict[str, Any]]], found: "_Found | None" = None
    ) -> AsyncIterator[list[Person]]:
        """The users of a listing that must be read whole, as they are now."""
        async for rows in pages:
            wanted = [user for user in rows if not self._settled(user["id"])]
            self._seen += len(rows) - len(wanted)
            if found:
                found.note(wanted)
            async for page in self._api.by_id(user["id"] for user in wanted):
                yield page
            self._report()

    def _settled(self, user_id: str) -> bool:
        match self._register.see(user_id):
            case None | Known.GONE:
                return False
            case Known.UNCOVERED:
                # From the plan, or refused in an earlier round: once a run is enough.
                return user_id in self._refused
            case Known.EXEMPT:
                return user_id in self._exempt
            case _:
                return True

    def _take(self, person: Person) -> bool:
        """Write down where a person stands, and say whether to write them."""
        known = self._register.see(person.id)
        if known is Known.MARKED or person.id in self._refused or person.id in self._in_flight:
            # Given twice, by pages that were read at different moments.
            return False
        self._seen += 1
        standing = standing_of(person, self._exempt)
        self._register.put(person.id, KNOWN[standing])
        return standing is Standing.UNCOVERED

    def _report(self) -> None:
        total = max(self._total, self._seen)
        self._on_progress(Progress(self._rounds, total, self._seen, self._written, len(self._refused)))

    def _free_slot(self, _task: asyncio.Task[None]) -> None:
        self._slots.release()

    async def _write(self, person: Person) -> None:
        try:
            if await self._api.write_required_actions(person, self._decide):
                self._marked(person.id)
            else:
                # Another writer was faster: a second run, or the user.
                await self._look_again([person.id])
        except responses.NotFoundError:
            # Removed between the reading and the write.
            self._register.put(person.id, Known.GONE)
        except (responses.BadRequestError, RoleMissingError, UserFailingError) as error:
            self._refused[person.id] = refusals.from_error(person, error)
        finally:
            self._in_flight.discard(person.id)

    def _decide(self, person: Person) -> list[str] | None:
        uncovered = standing_of(person, self._exempt) is Standing.UNCOVERED
        return actions_to_write(person) if uncovered else None

    def _marked(self, user_id: str) -> None:
        self._register.put(user_id, Known.MARKED)
        self._written += 1
        if len(self._written_first) < _READ_BACK:
            self._written_first.append(user_id)

    async def _look_again(self, ids: Iterable[str]) -> Mapping[str, Standing]:
        """Where these stand now, written down; who is not in the answer is gone."""
        wanted, found = list(ids), dict[str, Standing]()
        async for page in self._api.by_id(wanted):
            for person in page:
                found[person.id] = standing_of(person, self._exempt)
                self._register.put(person.id, KNOWN[found[person.id]])
        for user_id in wanted:
            if user_id not in found:
                self._register.put(user_id, Known.GONE)
        return found

    async def _try_fallback(self) -> None:
        fresh = [each for user_id, each in self._refused.items() if user_id not in self._tried_fallback]
        self._tried_fallback.update(each.user_id for each in fresh)
        if not fresh or not await asyncio.to_thread(self._fallback, fresh):
            return
        now = await self._look_again(each.user_id for each in fresh)
        for each in fresh:
            standing = now.get(each.user_id)
            if standing is not Standing.UNCOVERED:
                del self._refused[each.user_id]
            if standing is Standing.PENDING:
                self._marked(each.user_id)

    async def _drop_who_is_gone(self) -> None:
        """Nothing is owed any more to those who were refused and left since."""
        for user_id in [each for each in self._refused if not self._register.is_here(each)]:
            try:
                now = await self._look_again([user_id])
            except UserFailingError:
                # Their federation provider does not answer: they are still refused.
                continue
            if now.get(user_id) is not Standing.UNCOVERED:
                del self._refused[user_id]

    async def _still_written(self) -> bool:
        """Whether those who were written first are as they were left, as far as they can be seen."""
        written = list(self._written_first)
        try:
            now = await self._look_again(written)
        except UserFailingError:
            return True
        for user_id in written:
            if now.get(user_id) is Standing.PENDING:
                self._register.put(user_id, Known.MARKED)
        return Standing.UNCOVERED not in now.values()


class _Found:
    """Since when the users that a listing finds were there."""

    def __init__(self) -> None:
        self.oldest_ms: int | None = None
        """0 where one of them has no time of creation; None where nobody was found."""

    def note(self, rows: list[dict[str, Any]]) -> None:
        """Take these of a listing into account."""
        for user in rows:
            created_ms = user.get("createdTimestamp") or 0
            self.oldest_ms = created_ms if self.oldest_ms is None else min(self.oldest_ms, created_ms)


def _first(errors: BaseExceptionGroup[Error]) -> Error:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, Error)  # noqa: S101  # `except* Error` lets nothing else in
    return error
