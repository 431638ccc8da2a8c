"""The listening end: a server that can also misbehave below HTTP (cut a connection, refuse new ones for a while)."""

import asyncio
import contextlib
import socket
import struct
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER on with zero seconds: the peer sees a reset, not an end
Peer = tuple[str, int]

_open: dict[Peer, asyncio.Transport] = {}


class WatchedProtocol(HttpToolsProtocol):
    """Remembers its transport under the peer's address, so that a fault can reach it."""

    def connection_made(self, transport: Any) -> None:
        """Note the connection."""
        super().connection_made(transport)
        if self.client:
            _open[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self.client:
            _open.pop(self.client, None)
        super().connection_lost(exc)


def cut(peer: Peer) -> None:
    """Reset the connection of this peer."""
    transport = _open.get(peer)
    if transport is None:
        return
    wire: socket.socket = transport.get_extra_info("socket")
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    transport.abort()


class Listener:
    """The server of one simulator."""

    def __init__(self, app: Any, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self.config = uvicorn.Config(
            app, host=host, port=port, http=WatchedProtocol, log_level="warning", access_log=False, lifespan="on",
            date_header=False, server_header=False, timeout_keep_alive=30, timeout_graceful_shutdown=2, backlog=512,
        )  # fmt: skip
        self.server = uvicorn.Server(self.config)

    def run(self) -> None:
        """Serve until a signal asks to stop."""
        with contextlib.suppress(KeyboardInterrupt):
            self.server.run()

    async def refuse(self, seconds: float) -> None:
        """Stop listening, cut what is open, and listen again after these seconds."""
        for server in self.server.servers:
            server.close()
        for peer in list(_open):
            cut(peer)
        await asyncio.sleep(seconds)
        again = await asyncio.get_running_loop().create_server(self._protocol, self.host, self.port, backlog=self.config.backlog)
        self.server.servers = [again]

    def _protocol(self) -> asyncio.Protocol:
        return WatchedProtocol(config=self.config, server_state=self.server.server_state, app_state=self.server.lifespan.state)
