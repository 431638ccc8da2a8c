"""Every act leaves a line in the journal and is told upward, in its own transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from agenda.actors import Actor
from agenda.errors import NoSuchAppointment, StaleAppointment
from agenda.models import Appointment, JournalEntry
from agenda.occupancy import resources_of
from agenda.signals import appointment_changed
from agenda.told_together import is_told_together
from medidesk.db.locks import lock_until_commit

State = dict[str, Any]


def state_of(appointment: Appointment, resources: list[UUID] | None = None) -> State:
    """What the journal keeps of a visit: ids, times and status, nothing about the person."""
    taken = resources_of(appointment_id=appointment.id) if resources is None else resources
    return {
        "start": appointment.start.isoformat(),
        "end": appointment.end.isoformat(),
        "practitioner": str(appointment.practitioner_id),
        "site": appointment.site_id and str(appointment.site_id),
        "visit_reason": appointment.visit_reason_id and str(appointment.visit_reason_id),
        "patient": appointment.patient_id and str(appointment.patient_id),
        "status": str(appointment.status),
        "lane": str(appointment.lane),
        "resources": [str(one) for one in taken if one != appointment.practitioner_id],
    }


def announce(
    appointment: Appointment, act: str, *, before: State | None, after: State, actor: Actor, now: datetime, origin: str = ""
) -> None:
    """Write the journal line and send the signal; both live or die with the transaction."""
    JournalEntry.objects.create(appointment=appointment, at=now, by=actor.name, act=act, origin=origin, before=before, after=after)
    appointment_changed.send(
        sender=Appointment, appointment=appointment, act=act, before=before, after=after, actor=actor, origin=origin,
        told_together=is_told_together(),
    )  # fmt: skip


def lock_appointment(appointment_id: UUID, *others: UUID, expected_version: int | None = None) -> tuple[Appointment, list[UUID]]:
    """The visit, nobody else writing on its resources (nor on `others`) until the transaction ends, and those resources.

    Raises NoSuchAppointment, StaleAppointment. Read again until what was locked is what the visit takes: it may have just moved.
    """
    held: set[UUID] = set()
    while True:
        found = Appointment.objects.filter(pk=appointment_id).values_list("practitioner_id", flat=True).first()
        if found is None:
            raise NoSuchAppointment
        needed = {found, *resources_of(appointment_id=appointment_id), *others}
        if needed <= held:
            break
        lock_until_commit(needed)
        held |= needed
    appointment = Appointment.objects.select_for_update().get(pk=appointment_id)
    if expected_version is not None and appointment.version != expected_version:
        raise StaleAppointment(appointment.version)
    return appointment, resources_of(appointment_id=appointment_id)


def touch(appointment: Appointment, now: datetime, *fields: str) -> None:
    """Save the changed fields under a new version."""
    appointment.version += 1
    appointment.updated_at = now
    appointment.save(update_fields=[*fields, "version", "updated_at"])
