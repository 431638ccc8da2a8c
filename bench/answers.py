"""One question at a time, outside any measured time: to compare answers, to count statements, to learn what is free."""

import http.client
from dataclasses import dataclass
from email.message import Message

from bench.stage import Stage


@dataclass(frozen=True)
class Answered:
    """One answer, read whole."""

    status: int
    headers: Message
    body: bytes


class Answers:
    """Asks, and remembers what was wrong."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.wrong: list[str] = []

    def ask(self, cabinet: dict, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answered:
        """One call with the cabinet's key, on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.stage.port, timeout=60)
        host = f"{cabinet['host']}:{self.stage.port}"
        always = {"Host": host, "X-Forwarded-Proto": "https", "Authorization": f"Bearer {cabinet['key']}"}
        connection.request(method, path, body, always | headers)
        response = connection.getresponse()
        answered = Answered(response.status, response.headers, response.read())
        connection.close()
        return answered
