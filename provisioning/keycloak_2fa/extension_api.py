"""The extension's endpoints: the server counts, names and marks everybody itself, in one request each."""

import json
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import requests
from tenacity import Retrying

from keycloak_2fa import endpoints, responses, retry, selection
from keycloak_2fa.admin_api import AdminApi
from keycloak_2fa.census import Census, Visit
from keycloak_2fa.errors import NotKeycloakError, RoleMissingError, ServerFailingError
from keycloak_2fa.outlook import Outlook
from keycloak_2fa.people import Person
from keycloak_2fa.preflight import CONSENT
from keycloak_2fa.refusals import Refusal
from keycloak_2fa.register import Register
from keycloak_2fa.responses import ConflictError, NotFoundError
from keycloak_2fa.retry import TransientError
from keycloak_2fa.selection import Population, Standing
from keycloak_2fa.sweep import Progress, Sweep
from keycloak_2fa.user_storages import UserStorage

_TIMEOUT_SECONDS = (10, 3600)
"""To connect, and to answer: counting or marking millions of people is one request."""


@dataclass(frozen=True)
class About:
    """The extension on one server.

    Attributes:
        version: Of its jar.
        parts: Those that the server runs.
    """

    version: str
    parts: tuple[str, ...]


class Extension:
    """The extension on one server, as an `engine.Engine`. Who is exempt it knows by itself.

    Args:
        api: The caller's connection.
        about: What the extension says of itself.
    """

    name = "extension"
    rewrites_users = False

    def __init__(self, api: AdminApi, about: "About") -> None:
        self._api = api
        self.about = about

    def count(self, _exempt: Container[str], visit: Visit | None, on_progress: Callable[[int, int], None]) -> Census:
        """See `Engine`."""
        answer = _read(self._api, endpoints.two_factor(self._api.settings.realm))
        with _strictly():
            found = _census(answer, asked="pending", uncovered=["uncovered"])
        return self._visited(visit, found, on_progress) if visit else found

    def look_ahead(
        self,
        _exempt: Container[str],
        _storages: Iterable[UserStorage],
        visit: Visit | None,
        on_progress: Callable[[int, int], None],
    ) -> Outlook:
        """See `Engine`."""
        answer = _read(self._api, endpoints.two_factor_preview(self._api.settings.realm))
        with _strictly():
            ahead = Outlook(
                people=_census(answer, asked="already_marked", uncovered=["to_mark", "failed"]),
                to_mark=answer["users"]["to_mark"],
                named=tuple(_person(each) for each in answer["people"]),
                groups=dict(answer["groups"]),
                refused=tuple(Refusal(**each) for each in answer["failures"]),
            )
        if visit:
            self._visited(visit, ahead.people, on_progress)
        return ahead

    def mark_everybody(
        self, _exempt: Container[str], _plan: Register | None, _on_progress: Callable[[Progress], None]
    ) -> tuple[int, Sweep]:
        """See `Engine`."""
        path = endpoints.two_factor_enforce(self._api.settings.realm)
        answer = _retrying(self._api, lambda: self._enforce(path))
        with _strictly():
            users = answer["users"]
            population = Population(
                enrolled=users["enrolled"],
                asked=users["marked"] + users["already_marked"],
                exempt=users["exempt"],
                uncovered=users["failed"],
            )
            refused = tuple(Refusal(**each) for each in answer["failures"])
            return answer["service_accounts"], Sweep(population, users["marked"], refused, answer["passes"])

    def _visited(self, visit: Visit, counted: Census, on_progress: Callable[[int, int], None]) -> Census:
        """Hand everybody to the visit; their standings, as they were read."""
        standings: Counter[Standing] = Counter()
        for person, standing in self._everybody():
            visit(person, standing)
            standings[standing] += 1
            on_progress(standings.total(), max(standings.total(), counted.counted))
        return replace(counted, population=selection.population(standings))

    def _enforce(self, path: str) -> Any:
        try:
            return _json(self._api, "POST", path, {"confirm": CONSENT})
        except ConflictError:
            # Somebody else's request, or one of ours whose answer was lost on its way: when it is through, what is
            # left to do is done at once.
            raise TransientError("is enforcing 2FA already") from None

    def _everybody(self) -> Iterator[tuple[Person, Standing]]:
        try:
            with _request(self._api, "GET", endpoints.two_factor_report(self._api.settings.realm)) as response:
                for line in response.iter_lines():
                    if line:
                        each = json.loads(line)
                        with _strictly():
                            yield _person(each), Standing(each["standing"])
        except TransientError as fault:
            raise responses.kept_failing(fault) from fault
        except (requests.RequestException, json.JSONDecodeError) as error:
            raise ServerFailingError("The server cut its report short.", "Run again.") from error


def find(api: AdminApi, *, or_refused: bool) -> Extension | None:
    """The extension, where the server has it. Counts nobody.

    Args:
        api: The caller's connection.
        or_refused: Also take a refusal of this caller for its absence.

    Raises:
        RoleMissingError: The caller has no role in the realm.
    """
    try:
        answer = _read(api, endpoints.two_factor_extension(api.settings.realm))
    except NotFoundError:
        return None
    except RoleMissingError:
        if or_refused:
            return None
        raise
    with _strictly():
        return Extension(api, About(answer["version"], tuple(answer["parts"])))


def about(api: AdminApi) -> About | None:
    """What the server has of the extension; None where it has none, or not for this caller."""
    found = find(api, or_refused=True)
    return found.about if found else None


def _read(api: AdminApi, path: str) -> Any:
    """What the server counts while we wait: it reads everybody for that."""
    return _retrying(api, lambda: _json(api, "GET", path))


def _retrying(api: AdminApi, ask: Callable[[], Any]) -> Any:
    try:
        return Retrying(**retry.policy(api.settings.patience, api.on_wait))(ask)
    except TransientError as fault:
        raise responses.kept_failing(fault) from fault


def _json(api: AdminApi, method: str, path: str, body: Any = None) -> Any:
    try:
        with _request(api, method, path, body) as response:
            return response.json()
    except (requests.RequestException, ValueError) as error:
        raise TransientError("cut its answer short") from error


def _request(api: AdminApi, method: str, path: str, body: Any = None) -> requests.Response:
    """Send one request and read no more than the head of the answer."""
    token = api.bearer()

    def authorize(request: requests.PreparedRequest) -> requests.PreparedRequest:
        # Given as `auth`, or a .netrc of the user would be taken instead.
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    try:
        response = requests.request(
            method,
            f"{api.settings.server_url}/{path}",
            json=body,
            auth=authorize,
            verify=api.ca_file,
            stream=True,
            timeout=_TIMEOUT_SECONDS,
        )
    except requests.ReadTimeout as error:
        # It may be at it still: asked again it would do the same once more, beside.
        raise ServerFailingError(
            "The server does not answer in time.", "Look how busy it is, and run again."
        ) from error
    except requests.RequestException as error:
        raise TransientError("does not answer") from error
    if response.status_code != requests.codes.ok:
        with response:
            wait = retry.retry_after_seconds(response.headers.get("Retry-After"))
            raise responses.failure(response.status_code, response.content, wait)
    return response


@contextmanager
def _strictly() -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise NotKeycloakError(
            "The extension's answer is not one that this kc2fa knows.",
            "Use the jar that belongs to this version, or --engine admin-api.",
        ) from error


def _census(answer: Mapping[str, Any], *, asked: str, uncovered: Iterable[str]) -> Census:
    users = answer["users"]
    population = Population(
        enrolled=users["enrolled"],
        asked=users[asked],
        exempt=users["exempt"],
        uncovered=sum(users[each] for each in uncovered),
    )
    return Census(population, answer["service_accounts"], counted=population.total)


def _person(line: Mapping[str, Any]) -> Person:
    return Person(
        id=line["user_id"],
        username=line["username"],
        email=line["email"],
        enabled=line["enabled"],
        has_otp=line["standing"] == Standing.ENROLLED,
        required_actions=tuple(line["required_actions"]),
        federation=line["federation"],
        attributes={},
    )
