"""The waiting room and what is to be settled, each as a page of its own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agenda import worklist
from agenda.desk.rights import READERS, agendas_of, may_write, writable_agendas
from agenda.desk.to_settle import matters
from agenda.desk.waiting_room import waiting_room
from medidesk import clock
from medidesk.accounts.permissions import allow


@allow(*READERS)
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Who waits, the longest first."""
    return render(request, "agenda/waiting_room.html", {**_queues(request), "section": "waiting"})


@allow(*READERS)
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """Conflicts, requests and the rest."""
    return render(request, "agenda/tasks.html", {**_queues(request), "section": "tasks"})


def _queues(request: HttpRequest) -> dict:
    now, own, writable = clock.now(), agendas_of(request.user), writable_agendas(request.user)
    waiting_now, to_do = waiting_room(now, own), matters(now, writable if may_write(request.user) else own)
    return {
        "waiting": waiting_now, "matters": to_do, "lamps": worklist.lamps(now) if own is None else [],
        "may_write": may_write(request.user), "writable": writable, "desk_counts": {"waiting": len(waiting_now), "tasks": len(to_do)},
    }  # fmt: skip
