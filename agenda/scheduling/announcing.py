"""Every act leaves a line in the journal and is told upward, in its own transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from agenda.actors import Actor
from agenda.errors import NoSuchAppointment, StaleAppointment
from agenda.free_times.busy import as_uuid
from agenda.models import Appointment, JournalEntry
from agenda.occupancy import resources_of
from agenda.signals import appointment_changed
from agenda.told_together import is_told_together
from medidesk.db.locks import ask_once_locked
from medidesk.db.prepared import run, run_later
from medidesk.db.rows import insert_of, update_of

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


@dataclass(frozen=True, slots=True)
class News:
    """An act on a visit: the line that it leaves in the journal, and what is told upward once that is written."""

    appointment: Appointment
    act: str
    before: State | None
    after: State
    actor: Actor
    now: datetime
    origin: str = ""
    fresh: bool = False  # of a visit that nobody has heard of, nor of a hold that it was

    @property
    def line(self) -> JournalEntry:
        """The line of the journal, to be written."""
        return JournalEntry(
            appointment_id=self.appointment.id, at=self.now, by=self.actor.name, act=self.act, origin=self.origin, before=self.before,
            after=self.after,
        )  # fmt: skip

    def tell(self) -> None:
        """Send the signal."""
        appointment_changed.send(
            sender=Appointment, appointment=self.appointment, act=self.act, before=self.before, after=self.after, actor=self.actor,
            origin=self.origin, told_together=is_told_together(), fresh=self.fresh,
        )  # fmt: skip


def announce(
    appointment: Appointment, act: str, *, before: State | None, after: State, actor: Actor, now: datetime, origin: str = ""
) -> None:
    """Write the journal line and send the signal; both live or die with the transaction."""
    news = News(appointment, act, before, after, actor, now, origin)
    run_later(insert_of(news.line))
    news.tell()


# What is locked is read in the same turn, after the wait.
_COLUMNS = [field.attname for field in Appointment._meta.concrete_fields]
_READ = (
    "SELECT " + ", ".join(f'a."{field.column}"' for field in Appointment._meta.concrete_fields) + ","
    " ARRAY(SELECT o.resource FROM agenda_occupancy o WHERE o.appointment_id = a.id ORDER BY o.id),"
    " (SELECT number FROM agenda_setuprevision) FROM agenda_appointment a WHERE a.id = %s FOR NO KEY UPDATE"
)
_TAKES = (
    "SELECT practitioner_id, ARRAY(SELECT resource FROM agenda_occupancy WHERE appointment_id = %s) FROM agenda_appointment WHERE id = %s"
)


def lock_appointment(
    appointment_id: UUID, *others: UUID, expected_version: int | None = None, takes: Collection[UUID] | None = None
) -> tuple[Appointment, list[UUID]]:
    """The visit, nobody else writing on its resources (nor on `others`) until the transaction ends, and those resources.

    `takes` is what the visit took when the caller looked. Raises NoSuchAppointment, StaleAppointment. Read again until what was locked
    is what the visit takes: it may have just moved.
    """
    appointment, resources, _revision = lock_under_setup(appointment_id, *others, expected_version=expected_version, takes=takes)
    return appointment, resources


def lock_under_setup(
    appointment_id: UUID, *others: UUID, expected_version: int | None = None, takes: Collection[UUID] | None = None
) -> tuple[Appointment, list[UUID], int]:
    """As `lock_appointment`, and the revision of the set-up, read under the locks."""
    needed = {*(_taken_by(appointment_id) if takes is None else takes), *others}
    while True:
        rows = ask_once_locked(needed, _READ, [str(appointment_id)])
        if not rows:
            raise NoSuchAppointment
        *values, taken, revision = rows[0]
        appointment, resources = Appointment.from_db(connection.alias, _COLUMNS, values), [as_uuid(one) for one in taken]
        if {appointment.practitioner_id, *resources} <= needed:
            break
        needed |= {appointment.practitioner_id, *resources}
    if expected_version is not None and appointment.version != expected_version:
        raise StaleAppointment(appointment.version)
    return appointment, resources, revision


def _taken_by(appointment_id: UUID) -> set[UUID]:
    """What the visit seems to take, before anything is locked. Raises NoSuchAppointment."""
    rows = run((_TAKES, [str(appointment_id), str(appointment_id)]))
    if not rows:
        raise NoSuchAppointment
    [(practitioner, taken)] = rows
    return {as_uuid(practitioner), *map(as_uuid, taken)}


def touch(appointment: Appointment, now: datetime, *fields: str) -> None:
    """Save the changed fields under a new version."""
    appointment.version += 1
    appointment.updated_at = now
    run_later(update_of(appointment, [*fields, "version", "updated_at"]))
