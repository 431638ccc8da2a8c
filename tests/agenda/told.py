"""What patients are told, seen from the tests: what is planned, what reaches them."""

from datetime import date, timedelta

from agenda.scheduling import cancel_appointment, import_visit, move_appointment
from medidesk.messaging.models import Message, OutboxEntry
from medidesk.messaging.sending import send_due
from tests.agenda.diary import NOW, PATIENT, PLATFORM, STAFF, at

NEXT_MONDAY = date(2026, 3, 9)
TEN = at(10, day=NEXT_MONDAY)
SATURDAY_TEN = at(10, day=date(2026, 3, 7))  # 48 h before
TWO_MINUTES = timedelta(minutes=2)
LINK = "http://tourcoing.localhost:8000/r/abc"


def planned():
    return [(m.kind, m.channel, m.due_at) for m in Message.objects.filter(status="planned").order_by("due_at")]


def sent(now):
    """What reaches the patient by `now`, in this call."""
    before = set(OutboxEntry.objects.values_list("operation_id", flat=True))
    while send_due(now):
        pass
    return [entry.text for entry in OutboxEntry.objects.exclude(operation_id__in=before)]


def move(visit, start, now=NOW, **values):
    return move_appointment(**{"appointment_id": visit.id, "start": start, "actor": STAFF, "now": now} | values).appointment


def cancel(visit, by="cabinet", now=NOW, **values):
    actor = {"cabinet": STAFF, "patient": PATIENT, "platform": PLATFORM}[by]
    return cancel_appointment(**{"appointment_id": visit.id, "by": by, "reason": "x", "actor": actor, "now": now} | values)


def imported(diary, **values):
    fields = {"practitioner_id": diary.alma.id, "patient_id": diary.nour.id, "start": TEN, "end": TEN + timedelta(minutes=30)}
    return import_visit(**fields | {"actor": PLATFORM, "source": "doctolib", "origin": "connection:1", "now": NOW} | values)
