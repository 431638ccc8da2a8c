"""The connections with other diaries: their list, the health of each, and what somebody of the desk can do about it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agenda.actors import Actor
from integrations.comparison.asking_comparison import ask_comparison
from integrations.comparison.releasing_brake import release_brake
from integrations.desk.health_page import health_page, rows
from integrations.models import Connection
from integrations.outgoing.giving_up import give_up_change
from integrations.outgoing.replaying import replay_change, retry_blocked
from medidesk import clock
from medidesk.accounts.models import Role
from medidesk.accounts.permissions import allow
from medidesk.errors import MediDeskError

READERS = (Role.OWNER, Role.SECRETARY)


@allow(*READERS)
@require_safe
def connections(request: HttpRequest) -> HttpResponse:
    """Every connection with its lamp."""
    return render(request, "integrations/connections/list.html", {"rows": rows(clock.now()), "section": "connections"})


@allow(*READERS)
@require_safe
def show(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """How one connection feels."""
    page = health_page(found(connection_id), clock.now())
    return render(request, "integrations/connections/health.html", {"page": page, "section": "connections"})


@allow(*READERS)
@require_POST
def replay(request: HttpRequest, connection_id: UUID, change_id: int) -> HttpResponseBase:
    """Send a dead letter again."""
    return _act(request, connection_id, lambda one, **who: replay_change(one, change_id, **who), _("Le changement est renvoyé."))


@allow(*READERS)
@require_POST
def give_up(request: HttpRequest, connection_id: UUID, change_id: int) -> HttpResponseBase:
    """Want a change no more."""
    return _act(request, connection_id, lambda one, **who: give_up_change(one, change_id, **who), _("Le changement est abandonné."))


@allow(*READERS)
@require_POST
def retry(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """Ask again for the times that were refused."""
    return _act(request, connection_id, retry_blocked, _("Les horaires refusés sont redemandés."))


@allow(*READERS)
@require_POST
def compare(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """Compare now."""
    return _act(request, connection_id, ask_comparison, _("La comparaison est lancée. Le nombre d’écarts sera à jour dans un instant."))


@allow(*READERS)
@require_POST
def release(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """Accept the cancellations that the brake held."""
    text = _("Les annulations sont acceptées. L’agenda est mis à jour dans un instant.")
    return _act(request, connection_id, release_brake, text)


def found(connection_id: UUID) -> Connection:
    """The connection of this cabinet with that id; Http404 for none."""
    connection = Connection.objects.filter(pk=connection_id).first()
    if connection is None:
        raise Http404
    return connection


def _act(request: HttpRequest, connection_id: UUID, act: Callable[..., None], text: str) -> HttpResponseBase:
    """Do it, say so, stay on the page."""
    connection = found(connection_id)
    try:
        act(connection, actor=Actor.staff(request.user), now=clock.now())
    except MediDeskError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, text)
    return redirect("integrations:connection", connection_id=connection.pk)
