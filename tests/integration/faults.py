"""A proxy before the real server that plays the faults which the server will not give on demand."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

Fault = Callable[[web.Request, "Answer"], "Answer | None"]
"""Given a request and the server's answer to it: what the client gets, or None for a cut connection."""

HOP_BY_HOP = {"content-length", "transfer-encoding", "connection", "content-encoding"}


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    promised: int | None = None
    """Content-Length to announce, where the body is to be cut short."""


class Proxy:
    """Forwards to the server; `fault` decides what comes back, `before` runs ahead of each request.

    Args:
        target: The server's URL.
        tls: The certificate to speak TLS with; without one it speaks plain http.
        prefix: The path below which the server is; everything else is not found.
    """

    def __init__(self, target: str, tls: ssl.SSLContext | None = None, prefix: str = "") -> None:
        self._target = target
        self._tls = tls
        self._prefix = prefix
        self.url = ""
        self.fault: Fault = lambda _request, answer: answer
        self.before: Callable[[web.Request], None] = lambda _request: None
        self.delay = 0.0
        self.requests: list[tuple[str, str]] = []

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((request.method, request.path))
        self.before(request)
        if self.delay:
            await asyncio.sleep(self.delay)
        headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
        if not request.raw_path.startswith(f"{self._prefix}/"):
            return web.Response(status=404)
        try:
            reply = await self._forward(request, headers)
        except aiohttp.ClientError:
            # The server is away: what a proxy says then.
            return web.Response(status=502)
        answer = self.fault(request, reply)
        if answer is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if answer.promised is None:
            return web.Response(status=answer.status, body=answer.body, headers=answer.headers)
        cut = web.StreamResponse(
            status=answer.status, headers=answer.headers | {"Content-Length": str(answer.promised)}
        )
        await cut.prepare(request)
        await cut.write(answer.body)
        assert request.transport is not None
        request.transport.abort()
        return cut

    async def _forward(self, request: web.Request, headers: dict[str, str]) -> Answer:
        async with self._client.request(
            request.method,
            self._target + request.raw_path.removeprefix(self._prefix),
            headers=headers,
            data=await request.read(),
            allow_redirects=False,
        ) as reply:
            kept = {name: value for name, value in reply.headers.items() if name.lower() not in HOP_BY_HOP}
            return Answer(reply.status, await reply.read(), kept)

    async def _serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as self._client:
            application = web.Application(client_max_size=2**26)
            application.router.add_route("*", "/{path:.*}", self._handle)
            runner = web.AppRunner(application, access_log=None)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self._tls)
            await site.start()
            self.url = f"{'https' if self._tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
            ready.set()
            await stop.wait()
            await runner.cleanup()


@contextmanager
def proxy(target: str, *, tls: ssl.SSLContext | None = None, prefix: str = "") -> Iterator[Proxy]:
    """A running proxy before `target`; see `Proxy`."""
    it = Proxy(target, tls, prefix)
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    def run() -> None:
        loop.run_until_complete(it._serve(ready, stop))
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(10)
    try:
        yield it
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)


def once_per_path(method: str, part: str, make: Callable[[Answer], Answer | None]) -> Fault:
    """A fault that meets each matching request the first time it is sent, and not again."""
    met: set[str] = set()

    def fault(request: web.Request, answer: Answer) -> Answer | None:
        key = request.path_qs
        if request.method != method or part not in request.path or key in met:
            return answer
        met.add(key)
        return make(answer)

    return fault
