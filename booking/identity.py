"""From what was typed to the visit: the patient found or registered, the held time booked."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _

from agenda.actors import Actor
from agenda.free_times.examination import explain
from agenda.free_times.openings import Visitor
from agenda.free_times.patient_history import is_known
from agenda.models import Appointment, Hold
from agenda.scheduling import book_appointment
from booking.holds import SOURCE
from medidesk.errors import Refused
from patients.registration import PatientDetails, find_or_register
from patients.traits import is_mobile

KNOWN_ONLY = "known-patients-only"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who comes, and how to reach who books. Phone in E.164."""

    first_names: str
    birth_name: str
    birth_date: date
    phone: str
    email: str = ""
    relationship: str = ""
    note: str = ""

    @property
    def contact(self) -> tuple[str, Literal["sms", "email"]]:
        """Where the code goes: an SMS to a mobile, else an e-mail."""
        return (self.phone, "sms") if is_mobile(self.phone) else (self.email, "email")

    @property
    def details(self) -> PatientDetails:
        """As the patients' files take it."""
        return PatientDetails(
            first_names=self.first_names, birth_name=self.birth_name, birth_date=self.birth_date, email=self.email, phone=self.phone
        )


@transaction.atomic
def book_for(identity: Identity, hold: Hold, *, known: bool, now: datetime, on_existing: str | None = None) -> Appointment:
    """Book the held time for this person.

    Raises HoldGone when the hold has ended, Refused with a rule's code when the patient's own visits or file stand in the way.
    """
    patient, _created = find_or_register(identity.details, by=Actor.patient().name, now=now)
    if known and not is_known(patient.id, now):
        _refuse_known_only(hold, now)
    booked = book_appointment(
        hold_id=hold.id, patient_id=patient.id, actor=Actor.patient(), source=SOURCE, now=now, on_existing=on_existing, note=_note(identity)
    )
    return booked.appointment


def _refuse_known_only(hold: Hold, now: datetime) -> None:
    """Who said to be known and is not gets what a new patient would have got."""
    refusals = explain(
        visit_reason_id=hold.visit_reason_id, practitioner_id=hold.practitioner_id, site_id=hold.site_id, start=hold.start, now=now,
        visitor=Visitor(status="new", channel=SOURCE),
    )  # fmt: skip
    if any(refusal.code == KNOWN_ONLY for refusal in refusals):
        message = _("Cet horaire est réservé aux patients déjà suivis par le cabinet, et nous n’avons pas trouvé votre fiche.")
        raise Refused(message, code=KNOWN_ONLY)


def _note(identity: Identity) -> str:
    """What the desk reads beside the visit."""
    by_relative = _("Pris par un proche (%(relationship)s).") % {"relationship": identity.relationship} if identity.relationship else ""
    return " ".join(part for part in (by_relative, identity.note) if part)[:500]
