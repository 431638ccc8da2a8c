"""The load: clients that keep their connection and ask again as soon as they are answered, in a process of their own.

One loop over epoll-like readiness and raw sockets, so that the generator takes as little as it can from the two cores that it
shares with what it measures. Bounded in count and in time.
"""

import re
import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_BODYLESS = (204, 304)
STALLED_SECONDS = 60.0


@dataclass(frozen=True)
class Load:
    """What to send: whole requests, one after the other (again from the first when `again`), by so many clients at once.

    It ends after `seconds` of asking or when everything was sent once. `expected` is the body that every answer must have, `bodies`
    those of the requests one by one.
    """

    port: int
    requests: list[bytes]
    clients: int
    seconds: float
    again: bool = True
    expected: bytes | None = None
    bodies: list[bytes] | None = None

    def body_of(self, number: int) -> bytes | None:
        """What must come back for that request; None when anything may."""
        return self.bodies[number] if self.bodies else self.expected


@dataclass
class Outcome:
    """What came back: the latencies in nanoseconds by status, how many bodies were not the expected one, how long all took."""

    latencies: dict[int, list[int]] = field(default_factory=dict)
    wrong: int = 0
    seconds: float = 0.0
    own_cpu_seconds: float = 0.0

    @property
    def count(self) -> int:
        """The answers."""
        return sum(len(found) for found in self.latencies.values())


class Client:
    """One connection: what it waits for."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=STALLED_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answer = bytearray()
        self.needed = 0
        self.body_at = 0
        self.sent_at = 0
        self.number = 0

    def ask(self, number: int, request: bytes) -> None:
        """Send one request; the answer's first byte may come at any time from now."""
        self.number = number
        self.answer.clear()
        self.needed = 0
        self.sent_at = time.perf_counter_ns()
        self.socket.sendall(request)

    def read(self) -> bool:
        """Take what has come; True when the answer is whole."""
        piece = self.socket.recv(1 << 18)
        if not piece:
            raise ConnectionError("the server closed a connection that was to be kept")
        self.answer += piece
        if not self.needed:
            end = self.answer.find(b"\r\n\r\n")
            if end < 0:
                return False
            self.body_at = end + 4
            self.needed = self.body_at + self._length(end)
        return len(self.answer) >= self.needed

    @property
    def status(self) -> int:
        """Of the answer that is whole."""
        return int(self.answer[9:12])

    @property
    def body(self) -> bytes:
        """Of the answer that is whole."""
        return bytes(self.answer[self.body_at : self.needed])

    def _length(self, end: int) -> int:
        found = _LENGTH.search(self.answer, 0, end)
        if found is None and self.status not in _BODYLESS:
            raise ValueError(f"an answer without Content-Length: {bytes(self.answer[:end])!r}")
        return int(found[1]) if found else 0


def run_load(load: Load) -> Outcome:
    """Send the load and answer what came back. Raises ConnectionError, TimeoutError when the server stops answering."""
    outcome, pending = Outcome(), _in_order(load)
    cpu, started = time.process_time(), time.perf_counter()
    until = started + load.seconds
    with selectors.DefaultSelector() as ready:
        for _ in range(load.clients):
            request = next(pending, None)
            if request is not None:
                client = Client(load.port)
                ready.register(client.socket, selectors.EVENT_READ, client)
                client.ask(*request)
        while ready.get_map():
            events = ready.select(STALLED_SECONDS)
            if not events:
                raise TimeoutError(f"no answer for {STALLED_SECONDS:.0f} s")
            for key, _ in events:
                client = key.data
                if not client.read():
                    continue
                _note(outcome, client, load.body_of(client.number))
                request = next(pending, None) if time.perf_counter() < until else None
                if request is None:
                    ready.unregister(client.socket)
                    client.socket.close()
                else:
                    client.ask(*request)
    outcome.seconds, outcome.own_cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    return outcome


def _in_order(load: Load) -> Iterator[tuple[int, bytes]]:
    yield from enumerate(load.requests)
    while load.again:
        yield from enumerate(load.requests)


def _note(outcome: Outcome, client: Client, expected: bytes | None) -> None:
    outcome.latencies.setdefault(client.status, []).append(time.perf_counter_ns() - client.sent_at)
    if expected is not None and client.answer[client.body_at : client.needed] != expected:
        outcome.wrong += 1


def get(port: int, host: str, path: str, key: str = "", **headers: str) -> bytes:
    """The bytes of a GET as the proxy in front of production would hand it on; `If_Match="…"` and the like become headers."""
    return _request("GET", port, host, path, key, _lines(headers), b"")


def post(port: int, host: str, path: str, key: str, body: bytes, idempotency_key: str = "", **headers: str) -> bytes:
    """The bytes of a POST, of JSON unless `Content_Type` says otherwise."""
    keyed = {"Idempotency_Key": idempotency_key} if idempotency_key else {}
    return _request("POST", port, host, path, key, _lines({"Content_Type": "application/json"} | keyed | headers), body)


def _lines(headers: dict[str, str]) -> str:
    return "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())


def _request(method: str, port: int, host: str, path: str, key: str, headers: str, body: bytes) -> bytes:
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    authorization = f"Authorization: Bearer {key}\r\n" if key else ""
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}:{port}\r\nX-Forwarded-Proto: https\r\n{authorization}{headers}{length}\r\n"
    return head.encode() + body
