"""Who waits for a time in the demo: cancel a visit, and the first of them is told."""

from datetime import timedelta

from agenda.models import Appointment, Status
from agenda.waiting_list.joining import join
from integrations.demo.tilleuls import SetUp
from integrations.demo.visits import STAFF, Filling


def let_some_wait(filling: Filling, made: SetUp) -> None:
    """Three wishes: one in a hurry, one for mornings only, one to have a visit earlier."""
    aubry, reason = made.practitioners["aubry"], made.reasons["aubry"][0]
    coming = Appointment.objects.filter(practitioner=aubry, visit_reason=reason, status=Status.CONFIRMED, patient__isnull=False)
    late = coming.filter(start__gt=filling.now + timedelta(days=7)).order_by("-start").first()
    busy = set(coming.filter(start__gt=filling.now).values_list("patient_id", flat=True))
    busy |= {one["patient"].id for one in filling.elsewhere or ()}
    urgent, mornings = [one for one in filling.patients if one.id not in busy and one.phone][:2]
    shared = {"actor": STAFF, "source": "phone", "practitioners": [aubry.id]}
    before = filling.now - timedelta(days=3)
    join(patient_id=urgent.id, visit_reason_id=reason.id, priority="urgent", now=filling.now - timedelta(hours=3), **shared)
    windows = [{"weekdays": [0, 1, 2, 3, 4], "start": 0, "end": 12 * 60}]
    join(patient_id=mornings.id, visit_reason_id=reason.id, windows=windows, now=before, **shared)
    if late is not None and late.patient_id is not None:
        join(patient_id=late.patient_id, appointment_id=late.id, now=before, **shared)
