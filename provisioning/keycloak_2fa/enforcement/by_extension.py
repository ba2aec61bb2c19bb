"""The extension's endpoints: the server counts, names and marks everybody itself, in one request each."""

import json
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator
from concurrent.futures import Future, wait
from dataclasses import replace
from threading import Thread
from time import monotonic, sleep
from typing import Any, TypeVar

import requests

from keycloak_2fa.api import endpoints, responses, retry, two_factor
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.api.responses import ConflictError
from keycloak_2fa.api.retry import TransientError
from keycloak_2fa.documents import (
    EnforcementDocument,
    MethodDocument,
    PopulationDocument,
    PreviewDocument,
    ProgressDocument,
    RefusalDocument,
    ReportLineDocument,
    StatusDocument,
    UserDocument,
)
from keycloak_2fa.enforcement.outlook import Outlook
from keycloak_2fa.enforcement.preflight import CONSENT
from keycloak_2fa.enforcement.sweep import Progress, Sweep
from keycloak_2fa.errors import Error, ServerFailingError
from keycloak_2fa.people.census import Census, Visit
from keycloak_2fa.people.federation import FederationProvider
from keycloak_2fa.people.methods import Kind, Method
from keycloak_2fa.people.person import Person
from keycloak_2fa.people.refusals import Refusal
from keycloak_2fa.people.register import Register
from keycloak_2fa.people.standing import Standing, population
from keycloak_2fa.realm.extension import About
from keycloak_2fa.realm.population import Population

T = TypeVar("T")

SECONDS_A_PERSON = 0.000_04
"""What it takes to read a user's line of the report and to write their row, about (bench/README.md)."""

_LOOK_EVERY_S = 1.0
"""At how far a run is."""

_STANDINGS = {each.value: each for each in Standing}
"""Looked up: to make one takes ten times as long, and a report has a million."""

_CHUNK_BYTES = 1 << 16
"""Of a report. By default requests takes 512 at a time, which is two users."""


class Extension:
    """The extension on one server, as an `engine.Engine`. Who is exempt it knows by itself.

    Args:
        api: The caller's connection.
        about: What the extension says of itself.
    """

    name = "extension"
    rewrites_users = False

    def __init__(self, api: AdminApi, about: About) -> None:
        self._api = api
        self.about = about

    def count(self, _exempt: Container[str], visit: Visit | None, on_progress: Callable[[int, int], None]) -> Census:
        """See `Engine`."""
        answer = two_factor.get(self._api, endpoints.two_factor(self._api.settings.realm), _CountedDocument)
        users = answer.users
        population = Population(users.enrolled, users.pending, users.exempt, users.uncovered)
        found = Census(population, answer.service_accounts, counted=population.total, at=users.counted_at)
        return self._visited(visit, found, on_progress) if visit else found

    def look_ahead(
        self,
        _exempt: Container[str],
        _providers: Iterable[FederationProvider],
        visit: Visit | None,
        on_progress: Callable[[int, int], None],
    ) -> Outlook:
        """See `Engine`."""
        answer = two_factor.get(self._api, endpoints.two_factor_preview(self._api.settings.realm), PreviewDocument)
        users = answer.users
        population = Population(users.enrolled, users.already_marked, users.exempt, users.to_mark + users.failed)
        ahead = Outlook(
            people=Census(population, answer.service_accounts, counted=population.total),
            to_mark=users.to_mark,
            named=tuple(_person(each) for each in answer.people),
            groups=answer.groups,
            refused=_refusals(answer.failures),
        )
        if visit:
            self._visited(visit, ahead.people, on_progress)
        return ahead

    def mark_everybody(
        self, _exempt: Container[str], _plan: Register | None, on_progress: Callable[[Progress], None]
    ) -> tuple[int, Sweep]:
        """See `Engine`."""
        answer = two_factor.parsed(EnforcementDocument, self._enforced(on_progress))
        users = answer.users
        population = Population(users.enrolled, users.marked + users.already_marked, users.exempt, users.failed)
        swept = Sweep(population, users.marked, _refusals(answer.failures), answer.passes)
        return answer.service_accounts, swept

    def _visited(self, visit: Visit, counted: Census, on_progress: Callable[[int, int], None]) -> Census:
        """Hand everybody to the visit; their standings, as they were read."""
        standings: Counter[Standing] = Counter()
        self._api.on_reading(counted.counted, counted.counted * SECONDS_A_PERSON)
        for seen, (person, standing) in enumerate(self._everybody(), 1):
            visit(person, standing)
            standings[standing] += 1
            on_progress(seen, max(seen, counted.counted))
        return replace(counted, population=population(standings), at=None)

    def _enforced(self, on_progress: Callable[[Progress], None]) -> Any:
        """What a run came to: ours, after any that is under way."""
        path = endpoints.two_factor_enforce(self._api.settings.realm)
        run = _Run(self._api, on_progress)

        def enforce() -> Any:
            return self._api.retrying(lambda: two_factor.send(self._api, "POST", path, {"confirm": CONSENT}))

        while True:
            try:
                return _meanwhile(enforce, run.look)
            except ConflictError:
                # Another caller's run, or one of ours whose answer was lost on its way, by a proxy that waits for a
                # minute: when it is through, what is left to do is done at once.
                run.wait()

    def _everybody(self) -> Iterator[tuple[Person, Standing]]:
        try:
            with two_factor.stream(self._api, "GET", endpoints.two_factor_report(self._api.settings.realm)) as response:
                for line in response.iter_lines(_CHUNK_BYTES):
                    if line:
                        user = two_factor.parsed_line(ReportLineDocument, line)
                        yield _described(user), _STANDINGS[user.standing]
        except TransientError as fault:
            raise responses.kept_failing(fault) from fault
        except (requests.RequestException, json.JSONDecodeError) as error:
            raise ServerFailingError("The server cut its report short.", "Run it again.") from error


class _Run:
    """The run that is under way on the server."""

    def __init__(self, api: AdminApi, on_progress: Callable[[Progress], None]) -> None:
        self._api, self._on_progress = api, on_progress
        self._last: ProgressDocument | None = None
        self._moved = monotonic()

    def look(self) -> None:
        """Tell how far it is, where the server says so."""
        try:
            answer = two_factor.send(self._api, "GET", endpoints.two_factor_progress(self._api.settings.realm))
        except (Error, TransientError):
            # The run is what counts: the request that waits for its end reports what is wrong.
            return
        now = two_factor.parsed(ProgressDocument, answer) if answer else None
        if now and now != self._last:
            self._last, self._moved = now, monotonic()
            self._on_progress(Progress(passes=1, total=now.total, seen=now.done, written=now.done, failed=0))

    def wait(self) -> None:
        """Wait a moment for it.

        Raises:
            ServerFailingError: It stood still for as long as a request is tried.
        """
        self.look()
        stood_still, limit = monotonic() - self._moved, self._api.settings.retry_timeout
        waiting = TransientError("is already enforcing 2FA")
        if stood_still > limit:
            raise responses.kept_failing(waiting)
        self._api.on_wait(retry.Waiting(waiting.what, stood_still, limit))
        sleep(_LOOK_EVERY_S)


def _meanwhile(work: Callable[[], T], look: Callable[[], None]) -> T:
    """The result of work, while which we look now and then. Work has a thread that nothing waits for at Ctrl-C."""
    result: Future[T] = Future()

    def run() -> None:
        try:
            result.set_result(work())
        except BaseException as error:  # noqa: BLE001  # raised where the result is asked for
            result.set_exception(error)

    Thread(target=run, daemon=True).start()
    while not wait([result], _LOOK_EVERY_S).done:
        look()
    return result.result()


class _CountedUsersDocument(PopulationDocument):
    """The extension always counts."""

    enrolled: int
    pending: int
    uncovered: int
    exempt: int


class _CountedDocument(StatusDocument):
    users: _CountedUsersDocument
    service_accounts: int


def _refusals(failures: Iterable[RefusalDocument]) -> tuple[Refusal, ...]:
    return tuple(Refusal(each.user_id, each.username, each.reason, each.fix) for each in failures)


def _person(
    user: UserDocument,
    created_ms: int | None = None,
    methods: tuple[Method, ...] | None = None,
    identity_provider: str | None = None,
) -> Person:
    return Person(
        id=user.user_id,
        username=user.username,
        email=user.email,
        enabled=user.enabled,
        has_otp=user.standing == Standing.ENROLLED.value,
        required_actions=tuple(user.required_actions),
        federation=user.federation,
        attributes={},
        created_ms=created_ms,
        methods=methods,
        identity_provider=identity_provider,
    )


def _described(line: ReportLineDocument) -> Person:
    methods = None if line.methods is None else tuple([_method(each) for each in line.methods])
    return _person(line, line.created_ms, methods, line.identity_provider)


def _method(method: MethodDocument) -> Method:
    return Method(Kind(method.type), method.label, method.created_at)
