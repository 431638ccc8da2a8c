"""The live process: server-sent events as a bare ASGI application, no Django request, no database.

`uvicorn medidesk.live.app:application --timeout-graceful-shutdown 3`. Routes: /events/<ticket>, /health.
"""

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from http import HTTPStatus
from types import FrameType
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medidesk.settings")

from django.conf import settings

from medidesk.live.feed import Feed
from medidesk.live.hub import STOP, Hub
from medidesk.live.tickets import BadTicket, Ticket, read_ticket

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PING_SECONDS = 15.0
STREAM_SECONDS = 900.0  # then the page comes back with a new ticket, if the person may still come in


class LiveApp:
    """The ASGI application; everything of one process hangs on it."""

    def __init__(self, redis_url: str) -> None:
        self.hub = Hub()
        self._redis_url = redis_url
        self._feed: Feed | None = None
        self._carrying: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            event = await receive()
            if event["type"] == "lifespan.startup":
                self._feed = Feed(self._redis_url, self.hub)
                self._carrying = asyncio.create_task(self._feed.run())
                _before_server_stops(self.hub.stop)
                await send({"type": "lifespan.startup.complete"})
            elif event["type"] == "lifespan.shutdown":
                await self._shut_down()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _shut_down(self) -> None:
        self.hub.stop()
        if self._carrying is not None:
            self._carrying.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._carrying

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, origin = scope["path"], _header(scope, b"origin")
        if path == "/health":
            await self._health(send)
        elif path == "/" or not path.startswith("/events/"):
            await _plain(send, HTTPStatus.NOT_FOUND)
        elif scope["method"] not in ("GET", "HEAD"):
            await _plain(send, HTTPStatus.METHOD_NOT_ALLOWED)
        else:
            try:
                ticket = read_ticket(path.removeprefix("/events/"))
            except BadTicket:
                await _plain(send, HTTPStatus.UNAUTHORIZED)
                return
            if origin not in ("", ticket.origin):
                await _plain(send, HTTPStatus.FORBIDDEN)
            elif self.hub.stopped:
                await _plain(send, HTTPStatus.SERVICE_UNAVAILABLE)
            else:
                await self._stream(ticket, receive, send)

    async def _health(self, send: Send) -> None:
        connected = self._feed is not None and self._feed.connected.is_set()
        status = HTTPStatus.OK if connected else HTTPStatus.SERVICE_UNAVAILABLE
        text = f'{{"status":"{"ok" if connected else "no-feed"}","streams":{len(self.hub)}}}'
        await _plain(send, status, text, b"application/json")

    async def _stream(self, ticket: Ticket, receive: Receive, send: Send) -> None:
        listener = self.hub.join(ticket.cabinet, ticket.user)
        leaving = asyncio.create_task(_gone(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _stream_headers(ticket)})
            await _chunk(send, b"retry: 3000\n\n: ping\n\n")
            async for text in _news(listener.queue, leaving):
                await _chunk(send, text)
            if not leaving.done():
                await send({"type": "http.response.body", "body": b"event: bye\ndata: {}\n\n", "more_body": False})
        finally:
            self.hub.leave(ticket.cabinet, listener)
            leaving.cancel()


def _before_server_stops(act: Callable[[], None]) -> None:
    """On SIGTERM and SIGINT run `act` in the loop before the server's own handler: it waits for open streams before it tells us."""
    loop = asyncio.get_running_loop()
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        servers = signal.getsignal(number)

        def both(received: int, frame: FrameType | None, servers: Any = servers) -> None:
            loop.call_soon_threadsafe(act)
            if callable(servers):
                servers(received, frame)

        signal.signal(number, both)


async def _news(queue: asyncio.Queue[bytes], leaving: asyncio.Task[None]) -> AsyncIterator[bytes]:
    """What to write, until the page leaves, the stream is stopped or its time is over."""
    loop = asyncio.get_running_loop()
    end = loop.time() + STREAM_SECONDS
    while (left := end - loop.time()) > 0:
        waiting = asyncio.create_task(queue.get())
        done, _ = await asyncio.wait({waiting, leaving}, timeout=min(PING_SECONDS, left), return_when=asyncio.FIRST_COMPLETED)
        if waiting not in done:
            waiting.cancel()
        if leaving in done:
            return
        text = waiting.result() if waiting in done else None
        if text is not None and text == STOP:
            return
        yield b": ping\n\n" if text is None else b"data: " + text + b"\n\n"


async def _gone(receive: Receive) -> None:
    """Return when the page has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _stream_headers(ticket: Ticket) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"access-control-allow-origin", ticket.origin.encode()),
        (b"vary", b"Origin"),
    ]


async def _chunk(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _plain(send: Send, status: HTTPStatus, text: str = "", kind: bytes = b"text/plain; charset=utf-8") -> None:
    headers = [(b"content-type", kind), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": (text or status.phrase).encode()})


application = LiveApp(settings.REDIS_URL)
