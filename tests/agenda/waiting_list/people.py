"""Those who wait, and what happens to times, in a few words."""

from datetime import datetime, timedelta
from typing import Any

from agenda.models import FreedTime, WaitingListEntry, WaitingOffer
from agenda.scheduling import cancel_appointment
from agenda.waiting_list.joining import join
from agenda.waiting_list.tending import tend
from patients.models import Patient
from tests.agenda.diary import NOW, PATIENT, STAFF, Diary, at, make_patient

OFFER_LINK = "http://tourcoing.localhost:8000/r/abc"
TEN = at(10)
MINUTE = timedelta(minutes=1)


def make_person(number: int, **values: Any) -> Patient:
    """A patient with a mobile of the range kept for fiction."""
    return make_patient(
        **{"birth_name": f"Attente{number}", "first_names": "Ines", "phone": f"+336399800{number:02d}", "email": ""} | values
    )


def wait(diary: Diary, patient: Patient, *, now: datetime = NOW, **values: Any) -> WaitingListEntry:
    """This person joins the list at the desk."""
    wish = {"visit_reason_id": diary.reason.id, "actor": STAFF, "source": "phone", "now": now}
    if "appointment_id" in values:
        wish.pop("visit_reason_id")
    return join(patient_id=patient.id, **wish | values)


def give_back(visit: Any, now: datetime = NOW, by: str = "patient") -> None:
    """The visit is cancelled."""
    actor = PATIENT if by == "patient" else STAFF
    cancel_appointment(appointment_id=visit.id, by=by, reason="", actor=actor, now=now)


def freed_at_ten(diary: Diary, now: datetime = NOW) -> FreedTime:
    """Nour books at ten and gives it back; the round has not begun."""
    give_back(diary.book(TEN, now=now), now)
    return FreedTime.objects.get()


def open_offer() -> WaitingOffer:
    """The one open offer."""
    return WaitingOffer.objects.get(state="open")


def go(now: datetime) -> None:
    """The worker does what is due."""
    tend(now)


def states() -> list[tuple[str, str]]:
    """Who stands where, by name."""
    return list(WaitingListEntry.objects.order_by("patient__birth_name").values_list("patient__birth_name", "state"))
