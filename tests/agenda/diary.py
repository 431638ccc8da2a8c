"""A small diary for tests: one plain factory per thing, no surprises."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from agenda.actors import Actor
from agenda.models import Absence, OpeningHours, Practitioner, ReasonOffer, Resource, Site, Substitution, VisitReason
from patients.models import Patient

PARIS = ZoneInfo("Europe/Paris")
# A Monday in winter; the clocks go forward on Sunday 29 March 2026.
MONDAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=PARIS)

STAFF = Actor("Basile", "staff")
PATIENT = Actor.patient()
PARTNER = Actor.partner("Portail")
PLATFORM = Actor.platform("elsewhere")


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    """That time of that day in Paris."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS)


def make_site(**values: Any) -> Site:
    """A site in Tourcoing."""
    return Site.objects.create(**{"name": "Cabinet", "postal_code": "59200", "city": "Tourcoing"} | values)


def make_practitioner(site: Site, **values: Any) -> Practitioner:
    """A practitioner of that site."""
    practitioner = Practitioner.objects.create(**{"title": "Dr", "first_name": "Alma", "last_name": "Delcourt"} | values)
    practitioner.sites.add(site)
    return practitioner


def make_reason(*practitioners: Practitioner, **values: Any) -> VisitReason:
    """A 30-minute reason that these practitioners offer."""
    reason = VisitReason.objects.create(**{"name": "Consultation", "duration_minutes": 30} | values)
    for practitioner in practitioners:
        ReasonOffer.objects.create(visit_reason=reason, practitioner=practitioner)
    return reason


def make_hours(practitioner: Practitioner, site: Site, start: int = 9, end: int = 12, **values: Any) -> OpeningHours:
    """Monday hours, given in whole hours."""
    reasons = values.pop("visit_reasons", ())
    row = {"weekday": None if "date" in values else 0, "start_minute": start * 60, "end_minute": end * 60} | values
    hours = OpeningHours.objects.create(practitioner=practitioner, site=site, **row)
    hours.visit_reasons.set(reasons)
    return hours


def make_absence(start: datetime, end: datetime, **values: Any) -> Absence:
    """An absence of a practitioner or a closure of a site."""
    return Absence.objects.create(start=start, end=end, **values)


def make_substitution(practitioner: Practitioner, substitute: Practitioner, **values: Any) -> Substitution:
    """The substitute stands in on that Monday unless said otherwise."""
    return Substitution.objects.create(
        practitioner=practitioner, substitute=substitute, **{"first_day": MONDAY, "last_day": MONDAY} | values
    )


def make_room(site: Site, name: str = "Salle 1", kind: str = "room") -> Resource:
    """A room of that site."""
    return Resource.objects.create(name=name, kind=kind, site=site)


def make_patient(**values: Any) -> Patient:
    """Nour."""
    return Patient.objects.create(
        **{"birth_name": "Haddad", "first_names": "Nour", "birth_date": date(1990, 5, 17), "email": "nour@patients.example"} | values
    )


class Diary:
    """One practitioner, one site, Monday mornings 9 to 12, one 30-minute reason, one patient."""

    def __init__(self) -> None:
        self.site = make_site()
        self.alma = make_practitioner(self.site)
        self.reason = make_reason(self.alma)
        self.hours = make_hours(self.alma, self.site)
        self.nour = make_patient()

    def slots(self, practitioner: UUID | None = None, **values: Any) -> list[str]:
        """The free wall times of one Monday, as `09:00`."""
        from agenda.free_times.availability import free_slots
        from agenda.free_times.openings import Visitor

        day = values.pop("day", MONDAY)
        offers = free_slots(
            visit_reason_id=values.pop("reason", self.reason).id,
            start_date=day,
            end_date=day + timedelta(days=1),
            now=values.pop("now", NOW),
            visitor=values.pop("visitor", Visitor(channel="website")),
            **values,
        )
        return [slot.text[11:16] for offer in offers if practitioner in (None, offer.practitioner_id) for slot in offer.slots]

    def book(self, start: datetime, **values: Any):
        """Nour books by the cabinet's site unless said otherwise."""
        from agenda.scheduling import book_appointment

        return book_appointment(
            **{
                "visit_reason_id": self.reason.id, "start": start, "practitioner_id": self.alma.id, "patient_id": self.nour.id,
                "actor": PATIENT, "source": "website", "now": NOW,
            }
            | values
        ).appointment  # fmt: skip
