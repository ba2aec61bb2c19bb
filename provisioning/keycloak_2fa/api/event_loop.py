"""Asynchronous work for a caller who waits for it, whether or not the caller runs in an event loop."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Do the work and return its result.

    Inside an event loop, as in a notebook, the work gets a loop and a thread of its own. The caller's loop stands still
    meanwhile: asynchronous code calls `keycloak_2fa.aio` instead.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()
