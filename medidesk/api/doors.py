"""A door: one path, its operations by method, and the order in which a call is looked at.

405 · 401 · 429 · 403 · 404 · 415 and unreadable JSON 400 · idempotency · 412 and 428 ·
400 and 422 of the shape · the verb’s own 409 and 422.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from medidesk import clock
from medidesk.accounts.permissions import partner, public_page
from medidesk.api import problems, reading
from medidesk.api.callers import Caller, authenticate, named_by
from medidesk.api.fields import Field, Record
from medidesk.api.kinds import Schema
from medidesk.api.limits import take_one
from medidesk.db.locks import again_after_deadlock
from medidesk.db.transactions import undone_with_all
from medidesk.errors import MediDeskError

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Call:
    """One call, read and checked: what an operation's act is given."""

    request: HttpRequest
    caller: Caller
    now: datetime
    path: dict[str, str]
    subject: Any = None
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: bytes, so that a replay is the same to the byte."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, data: Any, status: int = 200, *, version: int | None = None, location: str = "") -> "Answer":
        """JSON, with its ETag and Location when there are."""
        headers = {"ETag": f'"{version}"'} if version is not None else {}
        if location:
            headers["Location"] = location
        return cls(status, orjson.dumps(data), headers)

    def response(self, extra: dict[str, str]) -> HttpResponse:
        """The HTTP answer."""
        kind = "application/json" if self.status < 400 else problems.MEDIA_TYPE
        headers = {"Cache-Control": "private, no-cache", **self.headers, **extra}
        response = HttpResponse(self.body, status=self.status, content_type=kind, headers=headers)
        if self.status == 204:
            del response["Content-Type"]
        return response


@dataclass(frozen=True)
class Operation:
    """One method of a door: who may (holders of `scope` or of one of `or_scopes`), what it reads and shows, the act. `find` loads the row
    that the path names (NotFound: 404)."""

    act: Callable[[Call], Answer]
    summary: str
    scope: str
    status: int = 200
    query: tuple[Field, ...] = ()
    body: Record | None = None
    shows: Schema | None = None
    find: Callable[[Call], Any] | None = None
    if_match: str = ""  # "needed", "honoured" or none
    refusals: tuple[int, ...] = ()
    or_scopes: tuple[str, ...] = ()
    one_verb: bool = False  # the act is one verb of the diary: what it refuses undoes all that the call has done

    @property
    def scopes(self) -> tuple[str, ...]:
        """Those of which one is needed."""
        return self.scope, *self.or_scopes


@dataclass(frozen=True)
class Door:
    """What a route's view carries for the document: its path and operations."""

    route: str
    operations: dict[str, Operation]


def door(route: str, **operations: Operation) -> URLPattern:
    """A Django route for `route` (`sites/<str:id>`), one keyword per method."""
    this = Door(route, operations)

    def view(request: HttpRequest, **ids: str) -> HttpResponse:
        return _answer(this, request, ids)

    marked = partner(*sorted({scope for operation in operations.values() for scope in operation.scopes}))(csrf_exempt(view))
    marked.door = this
    return path(route, marked)


def public_door(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A page of the API that needs no key; GET only, refused as problems."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return problems.problem(_wrong_method("GET, HEAD"))
        return view(request)

    return public_page(csrf_exempt(answer))


def _wrong_method(allowed: str) -> problems.ApiError:
    return problems.ApiError(405, "method-not-allowed", _("Cette méthode n’est pas admise ici."), headers={"Allow": allowed})


def _answer(this: Door, request: HttpRequest, ids: dict[str, str]) -> HttpResponse:
    extra: dict[str, str] = {}
    try:
        operation = this.operations.get("GET" if request.method == "HEAD" else request.method or "")
        if operation is None:
            raise _wrong_method(", ".join([*this.operations, *(["HEAD"] if "GET" in this.operations else [])]))
        return _run(operation, request, ids, extra).response(extra)
    except MediDeskError as error:
        response = problems.problem(problems.not_found() if error.status == 404 else error)
        for name, value in extra.items():
            response.setdefault(name, value)
        return response
    except Exception:
        logger.exception("a call of the API failed")
        return problems.broken()


def _run(operation: Operation, request: HttpRequest, ids: dict[str, str], extra: dict[str, str]) -> Answer:
    now = clock.now()
    caller = authenticate(request, now)
    if (allowance := take_one(caller.key_id)) is not None:
        extra.update(allowance.headers)
    caller.need(*operation.scopes)
    call = Call(request, caller, now, ids)
    if operation.find is not None:
        call.subject = operation.find(call)
    if request.method in ("GET", "HEAD"):
        call.query = reading.read_query(operation.query, request)
        return _unless_unchanged(request, operation.act(call))
    data = reading.read_json(request) if operation.body is not None else None
    key = reading.idempotency_key(request) if request.method == "POST" else None
    if key is None:
        return again_after_deadlock(lambda: _perform(operation, call, data))
    with undone_with_all(operation.one_verb):
        answer, replayed = again_after_deadlock(
            lambda: named_by("MEDIDESK_API_MEMORY")(
                caller=caller,
                method=request.method,
                path=request.path,
                key=key,
                fingerprint=reading.fingerprint(data),
                now=now,
                work=lambda: _perform(operation, call, data),
            )
        )
    if replayed:
        extra["Idempotency-Replayed"] = "true"
    return answer


def _perform(operation: Operation, call: Call, data: Any) -> Answer:
    if operation.if_match:
        call.expected_version = reading.expected_version(call.request, call.subject.version, needed=operation.if_match == "needed")
    call.query = reading.read_query(operation.query, call.request)
    if operation.body is not None:
        call.body = reading.read_body(operation.body, data)
    return operation.act(call)


def _unless_unchanged(request: HttpRequest, answer: Answer) -> Answer:
    """304 when the caller already holds this version."""
    etag = answer.headers.get("ETag")
    if etag and answer.status == 200 and is_held(request, etag):
        return Answer(304, b"", {"ETag": etag})
    return answer


def is_held(request: HttpRequest, etag: str) -> bool:
    """Does the caller say that it already holds the version with this ETag?"""
    held = request.META.get("HTTP_IF_NONE_MATCH", "")
    return held.strip() == "*" or etag in [part.strip().removeprefix("W/") for part in held.split(",")]


def path_id(call: Call, name: str = "id") -> UUID:
    """The id in the path; a text that cannot be one is not found."""
    try:
        return UUID(call.path[name]) if len(call.path[name]) == 36 else _nothing()
    except ValueError:
        return _nothing()


def _nothing() -> UUID:
    raise problems.not_found()
