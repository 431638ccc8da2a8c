"""Booking a bundle: every visit by the rules, all of them or none, told in one message per household. Ending it by one act."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction

from agenda.actors import Actor
from agenda.bundles.errors import NoSuchBundle, PatientInTwoPlaces
from agenda.bundles.wishes import check_number
from agenda.calendar.wall_time import epoch_minute
from agenda.free_times.examination import around
from agenda.free_times.rooms import rooms_needed
from agenda.free_times.schedule import current_schedule
from agenda.grouped_messages import tell_booked
from agenda.models import Appointment, Bundle, BundleMember
from agenda.occupancy import clear_expired_holds
from agenda.scheduling import Booked, book_appointment
from agenda.scheduling.cancelling_together import cancel_lines
from agenda.series.errors import NothingLeftToCancel
from agenda.told_together import told_together
from medidesk.db.locks import lock_until_commit
from medidesk.errors import MediDeskError


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One visit to book; without a practitioner: whoever is least busy."""

    patient_id: UUID
    visit_reason_id: UUID
    start: datetime
    practitioner_id: UUID | None = None
    site_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class BookedBundle:
    """The bundle and its visits, in the order asked for."""

    bundle: Bundle
    booked: list[Booked]


@transaction.atomic
def book_bundle(
    members: Sequence[Member],
    *,
    kind: str,
    actor: Actor,
    source: str,
    now: datetime,
    insist: str | None = None,
    on_existing: str | None = None,
    note: str = "",
) -> BookedBundle:
    """Book every member or none, in one transaction.

    Raises Refused `out-of-bounds` (their number), PatientInTwoPlaces, and what booking raises: the pointer names the member that is
    refused (`/members/1`), and nothing remains.
    """
    check_number(members)
    _lock(members, now)
    bundle = Bundle.objects.create(kind=kind, source=source, booked_by=actor.name, note=note, created_at=now, updated_at=now)
    booked: list[Booked] = []
    with told_together():
        for n, member in enumerate(members):
            booked.append(_book(n, member, members[:n], actor, source, now, insist, on_existing, note))
            _check_one_place([one.appointment for one in booked])
    visits = [one.appointment for one in booked]
    rows = [BundleMember(bundle=bundle, number=n, appointment=visit) for n, visit in enumerate(visits, 1)]
    BundleMember.objects.bulk_create(rows)
    tell_booked([(row.id, visit) for row, visit in zip(rows, visits, strict=True)], now=now)
    return BookedBundle(bundle, booked)


@transaction.atomic
def cancel_bundle(*, bundle_id: UUID, by: Literal["patient", "cabinet"], reason: str, actor: Actor, now: datetime) -> list[Appointment]:
    """Cancel the visits to come of a bundle, told once per household; those that have begun are left.

    Raises NoSuchBundle, NothingLeftToCancel.
    """
    bundle = Bundle.objects.select_for_update().filter(pk=bundle_id).first()
    if bundle is None:
        raise NoSuchBundle
    rows = bundle.members.values_list("id", "appointment_id")
    return cancel_lines(bundle, rows, nothing_left=NothingLeftToCancel(), by=by, reason=reason, actor=actor, now=now)


def _lock(members: Sequence[Member], now: datetime) -> None:
    """Every resource at once, here and in the other cabinets of those who share their time, so that nobody waits crosswise."""
    resources = _resources(members)
    lock_until_commit(resources)
    minutes = [epoch_minute(one.start) for one in members]
    clear_expired_holds(resources, (around(min(minutes))[0], around(max(minutes))[1]), now)


def _resources(members: Sequence[Member]) -> set[UUID]:
    """Every resource that one of the visits may take."""
    schedule = current_schedule()
    resources: set[UUID] = set()
    for one in members:
        those = [one.practitioner_id] if one.practitioner_id else schedule.practitioners_of(one.visit_reason_id)
        reason = schedule.reasons.get(one.visit_reason_id)
        resources.update(those, rooms_needed(schedule, reason, [one.site_id] if one.site_id else schedule.postal_codes))
    return resources


def _book(
    n: int,
    member: Member,
    earlier: Sequence[Member],
    actor: Actor,
    source: str,
    now: datetime,
    insist: str | None,
    on_existing: str | None,
    note: str,
) -> Booked:
    """One member; a refusal says which."""
    same = any((one.patient_id, one.visit_reason_id) == (member.patient_id, member.visit_reason_id) for one in earlier)
    try:
        return book_appointment(
            visit_reason_id=member.visit_reason_id, start=member.start, practitioner_id=member.practitioner_id, site_id=member.site_id,
            patient_id=member.patient_id, actor=actor, source=source, now=now, insist=insist,
            on_existing="keep" if same else on_existing, note=note,
        )  # fmt: skip
    except MediDeskError as error:
        error.pointer = f"/members/{n}" + (error.pointer or "")
        raise


def _check_one_place(visits: Sequence[Appointment]) -> None:
    """Raise PatientInTwoPlaces when the last visit overlaps another of its patient's."""
    last = visits[-1]
    for one in visits[:-1]:
        if one.patient_id == last.patient_id and one.start < last.end and last.start < one.end:
            raise PatientInTwoPlaces(f"/members/{len(visits) - 1}")
