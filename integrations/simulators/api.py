"""The API's front door: faults, key, idempotency, the platform's answer, the ledger."""

import asyncio
import base64
import hashlib
import json
import re
import time
from collections.abc import AsyncIterator, Mapping
from email.utils import format_datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from integrations.simulators import clock
from integrations.simulators.engine import Answer, Call, Handler, Platform
from integrations.simulators.errors import Invalid, KeyReused, NotFound, Refusal
from integrations.simulators.faults import CALL, Fault, first, named
from integrations.simulators.listening import cut
from integrations.simulators.wire import Manner

REPLAYED_FOR_SECONDS = 24 * 3600
LISTS = ("/appointments", "/sync", "/rdv", "/bookings")
RESUMING = ("cursor", "updated_since", "updatedSince", "changedSince", "depuis", "since", "last_event_id", "page")
DTSTAMP = re.compile("DTSTAMP:.*")  # when it was written down, not what it says
MAINTENANCE = (
    "<!doctype html><html lang='fr'><head><title>Maintenance</title></head>"
    "<body><h1>Maintenance en cours</h1><p>Le service sera de retour dans quelques minutes.</p></body></html>"
)


def routes(platform: Platform, refuse: Any) -> list[Route]:
    """The platform's routes below its prefix, and an answer for any other path there."""
    made = [_route(platform, method, platform.prefix + path, handler, refuse) for method, path, handler in platform.routes()]
    return [*made, _route(platform, "", platform.prefix + "/{rest:path}", _nothing_here, refuse)]


def _route(platform: Platform, method: str, path: str, handler: Handler, refuse: Any) -> Route:
    async def answer(request: Request) -> Response:
        return await Exchange(platform, request, handler, await request.body(), refuse).run()

    return Route(path, answer, methods=[method] if method else ["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)


def _nothing_here(call: Call) -> Answer:
    raise NotFound


class Exchange:
    """One call and its answer, in the words of one of the platform's wire formats."""

    def __init__(self, platform: Platform, request: Request, handler: Handler, raw: bytes, refuse: Any) -> None:
        self.platform = platform
        self.engine = engine = platform.engine
        self.request = request
        self.handler = handler
        self.refuse = refuse
        self.text = raw.decode("utf-8", "replace")
        asked = request.query_params
        self.query = {name: ",".join(asked.getlist(name)) if name.endswith("[]") else value for name, value in asked.items()}
        self.path = request.url.path.removeprefix(platform.prefix)
        target = request.scope["raw_path"].decode("ascii") + (f"?{request.url.query}" if request.url.query else "")
        digest = base64.b64encode(hashlib.md5(raw, usedforsecurity=False).digest()).decode()
        # As HTTP/2 names what stands before the headers, for those who sign it.
        self.signed = {**request.headers, ":method": request.method, ":path": target, ":content-md5": digest}
        listing = request.method == "GET" and (self.path in LISTS or self.path.endswith(".ics"))
        resumed = any(name in self.query and self.query[name] != "0" for name in RESUMING)
        searched = f"{request.url.query} {self.text}"
        with engine.store.transaction():
            self.faults = engine.faults.for_call(request.method, self.path, searched, listing=listing, resumed=resumed)
        self.manner = Manner.of(self.faults)

    async def run(self) -> Response:
        """Answer, or misbehave as ordered."""
        delay = first(self.faults, "delay")
        if delay:
            await asyncio.sleep(float(delay.option("seconds")))
        fault = first(self.faults, *CALL)
        if fault and fault.kind not in ("answer-lost", "slow-bytes"):
            return await self._disturbed(fault)
        answer = self._answer()
        if fault and fault.kind == "answer-lost":
            self._note(answer.status, answer)
            return self._cut()
        self._note(answer.status, answer)
        if isinstance(answer.payload, str):
            return self._file(answer.payload, fault)
        body = b"" if answer.payload is None else json.dumps(answer.payload, ensure_ascii=False).encode()
        headers = self._headers() | {"content-length": str(len(body)), "content-type": "application/json"}
        if answer.payload is None:
            return Response(status_code=answer.status, headers=self._headers())
        if fault:
            return StreamingResponse(_drip(body, float(fault.option("interval"))), answer.status, headers)
        return Response(body, answer.status, headers)

    def _file(self, text: str, fault: Fault | None) -> Response:
        """A calendar, or 304 to who has it already."""
        body = text.encode()
        etag = f'"{hashlib.sha256(DTSTAMP.sub("", text).encode()).hexdigest()[:16]}"'
        headers = self._headers() | {"etag": etag, "content-type": "text/calendar; charset=utf-8"}
        if self.request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        if fault:
            return StreamingResponse(_drip(body, float(fault.option("interval"))), 200, headers | {"content-length": str(len(body))})
        return Response(body, 200, headers)

    async def _disturbed(self, fault: Fault) -> Response:
        """Nothing is done; the caller sees an error or loses the connection."""
        if fault.kind == "half-open":
            self._note(None)
            await asyncio.sleep(float(fault.option("seconds")))
            return self._cut()
        if fault.kind in ("reset", "refuse"):
            self._note(None)
            if fault.kind == "refuse":
                self.refuse(float(fault.option("seconds")))
            return self._cut()
        if fault.kind == "maintenance":
            self._note(200)
            return HTMLResponse(MAINTENANCE, 200, self._headers())
        status, headers = int(fault.kind), self._headers()
        if fault.option("retry_after") is not None:
            headers["retry-after"] = str(fault.option("retry_after"))
        self._note(status)
        if status in (502, 503):
            return HTMLResponse(f"<html><body><h1>{status}</h1></body></html>", status, headers)
        codes = {429: "rate_limited", 402: "over_quota", 500: "internal_error", 401: "unauthorized"}
        return Response(json.dumps(self.platform.error(codes[status])), status, headers, "application/json")

    def _answer(self) -> Answer:
        """The platform's answer; looking and writing happen without any pause between them."""
        platform = self.platform
        try:
            key = platform.key_of(self.signed)
            if not self.engine.directory.knows_key(key):
                return Answer(401, platform.error("unauthorized"))
            if not platform.speaks(self.request.headers):
                return Answer(406, platform.error("not_acceptable"))
            call = self._call(key)
            with self.engine.store.transaction():
                return self._once(call)
        except Refusal as error:
            return Answer(*platform.refusal(error))

    def _call(self, key: str) -> Call:
        try:
            body = json.loads(self.text) if self.text else {}
        except ValueError as error:
            raise Invalid("body", "not JSON") from error
        if not isinstance(body, dict):
            raise Invalid("body", "not an object")
        scope = self.engine.directory.scope_of(key)
        kinds = frozenset(fault.kind for fault in self.faults)
        return Call(self.engine, self.path, self.request.path_params, self.query, body, key, scope, self.manner, kinds)

    def _once(self, call: Call) -> Answer:
        """Under an idempotency key the first answer is the only one. Raises KeyReused for another body."""
        engine, method = self.engine, self.request.method
        key = self.request.headers.get(self.platform.idempotency_header)
        honoured = engine.store.setting("idempotency", True)
        if not key or not honoured or method == "GET":
            return self.handler(call)
        asked = json.dumps(call.body, sort_keys=True)
        row = engine.store.row("SELECT * FROM replays WHERE key = ? AND method = ? AND path = ?", key, method, self.path)
        if row and row["at"] > time.time() - REPLAYED_FOR_SECONDS:
            if row["body"] != asked:
                raise KeyReused
            return Answer(row["status"], json.loads(row["answer"]), row["subject"])
        answer = self.handler(call)
        values = (key, method, self.path, asked, answer.status, json.dumps(answer.payload), answer.subject, time.time())
        engine.store.execute("INSERT OR REPLACE INTO replays VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *values)
        return answer

    def _note(self, status: int | None, answer: Answer | None = None) -> None:
        headers = self.request.headers
        self.engine.ledger.call(
            method=self.request.method,
            path=self.path,
            query=self.request.url.query,
            body=self.text,
            status=status,
            answer="" if answer is None or answer.payload is None else json.dumps(answer.payload, ensure_ascii=False),
            client_reference=self._reference() or headers.get("x-client-reference"),
            idempotency_key=headers.get(self.platform.idempotency_header or "idempotency-key"),
            subject=(answer.subject if answer else "") or self.request.path_params.get("id", ""),
            fault=named(self.faults),
        )

    def _reference(self) -> str | None:
        try:
            body: Any = json.loads(self.text) if self.text else {}
        except ValueError:
            body = {}
        found = self.platform.reference_in(body if isinstance(body, Mapping) else {}, self.query)
        return found if isinstance(found, str) else None

    def _headers(self) -> dict[str, str]:
        return {"date": format_datetime(clock.now() + self.manner.skew, usegmt=True), "cache-control": "no-store"}

    def _cut(self) -> Response:
        client = self.request.client
        if client:
            cut((client.host, client.port))
        return Response(status_code=500)


async def _drip(body: bytes, interval: float) -> AsyncIterator[bytes]:
    for index in range(len(body)):
        yield body[index : index + 1]
        await asyncio.sleep(interval)
