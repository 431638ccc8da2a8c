"""The visits of whoever proved to hold a phone or an e-mail address."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from agenda.models import Appointment, VisitReason
from booking.changes import may_change
from booking.links import sign_visit

MOST_PAST = 20


@dataclass(frozen=True, slots=True)
class ListedVisit:
    """A visit and the token of its page."""

    appointment: Appointment
    token: str
    changeable: bool


def contact_is_known(contact: str) -> bool:
    """Has a visit of this cabinet this phone or e-mail address?"""
    return _visits_of(contact).exists()


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


def advice_of(reason: VisitReason | None) -> object | None:
    """Price and what to bring, when the cabinet wrote them."""
    return getattr(reason, "advice", None) if reason else None


def _listed(appointment: Appointment, now: datetime) -> ListedVisit:
    return ListedVisit(appointment, sign_visit(appointment.id), may_change(appointment, now))


def _visits_of(contact: str):
    whose = Q(patient__email__iexact=contact) if "@" in contact else Q(patient__phone=contact)
    return Appointment.objects.filter(whose, patient__deleted_at__isnull=True)
