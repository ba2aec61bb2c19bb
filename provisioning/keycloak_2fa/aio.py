"""The library's calls for asynchronous code: the same names and arguments as in `keycloak_2fa`, to be awaited.

Each runs in a thread of its own, so the event loop goes on. Functions that are given to a call, such as
`on_progress`, are called in that thread. Who cancels a call no longer waits for it; what it has begun it finishes.
"""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

import keycloak_2fa

P = ParamSpec("P")
T = TypeVar("T")


def _in_a_thread(function: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    @functools.wraps(function)
    async def call(*arguments: P.args, **named: P.kwargs) -> T:
        return await asyncio.to_thread(function, *arguments, **named)

    return call


status = _in_a_thread(keycloak_2fa.status)
preview = _in_a_thread(keycloak_2fa.preview)
enforce = _in_a_thread(keycloak_2fa.enforce)
verify = _in_a_thread(keycloak_2fa.verify)
prove = _in_a_thread(keycloak_2fa.prove)
plan_hardening = _in_a_thread(keycloak_2fa.plan_hardening)
apply_hardening = _in_a_thread(keycloak_2fa.apply_hardening)
plan_reset = _in_a_thread(keycloak_2fa.plan_reset)
apply_reset = _in_a_thread(keycloak_2fa.apply_reset)
add_exemption = _in_a_thread(keycloak_2fa.add_exemption)
list_exemptions = _in_a_thread(keycloak_2fa.list_exemptions)
end_exemption = _in_a_thread(keycloak_2fa.end_exemption)
