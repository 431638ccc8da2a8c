"""No run cancels a great part of an agenda without a person."""

from datetime import datetime
from uuid import UUID

from agenda.models import Appointment, Status
from integrations.models import Connection, ExternalReference, Kind

MOST_VISITS = 5
MOST_SHARE = 0.20


def too_many(cancellations: int, future_visits: int) -> bool:
    """More than 5 visits and more than 20 % of an agenda's future visits."""
    return cancellations > MOST_VISITS and cancellations > MOST_SHARE * future_visits


def vanished_too_many(vanished: int, shown_before: int) -> bool:
    """More than half of the future events that a calendar showed are not in it any more: rather a calendar gone wrong."""
    return vanished * 2 > shown_before


class Brake:
    """The brake of one run on one connection."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        self.agendas: list[dict[str, object]] = []

    def holds(self, practitioner: UUID, cancellations: int, vanished: int = 0) -> bool:
        """Must these cancellations wait for a person? `vanished` of them are only no longer shown by a source that shows everything."""
        future = Appointment.objects.filter(practitioner=practitioner, start__gt=self.now, status__in=(Status.REQUESTED, Status.CONFIRMED))
        held = too_many(cancellations, future.count()) or (vanished > 0 and vanished_too_many(vanished, self._shown(practitioner)))
        if held:
            self.agendas.append({"practitioner": str(practitioner), "cancellations": cancellations, "at": self.now.isoformat()})
        return held

    def _shown(self, practitioner: UUID) -> int:
        """The future visits of this agenda that the source showed last."""
        twins = ExternalReference.objects.standing().filter(
            connection=self.connection, kind=Kind.VISIT, appointment__practitioner=practitioner
        )
        return twins.filter(appointment__start__gt=self.now, appointment__status__in=(Status.REQUESTED, Status.CONFIRMED)).count()

    def remember(self, *, whole: bool) -> None:
        """Show what is held; after a whole read also that nothing is held any more."""
        if not self.agendas and not whole:
            return
        self.connection.brake_held = self.agendas
        Connection.objects.filter(pk=self.connection.pk).update(brake_held=self.connection.brake_held)
