"""The visits of whoever proved to hold a phone or an e-mail address."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from agenda.models import Appointment, VisitReason
from agenda.reminders import CONFIRMATION, REQUESTED
from booking.changes import may_change
from booking.links import sign_visit
from medidesk.messaging.models import Message, Status
from patients.models import Patient

MOST_PAST = 20
JUST_TAKEN = timedelta(hours=1)
UNSENT = (Status.CANCELLED, Status.FAILED)


@dataclass(frozen=True, slots=True)
class ListedVisit:
    """A visit and the token of its page."""

    appointment: Appointment
    token: str
    changeable: bool


def contact_is_known(contact: str) -> bool:
    """Has a visit of this cabinet this phone or e-mail address?"""
    return _visits_of(contact).exists()


def patients_reached_by(contact: str) -> list[tuple[UUID, str]]:
    """(id, first names) of the patients with this phone or e-mail address, in a stable order."""
    whose = Q(email__iexact=contact) if "@" in contact else Q(phone=contact)
    return list(Patient.objects.filter(whose, deleted_at=None).order_by("created_at", "id").values_list("id", "first_names"))


def visits_of(contact: str, now: datetime) -> tuple[list[ListedVisit], list[ListedVisit]]:
    """The visits to come, soonest first, and the last ones passed or cancelled, newest first."""
    found = _visits_of(contact).select_related("practitioner", "visit_reason", "patient", "site")
    coming = found.filter(start__gte=now).exclude(status="cancelled").order_by("start")
    past = found.exclude(pk__in=coming.values("pk")).order_by("-start")[:MOST_PAST]
    return [_listed(one, now) for one in coming], [_listed(one, now) for one in past]


def address_of(appointment: Appointment) -> str:
    """Where the visit takes place, on one line."""
    site = appointment.site
    if site is None:
        return ""
    return ", ".join(part for part in (site.address_line, f"{site.postal_code} {site.city}".strip()) if part)


def told_by(appointment: Appointment, now: datetime) -> tuple[str, str]:
    """By which channel, and to which phone or address, the confirmation of a visit just taken is leaving; ("", "") when none is."""
    patient = appointment.patient
    if patient is None or appointment.created_at < now - JUST_TAKEN:
        return "", ""
    messages = Message.objects.filter(about=appointment.id, kind__in=(CONFIRMATION, REQUESTED)).exclude(status__in=UNSENT)
    channel = messages.values_list("channel", flat=True).first() or ""
    return channel, {"sms": patient.phone, "email": patient.email}.get(channel, "")


def advice_of(reason: VisitReason | None) -> object | None:
    """Price and what to bring, when the cabinet wrote them."""
    return getattr(reason, "advice", None) if reason else None


def _listed(appointment: Appointment, now: datetime) -> ListedVisit:
    return ListedVisit(appointment, sign_visit(appointment.id), may_change(appointment, now))


def _visits_of(contact: str):
    whose = Q(patient__email__iexact=contact) if "@" in contact else Q(patient__phone=contact)
    return Appointment.objects.filter(whose, patient__deleted_at__isnull=True)
