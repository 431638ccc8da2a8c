"""Somebody who did not come three times: booking online is closed to him for a while, and he contests."""

from datetime import date, datetime, timedelta

from agenda import setup
from agenda.missed_visits import contest_closing
from agenda.models import BookingPolicy, Practitioner, VisitReason
from agenda.scheduling import import_visit
from integrations.demo.visits import STAFF, Filling
from patients.registration import PatientDetails, register_patient

WHO = PatientDetails(first_names="Mathis", birth_name="Delfosse", birth_date=date(1994, 3, 8), sex="M", phone="+33639980931")
AGO = (40, 26, 12)  # days
SAID = "Le 12, j’avais prévenu par téléphone la veille\u00a0: la personne au standard l’a noté."


def miss_visits(filling: Filling, practitioner: Practitioner, reason: VisitReason) -> None:
    """Switch the cabinet's rule on, and let somebody miss three visits; the last one is contested."""
    setup.change(setup.BOOKING_POLICY, BookingPolicy.objects.get().pk, {"is_on": True}, now=filling.now)
    patient = register_patient(WHO, by=STAFF.name, now=filling.now - timedelta(days=60))
    visit = None
    for days in AGO:
        day = filling.today - timedelta(days=days)
        start = datetime(day.year, day.month, day.day, 18, 30, tzinfo=filling.zone)
        visit = import_visit(
            practitioner_id=practitioner.id, start=start, end=start + timedelta(minutes=reason.duration_minutes), source="website",
            actor=STAFF, origin="demo", now=start, visit_reason_id=reason.id, patient_id=patient.id, status="no_show",
        )  # fmt: skip
    if visit is not None:
        contest_closing(appointment_id=visit.id, text=SAID, now=filling.now - timedelta(hours=3))
