"""Booking a visit."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext as _

from agenda.actors import Actor
from agenda.calendar.wall_time import epoch_minute
from agenda.errors import HoldGone, HoldMismatch, UnknownReference
from agenda.free_times.online_closing import is_validated
from agenda.free_times.openings import Visitor
from agenda.free_times.patient_history import history_of, is_known, visitor_for
from agenda.free_times.rules import Refusal, refusals_for
from agenda.free_times.rules.patient import ONLINE_BOOKING_CLOSED, clashes, online_is_closed
from agenda.free_times.schedule import ReasonPlan, current_schedule
from agenda.models import Appointment, BookableBy, Hold, Lane, Status
from agenda.occupancy import hand_over, resources_of, take
from agenda.scheduling.announcing import News, state_of
from agenda.scheduling.asking import Row, is_known_by, patient_by, question_of, who_asks
from agenda.scheduling.cancelling import cancel_appointment
from agenda.scheduling.placing import find_place
from agenda.scheduling.strictness import refusal_error, standing_in_the_way, warnings_among
from agenda.signals import hold_changed
from agenda.sources import source as source_of
from medidesk.db.locks import lock_until_commit
from medidesk.db.rows import insert_of, update_of
from medidesk.db.transactions import act
from patients.models import Patient

ALREADY_BOOKED = "patient-already-booked"


@dataclass(frozen=True, slots=True)
class Booked:
    """The visit as it now is, and the rules that the staff passed over."""

    appointment: Appointment
    warnings: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Request:
    """Who books what for whom, once references are checked."""

    actor: Actor
    source: str
    now: datetime
    patient_id: UUID | None
    insist: str | None
    note: str


@act
def book_appointment(
    *,
    actor: Actor,
    source: str,
    now: datetime,
    visit_reason_id: UUID | None = None,
    start: datetime | None = None,
    practitioner_id: UUID | None = None,
    site_id: UUID | None = None,
    patient_id: UUID | None = None,
    hold_id: UUID | None = None,
    insist: str | None = None,
    on_existing: str | None = None,
    note: str = "",
) -> Booked:
    """Book a visit, by the rules for such an actor, or from a hold (which then decides time, practitioner and reason).

    Raises SlotTaken, ResourceTaken (409), HoldGone (409), HoldMismatch, UnknownReference, or Refused with a rule's code (422).
    """
    request = _Request(actor, source, now, patient_id, insist, note)
    if hold_id is not None:
        return _book_held(request, hold_id, visit_reason_id, start, practitioner_id, site_id, on_existing)
    if visit_reason_id is None or start is None:
        raise UnknownReference("/visit_reason" if visit_reason_id is None else "/start")
    if on_existing == "replace":
        who_asks(patient_id, now)
        _cancel_replaced(request, _upcoming(request, visit_reason_id))  # before looking: the new visit may need its time
    place = find_place(
        visit_reason_id=visit_reason_id, start=start, now=now, practitioner_id=practitioner_id, site_id=site_id, insist=insist,
        visitor=partial(_visitor, request), beside=question_of(patient_id, now),
        ignored_codes=[ALREADY_BOOKED] if on_existing in ("keep", "replace") else [],
    )  # fmt: skip
    appointment = _visit(
        request, patient_by(place.beside), place.reason, place.practitioner_id, place.site_id, place.start, place.end, place.taking.lane
    )
    news = _news(request, appointment, [place.practitioner_id, *place.rooms], fresh=True)
    written = [insert_of(appointment), insert_of(news.line)]
    take(place.taking, appointment_id=appointment.id, after=written, revision=place.revision)
    news.tell()
    return Booked(appointment, warnings_among(place.warnings))


def _visitor(request: _Request, row: Row) -> Visitor:
    """For whom the rules look, when they have seen of the patient what `question_of` asks. Raises UnknownReference."""
    known = is_known_by(request.patient_id, row)
    return visitor_for(actor=request.actor, source=request.source, patient_id=request.patient_id, now=request.now, known=known)


def _book_held(
    request: _Request,
    hold_id: UUID,
    visit_reason_id: UUID | None,
    start: datetime | None,
    practitioner_id: UUID | None,
    site_id: UUID | None,
    on_existing: str | None,
) -> Booked:
    """The holder confirms: what was held becomes the visit's, whatever was imported on that time meanwhile."""
    _schedule, patient = who_asks(request.patient_id, request.now)
    resources = resources_of(hold_id=hold_id)
    lock_until_commit(resources)
    hold = Hold.objects.select_for_update(no_key=True).filter(pk=hold_id).first()
    if hold is None:
        raise UnknownReference("/hold")
    if hold.state != Hold.State.ACTIVE or hold.expires_at <= request.now:
        raise HoldGone
    for pointer, asked, held in (
        ("/visit_reason", visit_reason_id, hold.visit_reason_id), ("/start", start, hold.start),
        ("/practitioner", practitioner_id, hold.practitioner_id), ("/site", site_id, hold.site_id),
    ):  # fmt: skip
        if asked is not None and asked != held:
            raise HoldMismatch(pointer)
    reason = current_schedule().reasons.get(hold.visit_reason_id)
    if reason is None:
        raise UnknownReference("/visit_reason")
    replaced = _upcoming(request, hold.visit_reason_id) if on_existing == "replace" else None
    warnings = _check_patient(request, reason, hold, on_existing, replaced)
    appointment = _visit(request, patient, reason, hold.practitioner_id, hold.site_id, hold.start, hold.end, hold.lane)
    news = _news(request, appointment, resources)
    hold.state = Hold.State.USED
    hand_over(hold.id, appointment.id, after=[insert_of(appointment), insert_of(news.line), update_of(hold, ["state"])])
    hold_changed.send(sender=Hold, hold=hold, act="used", origin="", appointment=appointment)
    news.tell()
    _cancel_replaced(request, replaced)
    return Booked(appointment, warnings)


def _check_patient(request: _Request, reason: ReasonPlan, hold: Hold, on_existing: str | None, replaced: UUID | None) -> list[Refusal]:
    """The rules that a hold could not check, because they look at the patient's other visits."""
    history = history_of(request.patient_id, reason, replaced)
    codes = clashes(reason, history, current_schedule().zone, epoch_minute(hold.start), epoch_minute(request.now))
    visitor = Visitor(staff=request.actor.is_staff, channel=source_of(request.source).channel, patient_id=request.patient_id)
    codes |= {ONLINE_BOOKING_CLOSED.code} if online_is_closed(current_schedule(), visitor, request.now) else set()
    if on_existing in ("keep", "replace"):
        codes.discard(ALREADY_BOOKED)
    if reason.bookable_by == BookableBy.KNOWN and request.patient_id is not None and not is_known(request.patient_id, request.now):
        codes.add("known-patients-only")
    refusals = refusals_for(codes, staff=request.actor.is_staff)
    if in_the_way := standing_in_the_way(refusals, request.insist):
        raise refusal_error(in_the_way)
    return warnings_among(refusals)


def _upcoming(request: _Request, reason_id: UUID) -> UUID | None:
    """The patient's next visit for that reason, which a new one would replace."""
    waiting = Appointment.objects.filter(
        patient_id=request.patient_id, visit_reason_id=reason_id, start__gt=request.now, status__in=(Status.REQUESTED, Status.CONFIRMED)
    )
    return waiting.order_by("start").values_list("id", flat=True).first() if request.patient_id else None


def _visit(
    request: _Request,
    patient: Patient | None,
    reason: ReasonPlan,
    practitioner_id: UUID,
    site_id: UUID | None,
    start: datetime,
    end: datetime,
    lane: str,
) -> Appointment:
    """The visit, to be written."""
    insisted = lane == Lane.EXTRA
    return Appointment(
        status=_first_status(request, reason),
        lane=lane,
        start=start,
        end=end,
        practitioner_id=practitioner_id,
        site_id=site_id,
        visit_reason_id=reason.id,
        patient=patient,
        source=request.source,
        booked_by=request.actor.name,
        insisted_by=request.actor.name if insisted else "",
        insist_reason=(request.insist or "") if insisted else "",
        note=request.note,
        created_at=request.now,
        updated_at=request.now,
    )


def _first_status(request: _Request, reason: ReasonPlan) -> Status:
    """What others than the staff book may wait for the cabinet's word, because of the reason or of the patient's missed visits."""
    waits = not request.actor.is_staff and (reason.needs_validation or is_validated(request.patient_id, request.now))
    return Status.REQUESTED if waits else Status.CONFIRMED


def _news(request: _Request, appointment: Appointment, resources: list[UUID], *, fresh: bool = False) -> News:
    what = "requested" if appointment.status == Status.REQUESTED else "booked"
    return News(appointment, what, before=None, after=state_of(appointment, resources), actor=request.actor, now=request.now, fresh=fresh)


def _cancel_replaced(request: _Request, replaced: UUID | None) -> None:
    """The visit that gives way to a new one."""
    if replaced is not None:
        by: Literal["cabinet", "patient"] = "cabinet" if request.actor.is_staff else "patient"
        cancel_appointment(
            appointment_id=replaced, by=by, reason=_("Remplacé par un autre rendez-vous"), actor=request.actor, now=request.now
        )
