"""What the news of many visits needs to know, read in a few queries; and all that they may write, locked at once and in one order."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from agenda.free_times.rooms import rooms_needed
from agenda.free_times.schedule import Schedule, current_schedule
from agenda.models import Appointment, Occupancy
from integrations.brought_in import SOURCE
from integrations.models import Connection, ExternalReference, Kind, OutboundChange, OutboundState, PractitionerMapping, ReasonMapping
from integrations.people import details_of
from integrations.references import known_twins, number_of_twin
from integrations.reminding import SILENCED, Reminding
from integrations.vocabulary import PlatformVisit
from medidesk.db.locks import lock_until_commit
from patients.registration import identity_number

Told = tuple[Connection, PlatformVisit]


class Gathered:
    """Good for these visits, each told of once and no two of one person, until the transaction ends.

    Read under the locks of the visits and of their persons: nobody else changes what stands here.
    """

    def __init__(self, told: Sequence[Told]) -> None:
        self._told = told
        self._connections = {connection.id for connection, _ in told}
        lock_until_commit(number_of_twin(connection, visit.external_id) for connection, visit in told)
        lock_until_commit(identity_number(details_of(visit.patient)) for _, visit in told if visit.patient)
        self._practitioners = self._mapped(PractitionerMapping.objects.all(), "practitioner_id")
        self._reasons = self._mapped(ReasonMapping.objects.all(), "visit_reason_id")
        self._there = {(connection, ours): theirs for (connection, theirs), ours in self._practitioners.items()}
        self.schedule: Schedule = current_schedule()
        self._twins = dict(self._read_twins())
        self._in_doubt = set(
            OutboundChange.objects.filter(state=OutboundState.WAITING, uncertain=True).values_list("connection_id", flat=True)
        )
        self._persons = set(self._read_persons())
        self._imported = set(self._read_imported())
        self.woken: set[UUID] = set()
        self._taken: dict[UUID | None, set[UUID]] = defaultdict(set)
        lock_until_commit(self._resources())

    def practitioner_here(self, connection: Connection, external_id: str) -> UUID | None:
        """Who of ours that is, `None` when not mapped."""
        return self._practitioners.get((connection.id, external_id))

    def practitioner_there(self, connection: Connection, practitioner: UUID) -> str | None:
        """The practitioner's id on the platform, `None` when not mapped."""
        return self._there.get((connection.id, practitioner))

    def reason_here(self, connection: Connection, external_id: str) -> UUID | None:
        """Which of our reasons that is, `None` when not mapped."""
        return self._reasons.get((connection.id, external_id)) if external_id and connection.reasons else None

    def twin(self, connection: Connection, external_id: str) -> ExternalReference | None:
        """The reference under any id the visit ever had, by its newest."""
        return self._twins.get((connection.id, external_id))

    def taken_by(self, appointment: UUID | None) -> set[UUID]:
        """What one of the visits that are known took before anything was locked."""
        return self._taken[appointment]

    def reminding(self, now: datetime) -> Reminding:
        """Who reminds these visits."""
        twins = [twin for twin in self._twins.values() if twin.appointment_id]
        silenced = [twin.appointment_id for twin in twins if twin.content.get(SILENCED)]
        return Reminding([twin.appointment_id for twin in twins], silenced, now)

    def may_be_ours(self, connection: Connection, visit: PlatformVisit) -> bool:
        """Can a visit that nobody knows be one that MediDesk created there?"""
        return bool(visit.client_reference) or connection.id in self._in_doubt

    def knows_person(self, connection: Connection, visit: PlatformVisit) -> bool:
        """Was any other visit of this person told of by this platform?"""
        return visit.patient is not None and (connection.id, visit.patient.fingerprint()) in self._persons

    def knows_imported(self, practitioner: UUID, start: datetime) -> bool:
        """Has a file brought in a visit at that time?"""
        return (practitioner, start) in self._imported

    def _mapped(self, rows: "Iterable[PractitionerMapping] | Iterable[ReasonMapping]", ours: str) -> dict[tuple[UUID, str], UUID]:
        return {(row.connection_id, row.external_id): getattr(row, ours) for row in rows if row.connection_id in self._connections}

    def _read_twins(self) -> Iterator[tuple[tuple[UUID, str], ExternalReference]]:
        for one in {connection.id: connection for connection, _ in self._told}.values():
            ids = {visit.external_id for connection, visit in self._told if connection.id == one.id}
            for external_id, twin in known_twins(one, ids).items():
                yield (one.id, external_id), twin

    def _read_persons(self) -> Iterable[tuple[UUID, str]]:
        wanted = {visit.patient.fingerprint() for connection, visit in self._told if visit.patient and self._is_new(connection, visit)}
        if not wanted:
            return []
        same = Q(connection__in=self._connections, kind=Kind.VISIT, patient_hash__in=wanted)
        return ExternalReference.objects.filter(same).values_list("connection_id", "patient_hash").distinct()

    def _read_imported(self) -> Iterable[tuple[UUID, datetime]]:
        starts = {visit.start for connection, visit in self._told if self._is_new(connection, visit)}
        if not starts:
            return []
        return Appointment.objects.filter(source=SOURCE, start__in=starts).values_list("practitioner_id", "start")

    def _is_new(self, connection: Connection, visit: PlatformVisit) -> bool:
        return (connection.id, visit.external_id) not in self._twins

    def _resources(self) -> set[UUID]:
        """Whatever these visits take, or may take."""
        needed = set(self._practitioners.values())
        sites = list(self.schedule.postal_codes)
        known = [twin.appointment for twin in self._twins.values() if twin.appointment is not None]
        reasons = {self.reason_here(connection, visit.reason) for connection, visit in self._told}
        reasons |= {each.visit_reason_id for each in known}
        for reason in filter(None, reasons):
            needed.update(rooms_needed(self.schedule, self.schedule.reasons.get(reason), sites))
        needed.update(each.practitioner_id for each in known)
        if known:
            taken = Occupancy.objects.filter(appointment__in=[each.id for each in known])
            for visit, resource in taken.values_list("appointment", "resource"):
                self._taken[visit].add(resource)
        return needed.union(*self._taken.values())
