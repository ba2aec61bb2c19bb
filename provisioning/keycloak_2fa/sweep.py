"""The write loop: everybody who is uncovered is asked, pass after pass, until a pass finds nobody (rule 1).

A pass reads people as a stream and keeps a bounded number of writes in flight. After it the realm's ids are
called once more: where they are those of the people just settled, the pass after it could find nobody, and is
not made. Where somebody came, went or was missed while rows shifted, everybody is read again. Rows shift in a pass
that writes nothing too: Keycloak removes an imported user when it reads one whom the storage does not know any more.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Container
from dataclasses import dataclass

from keycloak_2fa import refusals, responses, selection
from keycloak_2fa.bulk_api import BulkApi, UserFailingError
from keycloak_2fa.errors import Error, RoleMissingError, ServerFailingError
from keycloak_2fa.people import Person
from keycloak_2fa.refusals import Refusal
from keycloak_2fa.roll import Roll
from keycloak_2fa.selection import Population, Standing

_MOST_PASSES = 20
"""Two are the rule. More than this means that something removes the action as fast as it is added."""


@dataclass(frozen=True)
class Progress:
    """How far a pass is.

    Attributes:
        passes: Number of this pass, from 1.
        total: People counted at the start.
        seen: People read in this pass.
        written: People marked in this pass.
        failed: People who could not be written, in all passes.
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
        marked: Of those who are asked now, how many this sweep marked. Somebody it marked who has enrolled
            or left since is no longer among them.
        refused: People who could not be marked, each with reason and fix.
        passes: How many passes there were; the last one found nobody.
    """

    population: Population
    marked: int
    refused: tuple[Refusal, ...]
    passes: int


OtherWay = Callable[[list[Refusal]], bool]
"""Tries to mark, in a way other than the plain update, people whom that was refused for; False where there is none."""


async def sweep(
    api: BulkApi,
    *,
    total: int,
    concurrency: int,
    exempt: Container[str] = selection.NOBODY,
    other_way: OtherWay = lambda _: False,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Sweep:
    """Ask everybody who is uncovered.

    Args:
        api: The realm's people.
        total: How many they are, for the progress.
        concurrency: Writes in flight at once.
        exempt: Ids of the break-glass accounts.
        other_way: Tried once, for all whom the plain update was refused for.
        on_progress: Told after every page.

    Raises:
        ServerFailingError: The server kept failing, or something undoes the work.
        AccessError: The login ended.
    """
    refused: dict[str, Refusal] = {}
    marked = 0
    for number in range(1, _MOST_PASSES + 1):
        known = frozenset(refused)
        this = _Pass(api, total, asyncio.Semaphore(concurrency), exempt, refused)

        def report(this: "_Pass" = this, number: int = number) -> None:
            on_progress(Progress(number, total, this.seen, this.written, len(refused)))

        await this.run(report)
        marked += this.written + this.reached
        fresh = [each for user_id, each in refused.items() if user_id not in known]
        tried_again = bool(fresh) and await asyncio.to_thread(other_way, fresh)
        if this.settled and not tried_again and await _same_people(api, this):
            people = this.population()
            passes = number + bool(this.written)
            return Sweep(people, min(marked, people.asked), tuple(refused.values()), passes)
    raise ServerFailingError(
        f"After {_MOST_PASSES} passes there are still people to mark: something removes CONFIGURE_TOTP again.",
        "Stop the tool that writes requiredActions (Ansible and Terraform can), then run again.",
    )


async def _same_people(api: BulkApi, seen: "_Pass") -> bool:
    """Whether the realm's people are still, and only, those who were seen."""
    now = Roll()
    async for rows in api.rows(seen.seen):
        for user in rows:
            now.call(user["id"])
    return now == seen.roll


class _Pass:
    """One reading of everybody, and the writes that it calls for."""

    def __init__(
        self,
        api: BulkApi,
        total: int,
        slots: asyncio.Semaphore,
        exempt: Container[str],
        refused: dict[str, Refusal],
    ) -> None:
        self._api, self._total = api, total
        self._slots, self._exempt, self._refused = slots, exempt, refused
        self._standings: Counter[Standing] = Counter()
        self.roll = Roll()
        self.seen = self.written = self.reached = 0

    async def run(self, report: Callable[[], None]) -> None:
        missing = set(self._refused)
        try:
            async with asyncio.TaskGroup() as writes:
                async for page in self._api.people(self._total):
                    for person in page:
                        missing.discard(person.id)
                        self.roll.call(person.id)
                        if self._take(person):
                            await self._slots.acquire()
                            writes.create_task(self._write(person)).add_done_callback(self._free_slot)
                    self.seen += len(page)
                    report()
        except* Error as errors:
            raise _first(errors) from None
        for user_id in missing:
            # Removed from the realm since: nothing is owed any more.
            del self._refused[user_id]
        report()

    @property
    def settled(self) -> bool:
        """Whether everybody who was uncovered is marked now, or known to be refused."""
        return self._standings[Standing.UNCOVERED] == self.written + len(self._refused)

    def population(self) -> Population:
        """How many stand where after the writes; to be asked of a pass that is settled."""
        marked = Counter({Standing.ASKED: self.written, Standing.UNCOVERED: -self.written})
        return selection.population(self._standings + marked)

    def _take(self, person: Person) -> bool:
        """Count a person, and say whether to write them."""
        standing = selection.standing(person, self._exempt)
        self._standings[standing] += 1
        if standing is Standing.UNCOVERED:
            # Refused in an earlier pass: once a run is enough.
            return person.id not in self._refused
        if self._refused.pop(person.id, None) and standing is Standing.ASKED:
            self.reached += 1
        return False

    def _free_slot(self, _task: asyncio.Task[None]) -> None:
        self._slots.release()

    async def _write(self, person: Person) -> None:
        try:
            if await self._api.write_required_actions(person, self._decide):
                self.written += 1
        except responses.NotFoundError:
            # Removed between the reading and the write.
            return
        except (responses.BadRequestError, RoleMissingError, UserFailingError) as error:
            self._refused[person.id] = refusals.from_error(person, error)

    def _decide(self, person: Person) -> list[str] | None:
        uncovered = selection.standing(person, self._exempt) is Standing.UNCOVERED
        return selection.actions_to_write(person) if uncovered else None


def _first(errors: BaseExceptionGroup[Error]) -> Error:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, Error)  # noqa: S101  # `except* Error` lets nothing else in
    return error
