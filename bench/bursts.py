"""The load of a storm: so many clients released at once, again when all were answered, each answer kept."""

import selectors
import time
from dataclasses import dataclass, field

from bench.load import STALLED_SECONDS, Client


@dataclass(frozen=True)
class Burst:
    """Whole requests that leave together, burst after burst."""

    port: int
    bursts: list[list[bytes]]


@dataclass(frozen=True, slots=True)
class Told:
    """What one request was told: `body` only of a 201."""

    status: int
    nanoseconds: int
    body: bytes = b""


@dataclass
class Storm:
    """What came back, in the order of the requests."""

    told: list[Told] = field(default_factory=list)
    seconds: float = 0.0
    own_cpu_seconds: float = 0.0


def run_bursts(load: Burst) -> Storm:
    """Send and answer what came back. Raises ConnectionError, TimeoutError when the server stops answering."""
    cpu, started = time.process_time(), time.perf_counter()
    clients = [Client(load.port) for _ in range(max(map(len, load.bursts)))]
    storm = Storm([told for requests in load.bursts for told in _released(clients, requests)])
    for client in clients:
        client.socket.close()
    storm.seconds, storm.own_cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    return storm


def _released(clients: list[Client], requests: list[bytes]) -> list[Told]:
    """One burst: everything is sent before anything is read."""
    told: list[Told | None] = [None] * len(requests)
    with selectors.DefaultSelector() as ready:
        for number, (client, request) in enumerate(zip(clients, requests, strict=False)):
            ready.register(client.socket, selectors.EVENT_READ, client)
            client.ask(number, request)
        while ready.get_map():
            events = ready.select(STALLED_SECONDS)
            if not events:
                raise TimeoutError(f"no answer for {STALLED_SECONDS:.0f} s")
            for key, _ in events:
                client = key.data
                if client.read():
                    elapsed = time.perf_counter_ns() - client.sent_at
                    told[client.number] = Told(client.status, elapsed, client.body if client.status == 201 else b"")
                    ready.unregister(client.socket)
    return [one for one in told if one is not None]
