"""A visit as a calendar file (RFC 5545) for the patient's own calendar: when, where, with whom; never what for."""

from datetime import datetime

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from agenda.models import Appointment, Status
from medidesk.cabinets.current import current_cabinet


def calendar_of(appointment: Appointment, *, url: str, address: str, now: datetime) -> bytes:
    """The file; `url` leads to the page where the visit is moved or cancelled."""
    cabinet = current_cabinet()
    event = Event()
    event.add("uid", f"{appointment.id}@{cabinet.uuid}")
    event.add("sequence", appointment.version)
    event.add("dtstamp", now)
    event.add("dtstart", appointment.start)
    event.add("dtend", appointment.end)
    event.add("summary", _("Rendez-vous, %(cabinet)s") % {"cabinet": cabinet.name})
    facts = {"practitioner": appointment.practitioner.name, "url": url}
    event.add("description", _("Avec %(practitioner)s. Déplacer ou annuler\u00a0: %(url)s") % facts)
    event.add("location", address)
    event.add("url", url)
    event.add("class", "PRIVATE")
    event.add("status", _status(appointment))
    calendar = Calendar()
    calendar.add("prodid", "-//MediDesk//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return calendar.to_ical()


def _status(appointment: Appointment) -> str:
    if appointment.status == Status.CANCELLED:
        return "CANCELLED"
    return "TENTATIVE" if appointment.status == Status.REQUESTED else "CONFIRMED"
