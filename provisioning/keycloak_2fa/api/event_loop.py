"""Asynchronous work for a caller who waits for it, whether or not the caller runs in an event loop."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def async_to_sync(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Make an asynchronous function one that is called as any other, and returns when the work is done.

    Inside an event loop, as in a notebook, the work gets a loop and a thread of its own. The caller's loop stands still
    meanwhile: asynchronous code calls `keycloak_2fa.aio` instead.
    """

    @functools.wraps(function)
    def call(*arguments: P.args, **named: P.kwargs) -> T:
        work = function(*arguments, **named)
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(work)
        with ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(asyncio.run, work).result()

    return call
