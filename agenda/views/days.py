"""The day of all practitioners, the week of one, the printed sheet, and what open pages ask to stay true."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from agenda import worklist
from agenda.desk.change_mark import change_mark
from agenda.desk.day import Grid, desk_practitioners, read_day, read_week, without_free_times
from agenda.desk.rights import READERS, agendas_of, may_write, writable_agendas
from agenda.desk.to_settle import matters
from agenda.desk.waiting_room import waiting_room
from agenda.models import Practitioner
from medidesk import clock
from medidesk.accounts.permissions import allow
from medidesk.cabinets.current import current_zone
from medidesk.live.views import events_url


@allow(*READERS)
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The present day, or the one that the date picker asks for."""
    if asked := request.GET.get("date"):
        return redirect("agenda:on", day=_date(asked))
    return _day(request, _today())


@allow(*READERS)
@require_safe
def day(request: HttpRequest, day: date) -> HttpResponse:
    """One day."""
    return _day(request, day)


@allow(*READERS)
@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """One practitioner's week; without a choice, one's own or the first column's."""
    now, asked = clock.now(), request.GET.get("date")
    shown = _date(asked) if asked else _today()
    practitioners = desk_practitioners(agendas_of(request.user))
    chosen = _chosen(practitioners, request)
    monday = shown - timedelta(days=shown.weekday())
    mark = _mark(request, monday, monday + timedelta(days=6), str(chosen.id))
    if _unchanged(request, mark):
        return _not_modified(mark)
    grid = read_week(chosen, shown, now, cancelled=_with_cancelled(request))
    return _page(request, grid, practitioners, shown, mark, days=7, chosen=chosen)


@allow(*READERS)
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """204 as long as a page with this mark is still true, else 200: what a page without a stream asks every 15 seconds."""
    first, last = _date(request.GET.get("du", "")), _date(request.GET.get("au", ""))
    mark = _mark(request, first, last, request.GET.get("praticien", ""))
    return HttpResponse(status=204 if request.GET.get("marque") == mark else 200)


def _day(request: HttpRequest, day: date) -> HttpResponse:
    mark = _mark(request, day, day, "")
    if _unchanged(request, mark):
        return _not_modified(mark)
    practitioners = desk_practitioners(agendas_of(request.user))
    grid = read_day(day, clock.now(), practitioners, cancelled=_with_cancelled(request))
    return _page(request, grid, practitioners, day, mark, days=1)


def _page(
    request: HttpRequest, grid: Grid, practitioners: Sequence[Practitioner], day: date, mark: str, *, days: int,
    chosen: Practitioner | None = None,
) -> HttpResponse:  # fmt: skip
    """The whole page, or for a script the parts that may have changed."""
    own, writable = agendas_of(request.user), writable_agendas(request.user)
    grid, now = grid if writable is None else without_free_times(grid, writable), grid.now
    waiting, to_do = waiting_room(now, own), matters(now, writable if may_write(request.user) else own)
    first = day - timedelta(days=day.weekday()) if days == 7 else day
    context = {
        "grid": grid, "day": day, "first": first, "last": first + timedelta(days=days - 1), "today": now.date(),
        "previous": day - timedelta(days=days), "following": day + timedelta(days=days), "is_week": days == 7,
        "practitioners": practitioners, "chosen": chosen, "waiting": waiting, "matters": to_do, "writable": writable,
        "lamps": worklist.lamps(now) if own is None else [], "may_write": may_write(request.user), "mark": mark,
        "hours": [grid.first_hour + n for n in range(grid.hours)], "with_cancelled": _with_cancelled(request), "section": "agenda",
        "desk_counts": {"waiting": len(waiting), "tasks": len(to_do)}, "asked_columns": request.GET.getlist("colonne"),
    }  # fmt: skip
    if "X-Part" in request.headers:
        answer = render(request, "agenda/_parts.html", context)
    else:
        context["stream"] = events_url(request)
        context["poll"] = _poll_address(context)
        answer = render(request, "agenda/day.html", context)
    answer["ETag"], answer["Vary"] = f'"{mark}"', "X-Part, Cookie"
    return answer


def _poll_address(context: dict) -> str:
    asked = f"?du={context['first'].isoformat()}&au={context['last'].isoformat()}"
    chosen = context["chosen"]
    return reverse("agenda:changes") + asked + (f"&praticien={chosen.id}" if chosen else "")


def _mark(request: HttpRequest, first: date, last: date, *others: str) -> str:
    now = clock.now()
    return change_mark(first, last, now, str(request.user.pk), *others)


def _unchanged(request: HttpRequest, mark: str) -> bool:
    """Has the asker this very state? Which part and which options are in the address; the mark is the state's. Compression makes
    an ETag weak on its way out."""
    return request.headers.get("If-None-Match", "").removeprefix("W/") == f'"{mark}"'


def _not_modified(mark: str) -> HttpResponse:
    return HttpResponse(status=304, headers={"ETag": f'"{mark}"', "Vary": "X-Part, Cookie"})


def _chosen(practitioners: Sequence[Practitioner], request: HttpRequest) -> Practitioner:
    asked = request.GET.get("praticien")
    own = [one for one in practitioners if (str(one.id) == asked if asked else one.user_id == request.user.pk)]
    if asked and not own:
        raise Http404
    if not practitioners:
        raise Http404
    return (own or list(practitioners))[0]


def _with_cancelled(request: HttpRequest) -> bool:
    return request.GET.get("annules") == "1"


def _today() -> date:
    return clock.now().astimezone(current_zone()).date()


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
