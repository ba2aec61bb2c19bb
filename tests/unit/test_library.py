"""What the library says is public is there, and importing the package loads none of it."""

import asyncio
import inspect

import pytest
from tests.unit.test_architecture import modules_after_import

import keycloak_2fa
from keycloak_2fa import aio
from keycloak_2fa.api.event_loop import async_to_sync

CALLS = sorted(name for name in keycloak_2fa.__all__ if inspect.isfunction(getattr(keycloak_2fa, name)))


@pytest.mark.parametrize("name", keycloak_2fa.__all__)
def test_a_public_name_is_there_and_documented(name: str) -> None:
    assert name in dir(keycloak_2fa)
    assert name == "CONSENT" or inspect.getdoc(getattr(keycloak_2fa, name))


def test_every_public_name_has_a_home() -> None:
    homes = [each.partition("=")[0] for names in keycloak_2fa._HOMES.values() for each in names]

    assert sorted(homes) == sorted(keycloak_2fa.__all__)


def test_a_name_that_is_not_public_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'no_such_name'"):
        keycloak_2fa.no_such_name  # noqa: B018


def test_the_package_is_imported_without_what_it_may_not_need() -> None:
    loaded = modules_after_import("import keycloak_2fa")

    assert loaded & {"aiohttp", "keycloak", "pydantic", "requests", "keycloak_2fa.errors"} == set()


@pytest.mark.parametrize("name", CALLS)
def test_every_call_has_one_to_be_awaited(name: str) -> None:
    assert inspect.iscoroutinefunction(getattr(aio, name))


def test_there_is_no_other_call_to_be_awaited() -> None:
    assert sorted(name for name, value in vars(aio).items() if inspect.iscoroutinefunction(value)) == CALLS


async def answer() -> int:
    await asyncio.sleep(0)
    return 42


def test_asynchronous_work_is_done_without_an_event_loop() -> None:
    assert async_to_sync(answer)() == 42


def test_asynchronous_work_is_done_within_an_event_loop() -> None:
    async def caller() -> int:
        return async_to_sync(answer)()

    assert asyncio.run(caller()) == 42


def test_an_error_of_asynchronous_work_reaches_a_caller_within_an_event_loop() -> None:
    async def failing() -> int:
        raise LookupError

    async def caller() -> int:
        return async_to_sync(failing)()

    with pytest.raises(LookupError):
        asyncio.run(caller())
