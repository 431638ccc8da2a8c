"""A Monday on which Alma will be away, and what becomes of her visits."""

from datetime import datetime, timedelta

from agenda.mass_absence import Scope, carry_out_due, prepare, send
from agenda.models import Appointment, MassAbsence, MassAbsenceLine
from agenda.setup import ABSENCES, create
from tests.agenda.diary import NOW, STAFF, at, make_hours, make_practitioner, make_reason
from tests.agenda.told import NEXT_MONDAY

AFTER = NOW + timedelta(minutes=10)
LATER = NOW + timedelta(minutes=30)
IN_A_WEEK = NEXT_MONDAY


def scope(diary, start: datetime | None = None, end: datetime | None = None, **values) -> Scope:
    """Alma's Monday, all of it."""
    return Scope(**{"practitioner_id": diary.alma.id, "site_id": None, "start": start or at(8), "end": end or at(20)} | values)


def drafted(diary, **values) -> MassAbsence:
    """Prepared by Basile."""
    return prepare(scope(diary, **values), actor=STAFF, now=NOW)


def announced(diary, **values) -> MassAbsence:
    """Prepared and sent."""
    return send(drafted(diary, **values).id, actor=STAFF, now=NOW)


def carried_out(diary, **values) -> MassAbsence:
    """Prepared, sent, and the ten minutes are over."""
    mass = announced(diary, **values)
    carry_out_due(AFTER)
    mass.refresh_from_db()
    return mass


def colleague(diary, **hours):
    """Samir, who offers the same reason on Mondays."""
    samir = make_practitioner(diary.site, first_name="Samir", last_name="Benali")
    diary.reason.offers.create(practitioner=samir)
    make_hours(samir, diary.site, **hours)
    return samir


def line_of(visit) -> MassAbsenceLine:
    """The line of that visit in the only absence."""
    return MassAbsenceLine.objects.get(appointment=visit)


def outcomes() -> list[tuple[str, str]]:
    """(state, outcome) of every line, in the order of the visits."""
    return list(MassAbsenceLine.objects.order_by("was_start", "id").values_list("state", "outcome"))


def statuses() -> list[str]:
    """The visits' statuses in their order."""
    return list(Appointment.objects.order_by("start", "id").values_list("status", flat=True))


__all__ = [
    "ABSENCES", "AFTER", "IN_A_WEEK", "LATER", "announced", "carried_out", "colleague", "create", "drafted", "line_of", "make_reason",
    "outcomes", "scope", "statuses",
]  # fmt: skip
