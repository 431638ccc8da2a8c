"""Visits that exist elsewhere already: never refused, never lost; on a taken time they wait in the conflict lane."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from agenda.actors import Actor
from agenda.calendar.wall_time import epoch_minute, epoch_minute_up
from agenda.errors import AlreadyCancelled, UnknownReference
from agenda.free_times.rooms import choose_rooms, rooms_needed
from agenda.free_times.schedule import ReasonPlan, Schedule, current_schedule
from agenda.models import Appointment, Lane, Status
from agenda.models.appointment import FREEING
from agenda.models.occupancy import LONGEST_OCCUPANCY_MINUTES
from agenda.occupancy import Taking, free, lock_and_look, take
from agenda.scheduling.announcing import State, announce, lock_appointment, state_of, touch
from agenda.scheduling.conflicts import settle_conflicts
from medidesk.db.prepared import run
from medidesk.db.rows import insert_of
from medidesk.db.transactions import act
from medidesk.errors import Refused

KEEP = object()  # the reason stays what it is
_SEEN = "SELECT practitioner_id, visit_reason_id FROM agenda_appointment WHERE id = %s"
_PLACE = ("start", "end", "practitioner", "status")
_CANCELLATION = ("status", "cancelled_by", "cancellation_reason", "cancelled_at")


@dataclass(frozen=True, slots=True)
class Seen:
    """A visit as somebody saw it before it was locked: with whom, why, and what it took (`None`: not looked at)."""

    practitioner_id: UUID | None
    visit_reason_id: UUID | None
    takes: Collection[UUID] | None = None


@act
def import_visit(
    *,
    practitioner_id: UUID,
    start: datetime,
    end: datetime,
    actor: Actor,
    source: str,
    origin: str,
    now: datetime,
    visit_reason_id: UUID | None = None,
    patient_id: UUID | None = None,
    status: str = Status.CONFIRMED,
    site_id: UUID | None = None,
    schedule: Schedule | None = None,
) -> Appointment:
    """Enter a visit that a platform says exists, at `site_id` or where the practitioner usually is. Lane `conflict` when its time is taken,
    whatever takes it.

    `schedule` is that of a caller who has just read it. Raises UnknownReference for an unknown practitioner, Refused `visit-too-long`
    past what an occupancy may hold.
    """
    schedule = schedule or current_schedule()
    site_id = _site(schedule, practitioner_id, site_id)
    reason = schedule.reasons.get(visit_reason_id) if visit_reason_id else None
    taking = None if status in FREEING else _imported_taking(schedule, practitioner_id, site_id, reason, start, end, now)
    place = {"start": start, "end": end, "practitioner_id": practitioner_id, "site_id": site_id}
    appointment = Appointment(
        **place,
        status=status,
        lane=taking.lane if taking else Lane.NORMAL,
        visit_reason_id=reason.id if reason else None,
        patient_id=patient_id,
        source=source,
        booked_by=actor.name,
        created_at=now,
        updated_at=now,
        **({"cancelled_by": "platform", "cancelled_at": now} if status == Status.CANCELLED else {}),
    )
    _write(appointment, taking)
    after = state_of(appointment, list(taking.resources) if taking else [])
    announce(appointment, "imported", before=None, after=after, actor=actor, now=now, origin=origin)
    return appointment


@act
def reschedule_import(
    *,
    appointment_id: UUID,
    start: datetime,
    end: datetime,
    actor: Actor,
    origin: str,
    now: datetime,
    practitioner_id: UUID | None = None,
    visit_reason_id: UUID | None | object = KEEP,
    revive: bool = False,
    site_id: UUID | None = None,
    schedule: Schedule | None = None,
    seen: Seen | None = None,
) -> Appointment:
    """A platform moved a visit: it moves here too, into the conflict lane when the new time is taken.

    `revive` brings a cancelled visit back: platforms that know no move cancel, then book again. `seen` is what the caller saw of the
    visit; whatever has changed since is read anew.

    Raises NoSuchAppointment, UnknownReference, Refused `visit-too-long`.
    """
    schedule = schedule or current_schedule()
    seen = seen or _seen(appointment_id)
    to_practitioner = practitioner_id or seen.practitioner_id
    reason = _planned(schedule, seen.visit_reason_id if visit_reason_id is KEEP else visit_reason_id)
    rooms = rooms_needed(schedule, reason, schedule.postal_codes)
    others = [to_practitioner] if to_practitioner else []
    appointment, resources = lock_appointment(appointment_id, *others, *rooms, takes=seen.takes)
    if visit_reason_id is KEEP:
        reason = _planned(schedule, appointment.visit_reason_id)
    before = state_of(appointment, resources)
    freed = free(appointment_id=appointment.id)
    _relocate(schedule, appointment, to_practitioner or appointment.practitioner_id, site_id)
    appointment.start, appointment.end, appointment.visit_reason_id = start, end, reason.id if reason else None
    if revive and appointment.status == Status.CANCELLED:
        _revive(appointment)
    taking = _take_anew(schedule, appointment, reason, now)
    touch(appointment, now, "practitioner", "site", "visit_reason", "start", "end", "lane", *_CANCELLATION)
    after = state_of(appointment, list(taking.resources) if taking else [])
    announce(appointment, _what(before, after), before=before, after=after, actor=actor, now=now, origin=origin)
    settle_conflicts(freed, actor=actor, now=now)
    return appointment


def _relocate(schedule: Schedule, appointment: Appointment, practitioner_id: UUID, site_id: UUID | None) -> None:
    """Give it to that practitioner, at `site_id`, else where it is if they had it already, else where they usually are."""
    stays = appointment.site_id if practitioner_id == appointment.practitioner_id else None
    appointment.practitioner_id, appointment.site_id = practitioner_id, _site(schedule, practitioner_id, site_id or stays)


def _seen(appointment_id: UUID) -> Seen:
    rows = run((_SEEN, [str(appointment_id)]))
    return Seen(*rows[0]) if rows else Seen(None, None)


def _planned(schedule: Schedule, reason: object) -> ReasonPlan | None:
    return schedule.reasons.get(reason) if isinstance(reason, UUID) else None


def _what(before: State, after: State) -> str:
    """What was done: moved, or only told what it is for."""
    only_reason = before["visit_reason"] != after["visit_reason"] and all(before[one] == after[one] for one in _PLACE)
    return "reason" if only_reason else "moved"


def _write(appointment: Appointment, taking: Taking | None) -> None:
    """The visit and what it takes, in one turn."""
    written = insert_of(appointment)
    if taking:
        take(taking, appointment_id=appointment.id, after=[written])
    else:
        run(written)


def _take_anew(schedule: Schedule, appointment: Appointment, reason: ReasonPlan | None, now: datetime) -> Taking | None:
    """Take the time where the visit is now; nothing for one that takes none."""
    if not appointment.is_active:
        return None
    place = (appointment.practitioner_id, appointment.site_id)
    taking = _imported_taking(schedule, *place, reason, appointment.start, appointment.end, now)
    appointment.lane = Lane(taking.lane)
    take(taking, appointment_id=appointment.id)
    return taking


def _revive(appointment: Appointment) -> None:
    appointment.status, appointment.cancelled_at = Status.CONFIRMED, None
    appointment.cancelled_by = appointment.cancellation_reason = ""


@act
def withdraw_import(*, appointment_id: UUID, actor: Actor, origin: str, now: datetime) -> Appointment:
    """The visit was brought in by mistake: it is cancelled whatever its status, its time is free, its patient hears nothing.

    Raises NoSuchAppointment, AlreadyCancelled.
    """
    appointment, resources = lock_appointment(appointment_id)
    if appointment.status == Status.CANCELLED:
        raise AlreadyCancelled
    before = state_of(appointment, resources)
    appointment.status, appointment.cancelled_by, appointment.cancelled_at = Status.CANCELLED, "cabinet", now
    appointment.cancellation_reason = _("Import annulé")
    touch(appointment, now, *_CANCELLATION)
    freed = free(appointment_id=appointment.id)
    announce(appointment, "withdrawn", before=before, after=state_of(appointment, []), actor=actor, now=now, origin=origin)
    settle_conflicts(freed, actor=actor, now=now)
    return appointment


@act
def recognise_import(*, appointment_id: UUID, source: str, actor: Actor, origin: str, now: datetime) -> Appointment:
    """A visit that a file brought in is one that a platform took: from now on it comes from there. Raises NoSuchAppointment."""
    appointment, resources = lock_appointment(appointment_id)
    state = state_of(appointment, resources)
    appointment.source = source
    touch(appointment, now, "source")
    announce(appointment, "recognised", before=state, after=state, actor=actor, now=now, origin=origin)
    return appointment


@act
def set_patient(*, appointment_id: UUID, patient_id: UUID | None, actor: Actor, origin: str, now: datetime) -> Appointment:
    """Say whose visit it is. Raises NoSuchAppointment."""
    appointment, resources = lock_appointment(appointment_id)
    if appointment.patient_id == patient_id:
        return appointment
    before = state_of(appointment, resources)
    appointment.patient_id = patient_id
    touch(appointment, now, "patient")
    announce(appointment, "patient", before=before, after=state_of(appointment, resources), actor=actor, now=now, origin=origin)
    return appointment


def _site(schedule: Schedule, practitioner_id: UUID, said: UUID | None) -> UUID | None:
    """Where an imported visit takes place: where the platform said, else where the practitioner has hours, else works."""
    if practitioner_id not in schedule.practitioners:
        raise UnknownReference("/practitioner")
    if said in schedule.postal_codes:
        return said
    return next(iter([*schedule.sites_with_hours(practitioner_id, None), *schedule.practitioners[practitioner_id].sites]), None)


def _imported_taking(
    schedule: Schedule,
    practitioner_id: UUID,
    site_id: UUID | None,
    reason: ReasonPlan | None,
    start: datetime,
    end: datetime,
    now: datetime,
) -> Taking:
    """What an imported visit takes: with buffers and rooms where they are free, bare otherwise, in conflict when even that is taken."""
    low, high = epoch_minute(start), epoch_minute_up(end)
    before, after = (reason.before, reason.after) if reason else (0, 0)
    if high - low + before + after > LONGEST_OCCUPANCY_MINUTES:
        raise Refused(_("Cette visite est trop longue."), code="visit-too-long")
    wide, bare = (low - before, high + after), (low, high)
    busy = lock_and_look([practitioner_id, *rooms_needed(schedule, reason, [site_id])], wide, now).busy
    span = wide if busy[practitioner_id].is_free(*wide) else bare
    rooms = choose_rooms(schedule, reason, site_id, lambda room: busy[room].is_free(*span)) or []
    lane = Lane.NORMAL if busy[practitioner_id].is_free(*span) else Lane.CONFLICT
    return Taking((practitioner_id, *rooms), span, low, reason.id if reason else None, lane)
