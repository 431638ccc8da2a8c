"""Moving a visit by form: another practitioner, day or time, with the next free times at hand."""

from datetime import datetime
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agenda.actors import Actor
from agenda.desk.day import desk_practitioners
from agenda.desk.next_times import OfferedTime, next_times
from agenda.desk.rights import WRITERS, visit_for, writable_agendas
from agenda.forms import MoveForm, chosen_time, insistence_for
from agenda.free_times.openings import Visitor
from agenda.free_times.schedule import current_schedule
from agenda.models import Appointment
from agenda.scheduling import move_appointment
from agenda.views.answering import dialog_or_page, done
from agenda.views.appointments import name_of
from medidesk import clock, french
from medidesk.accounts.permissions import allow
from medidesk.cabinets.current import current_zone
from medidesk.errors import MediDeskError


@allow(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, appointment_id: UUID) -> HttpResponseBase:
    """The form, and the move."""
    visit = visit_for(request.user, appointment_id, write=True)
    practitioners = desk_practitioners(writable_agendas(request.user))
    if request.method != "POST":
        return _form(request, visit, MoveForm(practitioners=practitioners, initial=_initial(visit)))
    form = MoveForm(request.POST, practitioners=practitioners)
    if not form.is_valid():
        return _form(request, visit, form, status=422)
    practitioner_id, start = _asked(form)
    try:
        moved = move_appointment(
            appointment_id=visit.pk, practitioner_id=practitioner_id, start=start, actor=Actor.staff(request.user), now=clock.now(),
            insist=form.cleaned_data["insist"] or None, expected_version=form.cleaned_data["version"],
        )  # fmt: skip
    except MediDeskError as error:
        form.add_error(None, forms.ValidationError(error.message))
        return _form(request, visit, form, status=error.status, error=error)
    wall = moved.appointment.start.astimezone(current_zone())
    text = _("%(name)s\u00a0: déplacé au %(day)s à %(time)s.") % {
        "name": name_of(visit), "day": french.long_day(wall.date(), clock.now().astimezone(current_zone()).date()),
        "time": french.clock_time(wall),
    }  # fmt: skip
    return done(request, text, moved.appointment, undo=1, warnings=moved.warnings)


def _initial(visit: Appointment) -> dict:
    wall = visit.start.astimezone(current_zone())
    return {"practitioner": str(visit.practitioner_id), "date": wall.date(), "time": wall.time(), "version": visit.version}


def _asked(form: MoveForm) -> tuple[UUID, datetime]:
    """An offered time wins over the three fields: it is what was pressed."""
    if chosen := chosen_time(form.cleaned_data["offered"]):
        if chosen[0] not in {one.id for one in form.practitioners}:
            raise Http404
        return chosen[0], chosen[1]
    data = form.cleaned_data
    return UUID(data["practitioner"]), datetime.combine(data["date"], data["time"], tzinfo=current_zone())


def _form(
    request: HttpRequest, visit: Appointment, form: MoveForm, *, status: int = 200, error: MediDeskError | None = None
) -> HttpResponseBase:
    context = {
        "visit": visit, "name": name_of(visit), "form": form, "offered": equivalent_times(visit, form.practitioners),
        "insistence": insistence_for(error) if error else None, "title": _("Déplacer"),
    }  # fmt: skip
    return dialog_or_page(request, "agenda/_move.html", context, status=status)


def equivalent_times(visit: Appointment, practitioners: list, count: int = 6) -> list[OfferedTime]:
    """The next free times for the same reason (or the practitioner's usual one), with the same practitioner first."""
    reason_id = visit.visit_reason_id or usual_reason(visit.practitioner_id)
    if reason_id is None:
        return []
    now = clock.now()
    day = max(now, visit.start).astimezone(current_zone()).date()
    visitor = Visitor(status="known", staff=True, channel="phone", patient_id=visit.patient_id)

    def of(those: list, wanted: int) -> list[OfferedTime]:
        return next_times(
            visit_reason_id=reason_id, start_date=day, now=now, visitor=visitor, practitioners=those, count=wanted, per_day=None
        ) if those else []  # fmt: skip

    own = of([one for one in practitioners if one.id == visit.practitioner_id], count)
    others = of([one for one in practitioners if one.id != visit.practitioner_id], count - len(own)) if len(own) < count else []
    return own + others


def usual_reason(practitioner_id: UUID) -> UUID | None:
    """The first reason that the practitioner offers."""
    return next((one.id for one in current_schedule().reasons.values() if practitioner_id in one.durations), None)
