"""Two visits on one time: the claims side by side, and where one of them could go instead."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agenda.actors import Actor
from agenda.conflict_offers import offer_other_times, offers_made
from agenda.desk.day import desk_practitioners
from agenda.desk.next_times import OfferedTime
from agenda.desk.rights import WRITERS, visit_for, writable_agendas
from agenda.desk.story import teller
from agenda.forms import chosen_time
from agenda.models import Appointment, Practitioner, Status
from agenda.models.appointment import FREEING
from agenda.reach import reach_of
from agenda.scheduling import move_appointment
from agenda.sources import Source, source
from agenda.views.answering import dialog_or_page, done, refused
from agenda.views.appointments import name_of
from agenda.views.moves import equivalent_times
from medidesk import clock, french
from medidesk.accounts.permissions import allow
from medidesk.cabinets.current import current_zone
from medidesk.errors import MediDeskError
from medidesk.messaging.models import Channel

EQUIVALENT = 3


@dataclass(frozen=True, slots=True)
class Claim:
    """One of the visits that want the time: whose, from where, and where it could go."""

    visit: Appointment
    name: str
    source: Source
    booked_by: str
    times: list[OfferedTime]
    can_be_told: bool
    offered_at: datetime | None


@allow(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def resolve(request: HttpRequest, appointment_id: UUID) -> HttpResponseBase:
    """The claims; and moving one of them, letting its patient choose, or keeping both."""
    visit = visit_for(request.user, appointment_id, write=True)
    if request.method == "POST":
        return _decide(request, visit)
    practitioners = desk_practitioners(writable_agendas(request.user))
    found = claimants(visit)
    offered = offers_made(found)
    claims = [_claim(one, practitioners, offered.get(one.pk)) for one in found]
    context = {"visit": visit, "claims": claims, "title": _("Double réservation")}
    return dialog_or_page(request, "agenda/_conflict.html", context)


def claimants(visit: Appointment) -> list[Appointment]:
    """The visits that share a minute with this one in the same agenda, the first booked first."""
    rows = Appointment.objects.filter(practitioner_id=visit.practitioner_id, start__lt=visit.end, end__gt=visit.start)
    return list(rows.exclude(status__in=FREEING).select_related("patient", "practitioner", "visit_reason").order_by("created_at", "id"))


def _claim(visit: Appointment, practitioners: list[Practitioner], offered_at: datetime | None) -> Claim:
    movable = visit.status in (Status.REQUESTED, Status.CONFIRMED)
    times = equivalent_times(visit, practitioners, EQUIVALENT) if movable else []
    can_be_told = reach_of(visit.patient) is not None
    return Claim(visit, name_of(visit), source(visit.source), teller(visit.booked_by), times, can_be_told, offered_at)


def _decide(request: HttpRequest, visit: Appointment) -> HttpResponseBase:
    """Move the claim whose new time was pressed; or keep this one where it is, as one more, with a motive."""
    if request.POST.get("proposer"):
        return _offer(request, visit)
    actor, now = Actor.staff(request.user), clock.now()
    insist = request.POST.get("insister", "").strip()
    chosen = chosen_time(request.POST.get("horaire", ""))
    if chosen is None and not insist:
        return refused(request, MediDeskError(_("Choisissez un horaire, ou écrivez pourquoi garder les deux.")), visit.pk)
    moving = visit
    if chosen is not None:
        moving = visit_for(request.user, _id(request.POST.get("visite", "")), write=True)
        if chosen[0] not in {one.id for one in desk_practitioners(writable_agendas(request.user))}:
            raise Http404
    try:
        target = {"practitioner_id": chosen[0], "start": chosen[1]} if chosen else {"start": visit.start, "insist": insist[:500]}
        moved = move_appointment(appointment_id=moving.pk, actor=actor, now=now, **target)
    except MediDeskError as error:
        return refused(request, error, visit.pk)
    wall = moved.appointment.start.astimezone(current_zone())
    moment = french.long_moment(wall, now.astimezone(current_zone()).date())
    text = _("%(name)s\u00a0: %(moment)s. Le conflit est réglé.") % {"name": name_of(moving), "moment": moment}
    return done(request, text, moved.appointment, undo=1 if chosen else 0, warnings=moved.warnings if chosen else ())


def _offer(request: HttpRequest, visit: Appointment) -> HttpResponseBase:
    """Keep the other claim, and let this one's patient choose among the times that are equivalent now."""
    offered = visit_for(request.user, _id(request.POST["proposer"]), write=True)
    times = equivalent_times(offered, desk_practitioners(writable_agendas(request.user)), EQUIVALENT)
    try:
        reach = offer_other_times(offered.pk, [one.start for one in times], actor=Actor.staff(request.user), now=clock.now())
    except MediDeskError as error:
        return refused(request, error, visit.pk)
    words = {"name": name_of(offered), "count": len(times), "how": _("par SMS") if reach.channel == Channel.SMS else _("par e-mail")}
    text = _("%(name)s : %(count)s horaires proposés %(how)s. L’horaire actuel est gardé jusqu’à son choix.") % words
    return done(request, text, offered)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
