"""« Pourquoi pas cette heure ? »: a dialog over the agenda, or a page."""

from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agenda.desk.day import desk_practitioners
from agenda.desk.explanations import CHANNELS, askers, explain_minute
from agenda.desk.rights import READERS, agendas_of, writes
from agenda.models import Practitioner, VisitReason
from agenda.views.answering import dialog_or_page
from medidesk import clock
from medidesk.accounts.permissions import allow
from medidesk.cabinets.current import current_zone
from patients.models import Patient

YEARS = range(2000, 2101)


@allow(*READERS)
@require_safe
def why(request: HttpRequest) -> HttpResponse:
    """What refuses a minute of one practitioner, reason by reason; `debut` is wall time, the present one when it is none."""
    now = clock.now()
    practitioners = desk_practitioners(agendas_of(request.user))
    practitioner = _practitioner(practitioners, request.GET.get("praticien", ""))
    start = _start(request.GET.get("debut", ""), now)
    offered = list(VisitReason.objects.filter(deleted_at=None, offers__practitioner=practitioner).distinct())
    wanted = next((one for one in offered if str(one.pk) == request.GET.get("motif")), None)
    channel = request.GET.get("canal") if request.GET.get("canal") in CHANNELS else "website"
    patient = _patient(request.GET.get("patient", ""))
    asking = askers(now, channel=channel, patient=patient)
    context = {
        "title": _("Pourquoi pas cette heure\u00a0?"), "practitioner": practitioner, "practitioners": practitioners, "start": start,
        "reasons": offered, "wanted": wanted, "channel": channel, "channels": CHANNELS.items(), "patient": patient,
        "explained": explain_minute(practitioner, [wanted] if wanted else offered, start, now, asking),
        "may_book": writes(request.user, practitioner.pk),
    }  # fmt: skip
    return dialog_or_page(request, "agenda/_why.html", context)


def _practitioner(practitioners: list[Practitioner], text: str) -> Practitioner:
    """The one that is asked for, among those whose agenda is open to this person; the first without a choice."""
    chosen = next((one for one in practitioners if not text or str(one.pk) == text), None)
    if chosen is None:
        raise Http404
    return chosen


def _start(text: str, now: datetime) -> datetime:
    zone = current_zone()
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        return now.astimezone(zone).replace(second=0, microsecond=0)
    if wall.year not in YEARS:
        raise Http404
    return wall.replace(second=0, microsecond=0, tzinfo=zone)


def _patient(text: str) -> Patient | None:
    if not text:
        return None
    try:
        return Patient.objects.get(pk=UUID(text), deleted_at=None)
    except (ValueError, Patient.DoesNotExist):
        raise Http404 from None
