"""What a platform lists against the appointments themselves, whatever was noted of it before.

What differs by the platform's own doing follows it; what people here changed is told there, where that may be; the rest is counted
and shown. What is on its way there already differs for a moment only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from agenda.actors import Actor
from agenda.models import Appointment, JournalEntry, Status
from agenda.scheduling import change_status, reschedule_import
from agenda.scheduling.importing import KEEP
from integrations.incoming.references import as_it_can_stand, lock_twin, place
from integrations.models import Connection, ExternalReference, Kind, OutboundChange, OutboundState
from integrations.outgoing import outbox
from integrations.outgoing.wanted import STATUS_THERE
from integrations.speaking.vocabulary import PlatformVisit, VisitStatus, visit_content
from medidesk.errors import MediDeskError

AT_ONCE = 500
GIVEN_UP = (OutboundState.BLOCKED, OutboundState.DEAD, OutboundState.DROPPED)
STATUS_HERE = {VisitStatus.DONE: Status.COMPLETED, VisitStatus.NO_SHOW: Status.NO_SHOW}
_PLACE_HERE = ("start", "end", "practitioner")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known here of a visit that is listed."""

    external_id: str
    ours: bool
    content: dict[str, str]
    id: UUID
    version: int
    start: datetime
    end: datetime
    status: str
    practitioner: UUID
    reason: UUID | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A visit listed and an appointment that say something else: cancelled, place, status, reason."""

    visit: PlatformVisit
    known: Known
    about: frozenset[str]


class Comparison:
    """One listing of one connection; `drift` and `repaired` count visits once `run` is through."""

    def __init__(self, connection: Connection, now: datetime, *, told: bool) -> None:
        self.connection, self.now, self.told = connection, now, told
        self.practitioners = dict(connection.practitioners.values_list("external_id", "practitioner_id"))
        self.there = {ours: theirs for theirs, ours in self.practitioners.items()}
        reasons = connection.reason_mappings.values_list("external_id", "visit_reason_id") if connection.reasons else ()
        self.reasons = dict(reasons)
        self.actor = Actor.platform(connection.platform)
        self.drift = self.repaired = 0

    def run(self, visits: Sequence[PlatformVisit]) -> "Comparison":
        """Compare; one query for 500 visits, some more for those that differ."""
        for first in range(0, len(visits), AT_ONCE):
            standing = {each.external_id: each for each in visits[first : first + AT_ONCE] if each.status != VisitStatus.CANCELLED}
            differing = [found for known in self._known(standing) if (found := self._difference(standing[known.external_id], known))]
            if differing:
                self._settle(differing)
        return self

    def _known(self, standing: dict[str, PlatformVisit]) -> Iterator[Known]:
        twins = ExternalReference.objects.filter(connection=self.connection, kind=Kind.VISIT, external_id__in=standing)
        columns = ("id", "version", "start", "end", "status", "practitioner_id", "visit_reason_id")
        rows = twins.exclude(appointment=None).values_list(
            "external_id", "ours", "content", *(f"appointment__{name}" for name in columns)
        )  # fmt: skip
        return (Known(*row) for row in rows)

    def _difference(self, visit: PlatformVisit, known: Known) -> Difference | None:
        if visit.practitioner not in self.practitioners:
            return None
        if known.status == Status.CANCELLED:
            return Difference(visit, known, frozenset({"cancelled"}))
        here = visit_content(self.there.get(known.practitioner, ""), known.start, known.end, known.status)
        reason = self.reasons.get(visit.reason)
        about = {
            "place": place(as_it_can_stand(self.connection, here, visit.content())) != place(visit.content()),
            "status": self._status_differs(visit, known),
            "reason": reason is not None and reason != known.reason and not known.ours,
        }
        differing = frozenset(name for name, differs in about.items() if differs)
        return Difference(visit, known, differing) if differing else None

    def _status_differs(self, visit: PlatformVisit, known: Known) -> bool:
        if self.connection.status_out and self.told:
            return STATUS_THERE.get(Status(known.status), VisitStatus.CONFIRMED) != visit.status
        return visit.status in STATUS_HERE and known.status in (Status.REQUESTED, Status.CONFIRMED)

    # --- what becomes of it ------------------------------------------------------------------------------------------

    def _settle(self, differing: Sequence[Difference]) -> None:
        ids = [each.known.id for each in differing]
        rows = OutboundChange.objects.filter(connection=self.connection, subject__in=ids).order_by("id")
        newest = dict(rows.values_list("subject", "state"))
        journals: dict[UUID, list[JournalEntry]] = {one: [] for one in ids}
        for line in JournalEntry.objects.filter(appointment__in=ids).order_by("id"):
            journals[line.appointment_id].append(line)
        for each in differing:
            if newest.get(each.known.id) == OutboundState.WAITING:
                continue  # on its way there
            self._settle_one(each, History(journals[each.known.id], self.connection.origin), newest.get(each.known.id) in GIVEN_UP)

    def _settle_one(self, found: Difference, history: "History", given_up: bool) -> None:
        follows = {"place": history.was_placed_there(), "reason": not history.reason_was_changed_here()}
        theirs = {name for name in found.about if follows.get(name)}
        if "status" in found.about and not self._writes_status() and not history.ever_was(STATUS_HERE[found.visit.status]):
            theirs.add("status")
        ours = found.about - theirs - {"reason"} - (set() if self._writes_status() else {"status"})
        if self.told and place(found.known.content) == place(found.visit.content()):
            ours -= {"place"}  # seen by what is told again
        if not theirs and not ours:
            return
        self.drift += 1
        if theirs and not ours:
            self.repaired += self._follow(found, theirs)
        elif self.told and not given_up:
            outbox.tell(self.connection, found.known.id, act="cancelled" if "cancelled" in ours else "reconciled", now=self.now)
            self.repaired += 1

    def _writes_status(self) -> bool:
        return self.connection.status_out and self.told

    def _follow(self, found: Difference, about: set[str]) -> bool:
        """As the platform has it, unless somebody changed the appointment meanwhile."""
        visit, known = found.visit, found.known
        how: dict[str, Any] = {"actor": self.actor, "origin": self.connection.origin, "now": self.now, "appointment_id": known.id}
        try:
            with transaction.atomic():
                lock_twin(self.connection, visit.external_id)
                if not Appointment.objects.filter(pk=known.id, version=known.version).exists():
                    return False
                if about & {"place", "reason"}:
                    moves = "place" in about
                    reschedule_import(
                        start=visit.start if moves else known.start,
                        end=visit.end if moves else known.end,
                        practitioner_id=self.practitioners[visit.practitioner] if moves else known.practitioner,
                        visit_reason_id=self.reasons[visit.reason] if "reason" in about else KEEP,
                        **how,
                    )
                if "status" in about:
                    change_status(status=STATUS_HERE[visit.status], **how)
        except MediDeskError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class History:
    """The journal of one visit, oldest line first, read for who had the last word: this connection (`origin`) or somebody else."""

    lines: Sequence[JournalEntry]
    origin: str

    def was_placed_there(self) -> bool:
        """Did the platform say last when and with whom it is?"""
        return self._last(*_PLACE_HERE) == self.origin

    def reason_was_changed_here(self) -> bool:
        """Did somebody else than the platform say last what it is for?"""
        return self._last("visit_reason") != self.origin

    def ever_was(self, status: str) -> bool:
        """Had it this status once, so that what it has now was decided since?"""
        return any((line.after or {}).get("status") == status for line in self.lines)

    def _last(self, *names: str) -> str:
        for line in reversed(self.lines):
            before, after = line.before or {}, line.after or {}
            if any(name in after and after[name] != before.get(name) for name in names) or line.act == "imported":
                return line.origin
        return ""


def compare(connection: Connection, visits: Sequence[PlatformVisit], now: datetime, *, told: bool) -> Comparison:
    """Compare what is listed with what is here; `told`: may the platform be told, and was it told of all there was?"""
    return Comparison(connection, now, told=told).run(visits)
