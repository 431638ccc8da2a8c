"""What the news of many visits needs to know, read in a few queries; and all that they may write, locked at once and in one order."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from agenda.free_times.rooms import rooms_needed
from agenda.free_times.schedule import Schedule, current_schedule
from agenda.models import Appointment, Occupancy
from integrations.connections.reminding import SILENCED, Reminding, reminding_as
from integrations.incoming.brought_in import SOURCE
from integrations.incoming.people import details_of
from integrations.incoming.references import known_twins, number_of_twin, place
from integrations.models import (
    Connection,
    ExternalReference,
    Kind,
    OutboundChange,
    OutboundState,
    PractitionerMapping,
    ReasonMapping,
    SiteMapping,
)
from integrations.outgoing.listeners import Listeners, listening_as
from integrations.speaking.vocabulary import PlatformVisit
from medidesk.db.locks import lock_until_commit
from patients.registration import identity_number

Told = tuple[Connection, PlatformVisit]
Other = tuple[bool, tuple[str, ...], datetime | None]  # does it stand there, who and when, since when not


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
        self._sites = self._mapped(SiteMapping.objects.all(), "site_id")
        self._there = {(connection, ours): theirs for (connection, theirs), ours in self._practitioners.items()}
        self.schedule: Schedule = current_schedule()
        self._twins = dict(self._read_twins())
        self._in_doubt = set(
            OutboundChange.objects.filter(state=OutboundState.WAITING, uncertain=True).values_list("connection_id", flat=True)
        )
        self._others = self._read_others()
        self._imported = set(self._read_imported())
        self.woken: set[UUID] = set()
        self._answers: tuple[Reminding, Listeners] | None = None
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

    def site_here(self, connection: Connection, external_id: str) -> UUID | None:
        """Which of our sites that is, `None` when not mapped."""
        return self._sites.get((connection.id, external_id)) if external_id else None

    def twin(self, connection: Connection, external_id: str) -> ExternalReference | None:
        """The reference under any id the visit ever had, by its newest."""
        return self._twins.get((connection.id, external_id))

    def taken_by(self, appointment: UUID | None) -> set[UUID]:
        """What one of the visits that are known took before anything was locked."""
        return self._taken[appointment]

    @contextmanager
    def answering(self, now: datetime) -> Iterator[None]:
        """Who reminds these visits and whom platforms are told of is read once for all."""
        if self._answers is None:
            visits = {twin.appointment_id: bool(twin.content.get(SILENCED)) for twin in self._twins.values() if twin.appointment_id}
            self._answers = Reminding(visits, [visit for visit, silenced in visits.items() if silenced], now), Listeners()
        with reminding_as(self._answers[0]), listening_as(self._answers[1]):
            yield

    def may_be_ours(self, connection: Connection, visit: PlatformVisit) -> bool:
        """Can a visit that nobody knows be one that MediDesk created there?"""
        return bool(visit.client_reference) or connection.id in self._in_doubt

    def stands_there(self, connection: Connection, visit: PlatformVisit) -> bool:
        """Does a visit of this person stand on the platform in that very place?"""
        return any(is_standing and where == place(visit.content()) for is_standing, where, _gone in self._others_of(connection, visit))

    def has_left(self, connection: Connection, visit: PlatformVisit, since: datetime) -> bool:
        """Was a visit of this person cancelled on the platform since then?"""
        return any(gone is not None and gone >= since for _is_standing, _where, gone in self._others_of(connection, visit))

    def _others_of(self, connection: Connection, visit: PlatformVisit) -> list[Other]:
        return self._others[connection.id, visit.patient.fingerprint()] if visit.patient else []

    def knows_imported(self, practitioner: UUID, start: datetime) -> bool:
        """Has a file brought in a visit at that time?"""
        return (practitioner, start) in self._imported

    def _mapped(self, rows: "Iterable[PractitionerMapping | ReasonMapping | SiteMapping]", ours: str) -> dict[tuple[UUID, str], UUID]:
        return {(row.connection_id, row.external_id): getattr(row, ours) for row in rows if row.connection_id in self._connections}

    def _read_twins(self) -> Iterator[tuple[tuple[UUID, str], ExternalReference]]:
        for one in {connection.id: connection for connection, _ in self._told}.values():
            ids = {visit.external_id for connection, visit in self._told if connection.id == one.id}
            for external_id, twin in known_twins(one, ids).items():
                yield (one.id, external_id), twin

    def _read_others(self) -> dict[tuple[UUID, str], list[Other]]:
        """What each platform shows, or showed, of the persons of visits that are new."""
        others: dict[tuple[UUID, str], list[Other]] = defaultdict(list)
        wanted = {visit.patient.fingerprint() for connection, visit in self._told if visit.patient and self._is_new(connection, visit)}
        if wanted:
            same = Q(connection__in=self._connections, kind=Kind.VISIT, patient_hash__in=wanted)
            for twin in ExternalReference.objects.filter(same):
                is_standing = twin.gone_at is None and twin.replaced_by_id is None
                others[twin.connection_id, twin.patient_hash].append((is_standing, place(twin.content), twin.gone_at))
        return others

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
