"""The floors of a run: what the same server, middleware and tenant routing cost before any work is done."""

from collections.abc import Callable
from typing import Any

import orjson
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from medidesk.accounts.permissions import public_page
from medidesk.api.doors import Answer, Call

_READ = 'SELECT id, version, status, start, "end" FROM {table} WHERE id = %s'
_TABLE = "agenda_appointment"


@public_page
def floor0(request: HttpRequest) -> HttpResponse:
    """A trivial JSON view."""
    return HttpResponse(orjson.dumps({"hello": "world"}), content_type="application/json")


@public_page
def floor1(request: HttpRequest) -> HttpResponse:
    """One indexed read in the cabinet by a raw cursor, and JSON; no key is asked for."""
    return HttpResponse(orjson.dumps(_read(request.GET["id"])), content_type="application/json")


@public_page
def floor1_of_nobody(request: HttpRequest) -> HttpResponse:
    """The same read on the platform's own host, where no cabinet is entered: the table is named with its schema."""
    table = f"{connection.ops.quote_name(request.GET['schema'])}.{_TABLE}"
    return HttpResponse(orjson.dumps(_read(request.GET["id"], table)), content_type="application/json")


def read_visit(call: Call) -> Answer:
    """The same read behind the API's own door: key, scope, and what a door costs."""
    return Answer.json(_read(call.request.GET["id"]))


def _read(visit: str, table: str = _TABLE) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(_READ.format(table=table), [visit])
        row = cursor.fetchone()
    return dict(zip(("id", "version", "status", "start", "end"), row, strict=True))


def counted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view, with the number of its queries in the header Bench-Queries."""

    def count(request: HttpRequest, **asked: Any) -> HttpResponse:
        queries = 0

        def note(execute: Callable[..., Any], *arguments: Any) -> Any:
            nonlocal queries
            queries += 1
            return execute(*arguments)

        with connection.execute_wrapper(note):
            response = view(request, **asked)
        response["Bench-Queries"] = str(queries)
        return response

    return public_page(csrf_exempt(count))
