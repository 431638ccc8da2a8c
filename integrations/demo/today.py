"""What makes the demo's day alive: somebody waiting, somebody with the practitioner, a conflict, a request."""

from datetime import datetime, timedelta

from agenda.actors import Actor
from agenda.calendar.wall_time import day_range, instant_of
from agenda.free_times.availability import free_slots
from agenda.free_times.openings import Visitor
from agenda.models import Appointment, Status, VisitReason
from agenda.scheduling import book_appointment, change_status
from integrations.demo.visits import STAFF, Filling


def enliven(filling: Filling, request_reason: VisitReason) -> None:
    """Set today's scene around the present instant."""
    low, high = (instant_of(minute) for minute in day_range(filling.zone, filling.today))
    around = Appointment.objects.filter(start__gte=low, start__lt=high, status=Status.CONFIRMED)
    for practitioner in sorted(set(around.values_list("practitioner", flat=True))):
        _present_visits(filling, list(around.filter(practitioner=practitioner).order_by("start")))
    if not Appointment.objects.filter(status=Status.ARRIVED).exists() and (early := around.order_by("start").first()):
        _go(early, filling.now - timedelta(minutes=8), "arrived")
    _conflict(filling)
    _request(filling, request_reason)


def _present_visits(filling: Filling, visits: list[Appointment]) -> None:
    """Those begun are seen but for the last, who is with the practitioner; the next one waits (late at night: the last one still does)."""
    begun = [visit for visit in visits if visit.start <= filling.now]
    ahead = [visit for visit in visits if visit.start > filling.now and visit.start - filling.now < timedelta(hours=2)]
    for visit in begun[:-1]:
        _go(visit, visit.start - timedelta(minutes=6), "arrived")
        _go(visit, visit.end, "completed")
    if begun:
        _go(begun[-1], min(begun[-1].start, filling.now - timedelta(minutes=12)), "arrived")
        if ahead:
            _go(begun[-1], begun[-1].start, "in_consultation")
    if ahead:
        _go(ahead[0], filling.now - timedelta(minutes=8), "arrived")


def _go(visit: Appointment, at: datetime, status: str) -> None:
    change_status(appointment_id=visit.id, status=status, actor=STAFF, now=at)


def _conflict(filling: Filling) -> None:
    """A visit that Maiia took at the time of one taken on the cabinet's site."""
    coming = Appointment.objects.filter(start__gt=filling.now + timedelta(hours=1), lane="normal", status=Status.CONFIRMED)
    taken = coming.filter(source__in=("website", "phone")).order_by("start").first()
    if taken is not None and taken.visit_reason is not None and filling.elsewhere is not None:
        stranger = filling.random.choice(filling.patients)
        filling.elsewhere.append(
            {
                "platform": "maiia",
                "practitioner": taken.practitioner,
                "reason": taken.visit_reason,
                "start": taken.start,
                "patient": stranger,
            }
        )


def _request(filling: Filling, reason: VisitReason) -> None:
    """A child's first visit that the cabinet must validate, at a time that no platform has given."""
    start = filling.now + timedelta(hours=2)
    given = {(visit["practitioner"].id, visit["start"]) for visit in filling.elsewhere or ()}
    offers = free_slots(
        visit_reason_id=reason.id,
        start_date=start.astimezone(filling.zone).date(),
        end_date=start.astimezone(filling.zone).date() + timedelta(days=3),
        now=start,
        visitor=Visitor(channel="website"),
    )
    length = timedelta(minutes=reason.duration_minutes)
    times = [
        (offer.practitioner_id, slot.start)
        for offer in offers
        for slot in offer.slots
        if not any(one == offer.practitioner_id and slot.start - length < begun < slot.start + length for one, begun in given)
    ]
    if times:
        practitioner_id, at = times[0]
        child = max(filling.patients, key=lambda patient: patient.birth_date or filling.today.replace(year=1900))
        book_appointment(
            visit_reason_id=reason.id, start=at, practitioner_id=practitioner_id, patient_id=child.id, source="website",
            actor=Actor.patient(), now=filling.now,
        )  # fmt: skip
