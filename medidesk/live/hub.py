"""In memory: who listens to which cabinet, and what waits for each of them."""

import asyncio
import json
from collections import defaultdict

QUEUE_SIZE = 100  # what a slow listener may leave unread; then it is told to fetch everything again
REFETCH = b'{"kind":"refetch"}'
STOP = b""


class Listener:
    """One open stream."""

    def __init__(self, user: str) -> None:
        self.user = user
        self.queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE_SIZE)

    def tell(self, text: bytes) -> None:
        """Queue the news; a full queue is emptied and says instead to fetch everything again."""
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            text = text if text is STOP else REFETCH
        self.queue.put_nowait(text)


class Hub:
    """Fans news out to the listeners of a cabinet; `STOP` ends a stream."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self.stopped = False

    def __len__(self) -> int:
        return sum(len(group) for group in self._listeners.values())

    def join(self, cabinet: str, user: str) -> Listener:
        """Begin to listen."""
        listener = Listener(user)
        self._listeners[cabinet].add(listener)
        return listener

    def leave(self, cabinet: str, listener: Listener) -> None:
        """Stop listening."""
        self._listeners[cabinet].discard(listener)
        if not self._listeners[cabinet]:
            del self._listeners[cabinet]

    def spread(self, cabinet: str, text: bytes) -> None:
        """Tell everybody who listens to this cabinet; a revocation ends the streams of the person named and is told to nobody."""
        listeners = self._listeners.get(cabinet, ())
        if b'"revoked"' in text and (user := _revoked(text)):
            for listener in listeners:
                if listener.user == user:
                    listener.tell(STOP)
            return
        for listener in listeners:
            listener.tell(text)

    def refetch_everywhere(self) -> None:
        """News may have been lost: everybody fetches again."""
        for group in self._listeners.values():
            for listener in group:
                listener.tell(REFETCH)

    def stop(self) -> None:
        """End every stream, for good."""
        self.stopped = True
        for group in self._listeners.values():
            for listener in group:
                listener.tell(STOP)


def _revoked(text: bytes) -> str | None:
    news = json.loads(text)
    return news.get("user") if news.get("kind") == "revoked" else None
