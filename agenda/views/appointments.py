"""One visit: its page, its statuses, taking back, cancelling, answering a request."""

from typing import Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from agenda.actors import Actor
from agenda.desk.online_booking import missed_state
from agenda.desk.rights import READERS, WRITERS, may_write, visit_for, writes
from agenda.desk.story import story_of, teller
from agenda.desk.waiting_room import bring_forward, take_back
from agenda.models import Appointment, Lane, Status
from agenda.scheduling import cancel_appointment
from agenda.scheduling.statuses import FORWARD
from agenda.sources import source
from agenda.views.answering import dialog_or_page, done, refused
from medidesk import clock
from medidesk.accounts.permissions import allow
from medidesk.errors import MediDeskError

_NAMED = {
    Status.CONFIRMED: gettext_lazy("%(name)s\u00a0: rendez-vous confirmé."),
    Status.ARRIVED: gettext_lazy("%(name)s\u00a0: arrivée notée."),
    Status.IN_CONSULTATION: gettext_lazy("%(name)s\u00a0: en consultation."),
    Status.COMPLETED: gettext_lazy("%(name)s\u00a0: vu."),
    Status.NO_SHOW: gettext_lazy("%(name)s\u00a0: absence notée. L’horaire est de nouveau libre."),
    Status.REQUESTED: gettext_lazy("%(name)s\u00a0: de nouveau à valider."),
}
# What the buttons offer from each status: the status, its word, the key that does the same.
_OFFERED = {
    Status.CONFIRMED: (Status.ARRIVED, Status.IN_CONSULTATION, Status.NO_SHOW),
    Status.ARRIVED: (Status.IN_CONSULTATION, Status.COMPLETED),
    Status.IN_CONSULTATION: (Status.COMPLETED,),
}
_ACTS = {
    Status.ARRIVED: (gettext_lazy("Arrivé"), "A", "armchair"),
    Status.IN_CONSULTATION: (gettext_lazy("En consultation"), "C", "stethoscope"),
    Status.COMPLETED: (gettext_lazy("Vu"), "V", "check"),
    Status.NO_SHOW: (gettext_lazy("Absent"), "X", "x"),
}
_TAKEN_BACK = {"moved", "swapped", "cancelled", *(one for _steps in FORWARD.values() for one in _steps)}
_CANCELLED_BY = {
    "patient": gettext_lazy("par le patient"),
    "cabinet": gettext_lazy("par le cabinet"),
    "platform": gettext_lazy("par la plateforme"),
}


@allow(*READERS)
@require_safe
def detail(request: HttpRequest, appointment_id: UUID | int) -> HttpResponseBase:
    """Everything about one visit, and what may be done with it."""
    visit = visit_for(request.user, appointment_id)
    chapters = story_of(visit)
    movable = visit.status in (Status.REQUESTED, Status.CONFIRMED)
    context = {
        "visit": visit,
        "name": name_of(visit),
        "source": source(visit.source),
        "booked_by": teller(visit.booked_by),
        "minutes": int((visit.end - visit.start).total_seconds() // 60),
        "cancelled_by": _CANCELLED_BY.get(visit.cancelled_by, ""),
        "acts": [(one, *_ACTS[one]) for one in _OFFERED.get(Status(visit.status), ())],
        "chapters": chapters,
        "movable": movable,
        "undoable": _has_way_back(visit),
        "in_conflict": visit.lane == Lane.CONFLICT and visit.is_active,
        "may_write": may_write(request.user) and writes(request.user, visit.practitioner_id),
        "missed": missed_state(visit, clock.now()),
        "title": name_of(visit),
    }
    return dialog_or_page(request, "agenda/_visit.html", context)


def _has_way_back(visit: Appointment) -> bool:
    """Is the last act one that the desk could take back?"""
    last = visit.journal.order_by("-id").first()
    return last is not None and last.before is not None and not last.origin and last.act in _TAKEN_BACK


@allow(*WRITERS)
@require_POST
def status(request: HttpRequest, appointment_id: UUID | int) -> HttpResponseBase:
    """Arrived, in consultation, seen, missed; or a request accepted."""
    visit = visit_for(request.user, appointment_id, write=True)
    asked = request.POST.get("statut", "")
    try:
        visit, acts = bring_forward(appointment_id=visit.pk, status=asked, actor=Actor.staff(request.user), now=clock.now())
    except MediDeskError as error:
        return refused(request, error, visit.pk)
    return done(request, _NAMED[Status(visit.status)] % {"name": name_of(visit)}, visit, undo=acts)


@allow(*WRITERS)
@require_POST
def undo(request: HttpRequest, appointment_id: UUID) -> HttpResponseBase:
    """Take the last gesture back."""
    visit = visit_for(request.user, appointment_id, write=True)
    acts = 2 if request.POST.get("fois") == "2" else 1
    try:
        visit = take_back(appointment_id=appointment_id, acts=acts, actor=Actor.staff(request.user), now=clock.now())
    except MediDeskError as error:
        return refused(request, error, appointment_id)
    return done(request, _("%(name)s\u00a0: c’est repris.") % {"name": name_of(visit)}, visit)


@allow(*WRITERS)
@require_POST
def cancel(request: HttpRequest, appointment_id: UUID) -> HttpResponseBase:
    """Cancel, at the patient's word or the cabinet's; a refused request is cancelled by the cabinet."""
    visit = visit_for(request.user, appointment_id, write=True)
    by: Literal["cabinet", "patient"] = "cabinet" if request.POST.get("par") == "cabinet" else "patient"
    try:
        visit = cancel_appointment(
            appointment_id=visit.pk, by=by, reason=request.POST.get("raison", "").strip()[:500], actor=Actor.staff(request.user),
            now=clock.now(),
        )  # fmt: skip
    except MediDeskError as error:
        return refused(request, error, appointment_id)
    return done(request, _("%(name)s\u00a0: rendez-vous annulé. L’horaire est de nouveau libre.") % {"name": name_of(visit)}, visit, undo=1)


def name_of(visit: Appointment) -> str:
    """The patient's name as professional lists write it."""
    return visit.patient.name if visit.patient else _("Patient à préciser")
