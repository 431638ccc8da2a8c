"""Joining the waiting list, changing a wish, leaving."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from agenda.actors import Actor
from agenda.errors import UnknownReference
from agenda.models import Priority, WaitingListEntry, WaitingOffer
from agenda.models.waiting_list import STANDING
from agenda.waiting_list.ending import end_offer
from agenda.waiting_list.entries import lock_entry, save_entry, tell_pages
from agenda.waiting_list.errors import AlreadyWaiting, NotWaiting
from agenda.waiting_list.rounds import look_again
from agenda.waiting_list.wishes import Window, check_wish, visit_to_move
from medidesk.db.constraints import constraint_raises
from patients.models import Patient

CHANGEABLE = ("visit_reason_id", "practitioners", "sites", "from_date", "until_date", "windows", "priority", "note")


@transaction.atomic
def join(
    *,
    patient_id: UUID,
    actor: Actor,
    source: str,
    now: datetime,
    visit_reason_id: UUID | None = None,
    appointment_id: UUID | None = None,
    practitioners: Sequence[UUID] = (),
    sites: Sequence[UUID] = (),
    from_date: date | None = None,
    until_date: date | None = None,
    windows: Sequence[Window] = (),
    priority: str = Priority.NORMAL,
    note: str = "",
) -> WaitingListEntry:
    """Put a patient on the list, for a time or (with `appointment_id`, whose reason then holds) for an earlier one.

    Raises AlreadyWaiting, UnknownReference, or Refused as `check_wish` and `visit_to_move` do.
    """
    if not Patient.objects.filter(pk=patient_id, deleted_at__isnull=True).exists():
        raise UnknownReference("/patient")
    visit = visit_to_move(appointment_id, patient_id, now) if appointment_id else None
    reason_id = visit.visit_reason_id if visit else visit_reason_id
    if reason_id is None:
        raise UnknownReference("/visit_reason")
    values = {
        "visit_reason_id": reason_id, "practitioners": list(practitioners), "sites": list(sites), "from_date": from_date,
        "until_date": until_date, "windows": [dict(one) for one in windows], "priority": priority, "note": note[:300],
    }  # fmt: skip
    check_wish(values, now=now, for_staff=actor.is_staff)
    _check_not_waiting(patient_id, reason_id)
    entry = WaitingListEntry(
        patient_id=patient_id, appointment=visit, source=source, joined_by=actor.name, created_at=now, updated_at=now, **values
    )
    with constraint_raises("waiting_once", AlreadyWaiting()):
        entry.save(force_insert=True)
    look_again(now)
    tell_pages(entry)
    return entry


def _check_not_waiting(patient_id: UUID, reason_id: UUID) -> None:
    if WaitingListEntry.objects.filter(patient_id=patient_id, visit_reason_id=reason_id, state__in=STANDING, deleted_at=None).exists():
        raise AlreadyWaiting


@transaction.atomic
def change(
    *, entry_id: UUID, changes: Mapping[str, Any], actor: Actor, now: datetime, expected_version: int | None = None
) -> WaitingListEntry:
    """Change a wish; the version grows only when something changes. Raises NoSuchEntry, StaleEntry, NotWaiting once it is closed,
    AlreadyWaiting, and what `check_wish` raises."""
    entry = lock_entry(entry_id, expected_version)
    if entry.state not in STANDING:
        raise NotWaiting
    values = {name: getattr(entry, name) for name in CHANGEABLE}
    wanted = values | {name: value for name, value in changes.items() if name in CHANGEABLE}
    if entry.appointment_id:
        wanted["visit_reason_id"] = entry.visit_reason_id
    changed = [name for name in CHANGEABLE if wanted[name] != values[name]]
    if not changed:
        return entry
    check_wish(wanted, now=now, for_staff=actor.is_staff or "priority" not in changed)
    for name in changed:
        setattr(entry, name, wanted[name])
    with constraint_raises("waiting_once", AlreadyWaiting()):
        save_entry(entry, now, *(name.removesuffix("_id") for name in changed))
    look_again(now)
    return entry


@transaction.atomic
def withdraw(*, entry_id: UUID, actor: Actor, now: datetime, expected_version: int | None = None) -> WaitingListEntry:
    """Take somebody off the list; a time on offer goes to the next. Nothing changes when it is closed. Raises NoSuchEntry, StaleEntry."""
    entry = lock_entry(entry_id, expected_version)
    if entry.state not in STANDING:
        return entry
    offer = WaitingOffer.objects.select_for_update().filter(entry=entry, state=WaitingOffer.State.OPEN).first()
    if offer is not None:
        end_offer(offer, WaitingOffer.State.DECLINED, by=actor.name, now=now)
        entry.refresh_from_db()
    entry.state = WaitingListEntry.State.WITHDRAWN
    save_entry(entry, now, "state")
    return entry


@transaction.atomic
def remove(*, entry_id: UUID, actor: Actor, now: datetime, expected_version: int | None = None) -> None:
    """Take somebody off the list as `withdraw` does, and the entry out of sight; who asks what changed still learns of it."""
    withdraw(entry_id=entry_id, actor=actor, now=now, expected_version=expected_version)
    entry = lock_entry(entry_id)
    entry.deleted_at = now
    save_entry(entry, now, "deleted_at")
