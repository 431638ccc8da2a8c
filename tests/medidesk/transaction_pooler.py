"""A tiny pooler in transaction mode, as PgBouncer can be set: a server connection is lent until the transaction ends."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

IDLE = b"I"  # the transaction status in ReadyForQuery: no transaction
SSL_REQUEST, GSS_REQUEST = 80877103, 80877104  # protocol codes, PostgreSQL manual, "Message Formats"


class TransactionPooler:
    """Listens on a local port; server connections wait in a stack, the last one returned is lent first."""

    def __init__(self, connection_settings: dict[str, Any]) -> None:
        self._settings = connection_settings
        self._idle: list[socket.socket] = []
        self._all: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]

    def run(self) -> None:
        """Take clients until closed."""
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            self._all.append(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def close(self) -> None:
        """Let go of everything."""
        self._door.shutdown(socket.SHUT_RDWR)
        for link in [self._door, *self._all]:
            link.close()

    def _serve(self, client: socket.socket) -> None:
        try:
            self._idle.append(self._start(client))
            lent: socket.socket | None = None
            while (message := read_message(client))[:1] != b"X":
                lent = lent or self._idle.pop()
                lent.sendall(message)
                if relay_answer(lent, client) == IDLE:
                    self._idle.append(lent)
                    lent = None
        except OSError:
            return
        finally:
            client.close()

    def _start(self, client: socket.socket) -> socket.socket:
        """Open a server connection with the client's own start-up, up to the first ReadyForQuery."""
        startup = read_exactly(client, 8)
        while struct.unpack("!I", startup[4:])[0] in (SSL_REQUEST, GSS_REQUEST):
            client.sendall(b"N")
            startup = read_exactly(client, 8)
        startup += read_exactly(client, struct.unpack("!I", startup[:4])[0] - 8)
        server = self._server()
        server.sendall(startup)
        while True:
            answer = read_message(server)
            client.sendall(answer)
            if answer[:1] == b"Z":
                return server
            if answer[:1] == b"R" and struct.unpack("!I", answer[5:9])[0] not in (0, 12):
                server.sendall(read_message(client))  # the next step of a password exchange

    def _server(self) -> socket.socket:
        host, port = self._settings["HOST"] or "127.0.0.1", int(self._settings["PORT"] or 5432)
        if host.startswith("/"):
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"{host}/.s.PGSQL.{port}")
        else:
            server = socket.create_connection((host, port))
        self._all.append(server)
        return server


def read_exactly(link: socket.socket, count: int) -> bytes:
    """Return that many bytes, or raise when the other side left."""
    read = b""
    while len(read) < count:
        part = link.recv(count - len(read))
        if not part:
            raise ConnectionError("closed")
        read += part
    return read


def read_message(link: socket.socket) -> bytes:
    """Return one message: type, length, content."""
    head = read_exactly(link, 5)
    return head + read_exactly(link, struct.unpack("!I", head[1:])[0] - 4)


def relay_answer(server: socket.socket, client: socket.socket) -> bytes:
    """Pass on messages up to ReadyForQuery, return its transaction status."""
    while True:
        answer = read_message(server)
        client.sendall(answer)
        if answer[:1] == b"Z":
            return answer[5:6]


@contextmanager
def pooled(settings: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Run a pooler before the database of these settings; give the settings that lead through it."""
    pooler = TransactionPooler(settings)
    threading.Thread(target=pooler.run, daemon=True).start()
    try:
        yield {**settings, "HOST": "127.0.0.1", "PORT": str(pooler.port)}
    finally:
        pooler.close()
