"""One visit or hold made true on one platform, with as few calls as it takes.

Nothing is sent from memory: what stands there (our references, and the platform itself where it may have changed) is compared
with what should. Before a write its content is noted (`uncertain`), so that whoever comes after a crash looks there first.
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from agenda.models import Appointment, Hold, Status
from integrations.connections.reminding import is_silenced_by, note_silenced
from integrations.errors import InDoubt, Outdated, Refused, Taken
from integrations.incoming.applying import News, apply_news
from integrations.incoming.feeding import unheard_visits
from integrations.incoming.references import as_it_can_stand, lock_twin, own_twin, place, remember, rename
from integrations.models import ExternalReference, Kind, OutboundChange, OutboundState
from integrations.outgoing import outbox
from integrations.outgoing.closing_times import ClosingTimes
from integrations.outgoing.wanted import Wanted, left_to_close, wanted_for_hold, wanted_for_twin, wanted_for_visit
from integrations.speaking.base import Capability, Connector, FeedConnector
from integrations.speaking.vocabulary import PlatformPatient, PlatformVisit, VisitStatus, digest, with_status
from medidesk import clock

MOST_ROUNDS = 4


class Delivery(ClosingTimes):
    """A claimed row on its way. Raises the connector's errors, and LeaseLost when somebody else has taken the row over."""

    def run(self) -> OutboundState:
        """Bring the platform into line; answers how it ended."""
        if self._is_uncertain():
            self._look_there()
        for _round in range(MOST_ROUNDS):
            try:
                return self._converge()
            except Outdated:
                continue
        raise Refused("changes there as fast as here")

    def _converge(self) -> OutboundState:
        self.change.refresh_from_db(fields=["subject", "is_hold"])  # a hold may have become a visit meanwhile
        standing = list(ExternalReference.objects.standing().filter(connection=self.connection).of(self.change.subject))
        twins = [each for each in standing if each.kind == Kind.VISIT]
        closed = [each for each in standing if each.kind == Kind.BUSY]
        if twins and Capability.WRITE_VISITS not in self.connector.capabilities:
            return self._close(left_to_close(self._wanted(), twins), closed)  # what stands there is somebody's own
        if twins:
            self._open(closed)  # a time held for this very visit must not stand in its way
            closed = []
            state = self._settle_twins(twins)
            if state is not None:
                return state
        wanted = self._wanted()
        if isinstance(wanted, PlatformVisit):
            self._open(closed)
            return self._create_visit(wanted)
        return self._close(wanted, closed)

    # --- the visit itself stands there ------------------------------------------------------------------------------

    def _settle_twins(self, twins: list[ExternalReference]) -> OutboundState | None:
        """The newest twin as it should be, older ones gone; `None` when none is left and the time may have to be closed instead."""
        twin = max(twins, key=lambda each: each.pk)
        current = self.connector.visit(twin.external_id)
        self.shown = (twin, current) if current is not None else None
        if current is None or current.status == VisitStatus.CANCELLED:
            return self._gone_there(twin, current)
        if self._changed_there(twin, current):
            apply_news(News(self.connection, current, clock.now(), fetched=True))
            raise Outdated
        appointment = Appointment.objects.get(pk=self.change.subject)
        wanted = wanted_for_twin(self.connection, appointment, current.status)
        if wanted is not None:
            there = as_it_can_stand(self.connection, wanted.content(), current.content())
            wanted = replace(wanted, end=datetime.fromisoformat(there["end"]))
        state = self._make(twin, current, wanted, appointment)
        for older in twins:
            if older is not twin and (left := self.connector.visit(older.external_id)) is not None:
                self._cancel(older, left)
        return state

    def _make(
        self, twin: ExternalReference, current: PlatformVisit, wanted: PlatformVisit | None, appointment: Appointment
    ) -> OutboundState:
        if wanted is None and appointment.status != Status.CANCELLED:
            raise Refused("practitioner not mapped")
        if wanted is None:
            self._cancel(twin, current)
        elif self._must_be_booked_anew(current, wanted):
            return self._book_anew(twin, current, wanted)
        elif wanted.content() != current.content() or is_silenced_by(current, wanted):
            return self._update(twin, current, wanted)
        else:
            self._remember_visit(twin, current)
        return OutboundState.DONE

    def _must_be_booked_anew(self, current: PlatformVisit, wanted: PlatformVisit) -> bool:
        moves = wanted.practitioner != current.practitioner
        return moves or (Capability.UPDATE_VISITS not in self.connector.capabilities and wanted.content() != current.content())

    def _book_anew(self, twin: ExternalReference, current: PlatformVisit, wanted: PlatformVisit) -> OutboundState:
        """The new one first, then the old one cancelled; the other way round where the old one would stand in the way."""
        wanted = replace(wanted, patient=_same_person(wanted, current), reason=wanted.reason or current.reason)
        in_the_way = wanted.practitioner == current.practitioner and wanted.start < current.end and current.start < wanted.end
        if in_the_way:
            self._cancel(twin, current)
        state = self._create_visit(wanted)
        if state == OutboundState.DONE and not in_the_way:
            self._cancel(twin, current)
        return state

    def _update(self, twin: ExternalReference, current: PlatformVisit, wanted: PlatformVisit) -> OutboundState:
        if is_silenced_by(current, wanted):
            note_silenced(twin)
        operation = self._about_to_write(Kind.VISIT, wanted, twin=twin)
        try:
            answer = self.connector.update_visit(current, wanted, operation)
        except Taken:
            return self._taken(wanted, twin)
        self._remember_visit(twin, answer)
        outbox.wake_blocked(self.connection, clock.now())
        return OutboundState.DONE

    def _cancel(self, twin: ExternalReference, current: PlatformVisit) -> None:
        cancelled = with_status(current, VisitStatus.CANCELLED)
        operation = self._about_to_write(Kind.VISIT, cancelled, twin=twin)
        self.connector.cancel_visit(current, operation)
        self._remember_visit(twin, cancelled)
        outbox.wake_blocked(self.connection, clock.now())

    def _gone_there(self, twin: ExternalReference, current: PlatformVisit | None) -> OutboundState | None:
        """Cancelled there, or unknown: the first is news, the second never cancels anything here."""
        if current is not None:
            apply_news(News(self.connection, current, clock.now(), fetched=True))
        ExternalReference.objects.filter(pk=twin.pk, gone_at=None).update(gone_at=clock.now())
        return None

    def _changed_there(self, twin: ExternalReference, current: PlatformVisit) -> bool:
        """Has somebody there changed it since we last saw or wrote it?"""
        if digest(current.content()) == twin.sent_hash:
            return False
        newer = current.version is not None and twin.version is not None and current.version > twin.version
        return newer or place(current.content()) != place(twin.content)

    # --- visits of ours --------------------------------------------------------------------------------------------

    def _create_visit(self, wanted: PlatformVisit) -> OutboundState:
        operation = self._about_to_write(Kind.VISIT, wanted, creates=True)
        try:
            answer = self.connector.create_visit(wanted, operation)
        except Taken:
            return self._taken(wanted, None)
        self._remember_visit(None, answer)
        return OutboundState.DONE

    @transaction.atomic
    def _remember_visit(self, twin: ExternalReference | None, answer: PlatformVisit) -> None:
        """The platform's answer, in the transaction that clears the doubt."""
        row = outbox.held(self.change)
        lock_twin(self.connection, answer.external_id)
        key = {"connection": self.connection, "kind": Kind.VISIT, "external_id": answer.external_id}
        known = ExternalReference.objects.filter(**key).first()
        if twin is not None and known is None:
            known = rename(ExternalReference.objects.get(pk=twin.pk), answer.external_id)
        if known is None:
            known = ExternalReference(**key, appointment_id=row.subject, ours=True, created_at=clock.now())
        if known.version is None or answer.version is None or answer.version >= known.version:
            known.sent_hash = digest(answer.content())
            remember(known, answer, None, clock.now())
        self._certain(row)

    # --- doubt -------------------------------------------------------------------------------------------------------

    def _is_uncertain(self) -> bool:
        doubts = OutboundChange.objects.filter(connection=self.connection, subject=self.change.subject, uncertain=True)
        return doubts.exists()

    def _look_there(self) -> None:
        """Find what an unanswered write may have left there, by our own references. Raises InDoubt where nothing can be found so."""
        rows = OutboundChange.objects.filter(connection=self.connection, subject=self.change.subject, uncertain=True)
        if Capability.LOOK_UP not in self.connector.capabilities and any(row.sending.get("creates") for row in rows):
            raise InDoubt
        wanted = {str(self.change.subject)} | {row.sending.get("reference", "") for row in rows}
        for reference in sorted(wanted - {""}):
            for busy in self.connector.busy_of(reference):
                self._remember_busy(busy)
            for visit in self.connector.visits_of(reference):
                self._adopt(visit)
        if isinstance(self.connector, FeedConnector):
            for visit in unheard_visits(self.connection, self.connector):
                self._adopt(visit)
        with transaction.atomic():
            outbox.held(self.change)
            rows.update(uncertain=False)
        self.change.uncertain = False

    @transaction.atomic
    def _adopt(self, visit: PlatformVisit) -> None:
        outbox.held(self.change)
        lock_twin(self.connection, visit.external_id)
        known = ExternalReference.objects.filter(connection=self.connection, kind=Kind.VISIT, external_id=visit.external_id).exists()
        if not known and visit.status != VisitStatus.CANCELLED and (twin := own_twin(self.connection, visit)) is not None:
            remember(twin, visit, None, clock.now())

    def _wanted(self) -> Wanted:
        row = OutboundChange.objects.get(pk=self.change.pk)
        now: datetime = clock.now()
        if row.is_hold:
            hold = Hold.objects.filter(pk=row.subject).first()
            return wanted_for_hold(self.connection, hold, now) if hold else None
        appointment = Appointment.objects.select_related("patient").filter(pk=row.subject).first()
        return wanted_for_visit(self.connection, appointment, now) if appointment else None


def _same_person(wanted: PlatformVisit, current: PlatformVisit) -> PlatformPatient | None:
    """The patient as the cabinet knows them, under the name that they have there."""
    if wanted.patient is None or current.patient is None:
        return wanted.patient or current.patient
    return replace(wanted.patient, external_id=current.patient.external_id)


def deliver(change: OutboundChange, connector: Connector) -> tuple[OutboundState, str]:
    """Deliver one claimed row; answers how it ended, and what a person should know of that. Raises Unavailable, Refused, KeyRefused,
    NotUnderstood, LeaseLost, MustWait."""
    delivery = Delivery(change, connector)
    return delivery.run(), delivery.detail
