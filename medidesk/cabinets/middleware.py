"""The edge: host name → cabinet, entered for the time of the request, left for nothing afterwards."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import render
from django.urls import set_urlconf
from django.utils import timezone
from structlog.contextvars import bind_contextvars, clear_contextvars

from medidesk.api.handlers import PREFIX as API_PREFIX
from medidesk.api.handlers import not_found, not_open
from medidesk.cabinets.models import Cabinet
from medidesk.cabinets.routing import directory, is_public_host


class CabinetMiddleware:
    """Sets `request.cabinet` (`None` on the public host) and the schema; an unknown host gets the public site's 404."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer inside the host's schema; the thread goes back to what it was in before."""
        before = connection.tenant
        clear_contextvars()  # what is bound stays until the next request: the handler logs after this middleware has ended
        try:
            return self._answer(request)
        finally:
            connection.set_tenant(before)
            set_urlconf(None)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        try:
            host = request.get_host().rsplit(":", 1)[0].lower().rstrip(".")
        except DisallowedHost:
            return HttpResponseNotFound()  # not even a host name: no page can be made for it
        if is_public_host(host):
            return self._answer_public(request)
        cabinet = directory.cabinet_at(host)
        if cabinet is None:
            return self._unknown(request)
        if not cabinet.is_open:
            return self._not_open(request, cabinet)
        return self._answer_cabinet(request, cabinet)

    def _answer_public(self, request: HttpRequest) -> HttpResponse:
        self._enter_public(request)
        return self.get_response(request)

    def _answer_cabinet(self, request: HttpRequest, cabinet: Cabinet) -> HttpResponse:
        connection.set_tenant(cabinet)
        request.cabinet = request.tenant = cabinet
        request.urlconf = settings.ROOT_URLCONF
        bind_contextvars(cabinet=cabinet.schema_name)
        with timezone.override(cabinet.zone):
            return self.get_response(request)

    def _enter_public(self, request: HttpRequest) -> None:
        connection.set_schema_to_public()
        request.cabinet, request.tenant = None, connection.tenant
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        set_urlconf(request.urlconf)
        bind_contextvars(cabinet=connection.schema_name)

    def _unknown(self, request: HttpRequest) -> HttpResponse:
        self._enter_public(request)
        return not_found(request, Http404())

    def _not_open(self, request: HttpRequest, cabinet: Cabinet) -> HttpResponse:
        self._enter_public(request)
        closed = cabinet.status == Cabinet.Status.CLOSED
        if request.path.startswith(API_PREFIX):
            return not_open(closed=closed)
        response = render(request, "cabinets/not_open.html", {"name": cabinet.name, "closed": closed}, status=410 if closed else 503)
        if not closed:
            response["Retry-After"] = "3600"
        return response
