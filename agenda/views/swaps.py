"""Exchanging the times of two visits at the desk."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agenda.actors import Actor
from agenda.desk.day import desk_practitioners
from agenda.desk.rights import WRITERS, visit_for, writable_agendas
from agenda.desk.together import swappable
from agenda.forms import insistence_for
from agenda.models import Appointment
from agenda.scheduling import swap_appointments
from agenda.views.answering import day_of, dialog_or_page, done
from agenda.views.appointments import name_of
from medidesk import clock
from medidesk.accounts.permissions import allow
from medidesk.cabinets.current import current_zone
from medidesk.errors import MediDeskError


@allow(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def swap(request: HttpRequest, appointment_id: UUID) -> HttpResponseBase:
    """The visits of a day with which this one may be exchanged, and the exchange."""
    visit = visit_for(request.user, appointment_id, write=True)
    chosen = request.POST.get("avec", "")
    if request.method != "POST" or "autre_jour" in request.POST or not chosen:
        return _form(request, visit)
    other = visit_for(request.user, _uuid(chosen), write=True)
    try:
        one, partner = swap_appointments(
            appointment_id=visit.pk, other_id=other.pk, actor=Actor.staff(request.user), now=clock.now(),
            insist=request.POST.get("insister", "").strip()[:500] or None,
        )  # fmt: skip
    except MediDeskError as error:
        return _form(request, visit, error=error)
    text = _("%(name)s et %(other)s ont échangé leurs horaires.") % {"name": name_of(visit), "other": name_of(other)}
    return done(request, text, one.appointment, undo=1, warnings=[*one.warnings, *partner.warnings])


def _uuid(text: str) -> UUID:
    """The id, or one that names nothing."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _form(request: HttpRequest, visit: Appointment, *, error: MediDeskError | None = None) -> HttpResponseBase:
    day = _day(request.POST.get("jour", "")) or day_of(visit)
    low = datetime.combine(day, time.min, tzinfo=current_zone())
    others = swappable(visit, desk_practitioners(writable_agendas(request.user)), low, low + timedelta(days=1), clock.now())
    context = {
        "visit": visit, "name": name_of(visit), "day": day, "others": others, "chosen": request.POST.get("avec", ""),
        "insistence": insistence_for(error) if error else None, "typed": request.POST.get("insister", ""), "title": _("Échanger"),
    }  # fmt: skip
    return dialog_or_page(request, "agenda/_swap.html", context, status=error.status if error else 200)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
