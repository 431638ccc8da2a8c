"""What would have been written on a platform if its connection were live: counted each night, shown with its lamp."""

from datetime import datetime

from agenda.models import Appointment, Hold, Status
from integrations.models import Connection, ExternalReference, Kind
from integrations.outgoing.wanted import wanted_for_hold, wanted_for_visit
from integrations.speaking.vocabulary import PlatformBusy


def rehearse(connection: Connection, now: datetime) -> dict[str, object]:
    """Count, keep and answer: `{"at", "visits", "closed_times"}`."""
    visits, closed = count_writes(connection, now)
    connection.rehearsal = {"at": now.isoformat(), "visits": visits, "closed_times": closed}
    Connection.objects.filter(pk=connection.pk).update(rehearsal=connection.rehearsal)
    return connection.rehearsal


def count_writes(connection: Connection, now: datetime) -> tuple[int, int]:
    """How many visits would be written there, and how many times closed, if the connection went live now."""
    practitioners = connection.practitioners.values("practitioner")
    there = ExternalReference.objects.standing().filter(connection=connection, kind=Kind.VISIT)
    visits = Appointment.objects.filter(practitioner__in=practitioners, end__gt=now).exclude(status=Status.CANCELLED)
    holds = Hold.objects.filter(practitioner__in=practitioners, state=Hold.State.ACTIVE, expires_at__gt=now)
    wanted = [
        wanted_for_visit(connection, visit, now) for visit in visits.exclude(pk__in=there.values("appointment")).select_related("patient")
    ]
    wanted += [wanted_for_hold(connection, hold, now) for hold in holds]
    closed = sum(isinstance(each, PlatformBusy) for each in wanted)
    return sum(each is not None for each in wanted) - closed, closed
