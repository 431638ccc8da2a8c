"""HTTP towards platforms, under the guard of `targets`: no redirect followed, every answer bounded in time and size."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx

from integrations.errors import CursorGone, KeyRefused, NotUnderstood, OverQuota, Refused, TargetNotAllowed, Unavailable
from integrations.speaking.targets import GuardedTransport

ANSWER_WITHIN_SECONDS = 10.0
CONNECT_WITHIN_SECONDS = 4.0
LARGEST_ANSWER_BYTES = 5_000_000
LONGEST_RETRY_AFTER_SECONDS = 3600.0
QUOTA_PAUSE_SECONDS = 900.0
REDIRECTS = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 3


@dataclass(frozen=True, slots=True)
class Download:
    """A file as it came."""

    status: int
    headers: Mapping[str, str]
    raw: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that was understood as HTTP and JSON."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)


class Wire:
    """One platform's address and key. `sign` sees each request last, complete and unsent."""

    def __init__(self, base_url: str, headers: Mapping[str, str], sign: Callable[[httpx.Request], None] | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self.answers = {404, 409, 422}  # refusals that a connector tells apart
        self.idempotency_header = "Idempotency-Key"
        self.reference = ""  # our id of what is being written about, told with every write
        self.transport = GuardedTransport()
        self.client = httpx.Client(
            transport=self.transport,
            headers={"Accept": "application/json", "User-Agent": "MediDesk", **headers},
            timeout=httpx.Timeout(ANSWER_WITHIN_SECONDS, connect=CONNECT_WITHIN_SECONDS),
            follow_redirects=False,
            trust_env=False,
            event_hooks={"request": [sign] if sign else []},
        )

    def close(self) -> None:
        """Let the connections go."""
        self.client.close()

    def get(self, path: str, **query: Any) -> Reply:
        """Read; a 404 is an answer."""
        asked = {name: value for name, value in query.items() if value not in (None, "")}
        return self._settled(*self._ask("GET", path, params=asked or None))

    def send(self, method: str, path: str, body: Any = None, *, operation: UUID | None = None, reference: str = "", **query: Any) -> Reply:
        """Write; refusals that a connector must tell apart (404, 409, 422) are answers."""
        reference = reference or self.reference
        headers = {self.idempotency_header: str(operation or uuid4())} | ({"X-Client-Reference": reference} if reference else {})
        return self._settled(*self._ask(method, path, json=body, headers=headers, params=query or None))

    def download(self, headers: Mapping[str, str]) -> Download:
        """What lies at the very address, after a few redirects: each is checked like the address itself, none leads out of https."""
        url, credentials = httpx.URL(self.base_url), self.client.headers.get("authorization")
        for _hop in range(MOST_REDIRECTS + 1):
            _method, answer, raw = self._ask("GET", "", url=url, headers=dict(headers))
            if answer.status_code not in REDIRECTS or "location" not in answer.headers:
                _raise_if_not_now("GET", answer)
                if answer.status_code in (401, 403):
                    raise KeyRefused(str(answer.status_code))
                return Download(answer.status_code, answer.headers, raw)
            there = url.join(answer.headers["location"])
            if there.scheme not in ("http", "https") or (url.scheme == "https" and there.scheme == "http"):
                raise Refused("redirect out of https")
            if credentials and (there.scheme, there.host, there.port) != (url.scheme, url.host, url.port):
                raise Refused("redirect away from where the key belongs")
            url = there
        raise Refused("too many redirects")

    def call(self, method: str, url: httpx.URL, headers: Mapping[str, str], content: bytes = b"", *, reads: bool = False) -> Download:
        """Any other call than one of JSON, at a whole address; refusals are answers. `reads` says that nothing is lost by asking again."""
        try:
            _method, answer, raw = self._ask(method, "", url=url, headers=dict(headers), content=content or None)
            _raise_if_not_now("GET" if reads else method, answer)
        except Unavailable as problem:
            if reads and problem.unclear:
                raise Unavailable(str(problem), retry_after=problem.retry_after) from problem
            raise
        return Download(answer.status_code, answer.headers, raw)

    def _ask(self, method: str, path: str, url: httpx.URL | None = None, **parts: Any) -> tuple[str, httpx.Response, bytes]:
        self.transport.deadline = deadline = time.monotonic() + ANSWER_WITHIN_SECONDS
        try:
            with self.client.stream(
                method, url or self.base_url + path, **{name: each for name, each in parts.items() if each is not None}
            ) as answer:
                return method, answer, _read(answer, deadline)
        except TargetNotAllowed as problem:
            raise Refused(problem.code) from problem
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as problem:
            raise Unavailable(type(problem).__name__) from problem
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as problem:
            raise Unavailable(type(problem).__name__, unclear=method != "GET") from problem

    def _settled(self, method: str, answer: httpx.Response, raw: bytes) -> Reply:
        """The answer, or the error it stands for."""
        status = answer.status_code
        _raise_if_not_now(method, answer)
        if status in (401, 403):
            raise KeyRefused(str(status))
        if 300 <= status < 400:
            raise Refused(f"{status}: redirects are not followed")
        if status == 410:
            raise CursorGone(str(status))
        if status == 204:
            return Reply(status)
        body = _json(raw)
        if body is None:
            if status in self.answers and status != 422:
                return Reply(status)
            # A maintenance page answers 200 in HTML: nobody can tell what was done.
            raise Unavailable(f"{status} without JSON", unclear=method != "GET")
        if status < 300 or status in self.answers:
            return Reply(status, body)
        raise Refused(f"{status} {_reason(body)}".strip())


def _raise_if_not_now(method: str, answer: httpx.Response) -> None:
    """Raises Unavailable, OverQuota for an answer that only asks for patience."""
    status = answer.status_code
    if status == 429:
        raise Unavailable("429", retry_after=_seconds(answer, default=5.0))
    if status == 402:
        raise OverQuota("402", retry_after=_seconds(answer, default=QUOTA_PAUSE_SECONDS))
    if status >= 500 or status in (408, 425):
        raise Unavailable(str(status), unclear=method != "GET", retry_after=_seconds(answer))


def part(identifier: str) -> str:
    """A foreign identifier as one part of a path."""
    return quote(identifier, safe="")


def refused(reply: Reply) -> Refused:
    """The refusal that an answer of 4xx stands for; texts of the platform are cut short."""
    return Refused(f"{reply.status} {_reason(reply.body)}".strip())


def needed(reply: Reply) -> dict[str, Any]:
    """The body of a good answer. Raises Refused for another."""
    if reply.status >= 300:
        raise refused(reply)
    if not reply.body:
        raise NotUnderstood(f"{reply.status} without a body")
    return reply.body


def _read(answer: httpx.Response, deadline: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > LARGEST_ANSWER_BYTES:
            raise httpx.StreamError("answer too large")
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("answer too slow")
        parts.append(part)
    return b"".join(parts)


def _json(raw: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(raw)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _reason(body: Mapping[str, Any]) -> str:
    return str(body.get("error") or body.get("code") or "")[:80]


def _seconds(answer: httpx.Response, default: float | None = None) -> float | None:
    """Retry-After in seconds, whether written so or as a date; a date counts from the answer's own clock."""
    text = answer.headers.get("retry-after", "")
    try:
        seconds = float(text) if not text[:1].isalpha() else (_date(text) - _date(answer.headers["date"])).total_seconds()
    except (ValueError, TypeError, KeyError):
        return default
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_SECONDS)


def _date(text: str) -> datetime:
    return parsedate_to_datetime(text)
