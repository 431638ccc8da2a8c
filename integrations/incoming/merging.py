"""Two sides of one visit brought together: who wins what, and what lost stays visible.

A cancellation wins over a move, whichever side. Else the platform wins time and identity of the visits it created, the
cabinet those of its own; status is the cabinet's.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from agenda.actors import Actor
from agenda.free_times.schedule import Schedule
from agenda.models import JournalEntry, Status
from agenda.scheduling import cancel_appointment, change_status, reschedule_import, set_patient
from agenda.scheduling.importing import KEEP, Seen
from integrations.incoming.people import patient_of
from integrations.incoming.references import as_it_can_stand, place
from integrations.models import Connection, ExternalReference, FieldConflict
from integrations.outgoing import outbox
from integrations.speaking.registry import label_of
from integrations.speaking.vocabulary import PlatformVisit, VisitStatus, visit_content

NOT_BEGUN = (Status.REQUESTED, Status.CONFIRMED)


class Merge:
    """One visit of ours (`is_with`: its practitioner's id there), its twin as it was last seen, and what the platform says now.

    To be run inside a transaction.
    """

    def __init__(
        self, connection: Connection, twin: ExternalReference, visit: PlatformVisit, practitioner: UUID, is_with: str, now: datetime,
        schedule: Schedule | None = None, takes: Collection[UUID] | None = None, site: UUID | None = None,
    ) -> None:  # fmt: skip
        self.connection = connection
        self.twin = twin
        self.visit = visit
        self.practitioner = practitioner
        self.now = now
        self.schedule, self.takes, self.site = schedule, takes, site
        self.appointment = twin.appointment
        self.actor = Actor.platform(connection.platform)
        here = visit_content(is_with, self.appointment.start, self.appointment.end, self.appointment.status)
        self.here = as_it_can_stand(connection, here, twin.content)
        self.there = visit.content()

    def is_back(self, *, fetched: bool) -> bool:
        """Cancelled here and gone there, yet it stands there again: a new visit."""
        standing = self.visit.status != VisitStatus.CANCELLED
        return fetched and standing and self.twin.gone_at is not None and self.appointment.status == Status.CANCELLED

    def run(self, reason: UUID | None) -> bool:
        """Bring both together; answers whether anything changed here."""
        if self.visit.status == VisitStatus.CANCELLED:
            return self._cancelled_there()
        if self.appointment.status == Status.CANCELLED:
            return self._cancelled_here()
        moved = self._place(reason) or self._reason(reason)
        marked = self._status()
        return self._patient() or moved or marked

    def _cancelled_there(self) -> bool:
        if self.appointment.status == Status.CANCELLED:
            return False
        if self.appointment.status not in NOT_BEGUN:
            self._lost("cancelled", FieldConflict.Decision.OURS)
            return False
        if place(self.here) != place(self.twin.content) and outbox.is_waiting(self.connection, self.appointment.id):
            self._lost("cancelled", FieldConflict.Decision.THEIRS)
        label = label_of(self.connection.platform)
        cancel_appointment(
            appointment_id=self.appointment.id,
            by="platform",
            reason=_("Annulé sur %(platform)s") % {"platform": label},
            actor=self.actor,
            now=self.now,
            origin=self.connection.origin,
            takes=self.takes,
        )
        return True

    def _cancelled_here(self) -> bool:
        if place(self.there) != place(self.twin.content):
            self._lost("moved", FieldConflict.Decision.OURS)
        if self.connection.writes:
            outbox.tell(self.connection, self.appointment.id, act="cancelled", now=self.now)
        return False

    def _place(self, reason: UUID | None) -> bool:
        seen = place(self.twin.content)
        if place(self.there) in (seen, place(self.here)):
            return False
        if place(self.here) != seen:
            theirs = not self.twin.ours
            self._lost("moved", FieldConflict.Decision.THEIRS if theirs else FieldConflict.Decision.OURS)
            if not theirs:
                outbox.tell(self.connection, self.appointment.id, act="moved", now=self.now)
                return False
        kept = self.visit.reason == self.twin.content.get("reason", self.visit.reason)
        reschedule_import(
            appointment_id=self.appointment.id,
            start=self.visit.start,
            end=self.visit.end,
            practitioner_id=self.practitioner,
            site_id=self.site,
            actor=self.actor,
            origin=self.connection.origin,
            now=self.now,
            schedule=self.schedule,
            visit_reason_id=KEEP if kept else reason,
            seen=Seen(self.appointment.practitioner_id, self.appointment.visit_reason_id, self.takes),
        )
        return True

    def _reason(self, reason: UUID | None) -> bool:
        """The platform says another reason than it did, of a visit that it created."""
        if self.twin.ours or reason in (None, self.appointment.visit_reason_id) or self.visit.reason == self.twin.content.get("reason"):
            return False
        reschedule_import(
            appointment_id=self.appointment.id,
            start=self.appointment.start,
            end=self.appointment.end,
            visit_reason_id=reason,
            actor=self.actor,
            origin=self.connection.origin,
            now=self.now,
            schedule=self.schedule,
        )
        return True

    def _status(self) -> bool:
        wanted = {VisitStatus.DONE: Status.COMPLETED, VisitStatus.NO_SHOW: Status.NO_SHOW}.get(self.visit.status)
        if wanted is None or self.appointment.status == wanted or self.twin.content.get("status") == self.visit.status:
            return False
        decided_here = self.appointment.status == Status.NO_SHOW or (wanted == Status.NO_SHOW and self.appointment.status not in NOT_BEGUN)
        if decided_here:
            self._lost("status", FieldConflict.Decision.OURS)
            return False
        change_status(appointment_id=self.appointment.id, status=wanted, actor=self.actor, now=self.now, origin=self.connection.origin)
        return True

    def _patient(self) -> bool:
        person = self.visit.patient
        if self.twin.ours or person is None or person.fingerprint() == self.twin.patient_hash:
            return False
        found = patient_of(self.connection, person, self.now)
        if found is None or found == self.appointment.patient_id:
            return False
        set_patient(appointment_id=self.appointment.id, patient_id=found, actor=self.actor, origin=self.connection.origin, now=self.now)
        return True

    def _lost(self, kind: str, decided: str) -> None:
        """What lost, for the list of conflicts and the visit's journal."""
        FieldConflict.objects.create(
            connection=self.connection,
            appointment=self.appointment,
            kind=kind,
            ours=self.here,
            theirs=self.there,
            decided=decided,
            at=self.now,
        )
        JournalEntry.objects.create(
            appointment=self.appointment,
            at=self.now,
            by=self.actor.name,
            act="conflict",
            origin=self.connection.origin,
            before=None,
            after={"kind": kind, "ours": self.here, "theirs": self.there, "decided": decided},
        )
