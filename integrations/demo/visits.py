"""Six weeks of visits of every provenance, booked through the verbs as they would have been."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from agenda.actors import Actor
from agenda.free_times.availability import free_slots
from agenda.free_times.openings import Visitor
from agenda.models import Practitioner, VisitReason
from agenda.scheduling import book_appointment, import_visit
from patients.models import Patient

# The mix of provenances of the source documents: Doctolib 40 %, the cabinet's site 30 %, Maiia 20 %, telephone and door 5 % each.
MIX = (("doctolib", 40), ("website", 30), ("maiia", 20), ("phone", 5), ("walk_in", 5))
PLATFORMS = ("doctolib", "maiia")
STAFF = Actor("Nadia Belkacem", "staff")
DAYS = range(-21, 22)


@dataclass
class Filling:
    """One cabinet being filled, by one seed."""

    random: Random
    zone: ZoneInfo
    now: datetime
    patients: list[Patient]
    sources: tuple[tuple[str, int], ...] = MIX
    elsewhere: list[dict] | None = None

    @property
    def today(self) -> date:
        """The cabinet's date."""
        return self.now.astimezone(self.zone).date()

    def fill(self, practitioner: Practitioner, reasons: list[VisitReason]) -> None:
        """Book the practitioner's days: full around today, thinner ahead."""
        for offset in DAYS:
            share = 0.8 - 0.02 * abs(offset) if offset <= 1 else max(0.62 - 0.03 * offset, 0.1)
            self._fill_day(practitioner, reasons, self.today + timedelta(days=offset), share)

    def _fill_day(self, practitioner: Practitioner, reasons: list[VisitReason], day: date, share: float) -> None:
        booked_at = datetime(day.year, day.month, day.day, tzinfo=self.zone) - timedelta(days=5)
        main, others = reasons[0], reasons[1:]
        slots = free_slots(
            visit_reason_id=main.id, start_date=day, end_date=day + timedelta(days=1), now=booked_at,
            visitor=Visitor(status="known", staff=True, channel="phone"), practitioner_ids=[practitioner.id],
        )  # fmt: skip
        for slot in (slot for offer in slots for slot in offer.slots):
            if self.random.random() < share:
                reason = self.random.choice([main, main, *others])
                if reason.duration_minutes <= main.duration_minutes:
                    self._visit(practitioner, reason, slot.start, min(booked_at, self.now))

    def _visit(self, practitioner: Practitioner, reason: VisitReason, start: datetime, booked_at: datetime) -> None:
        source = self.random.choices([name for name, _ in self.sources], [weight for _, weight in self.sources])[0]
        patient = self.random.choice(self.patients)
        if start <= self.now:
            self._past(practitioner, reason, start, source, patient)
        elif source in PLATFORMS:
            if self.elsewhere is not None:
                self.elsewhere.append(
                    {"platform": source, "practitioner": practitioner, "reason": reason, "start": start, "patient": patient}
                )
        else:
            book_appointment(
                visit_reason_id=reason.id, start=start, practitioner_id=practitioner.id, patient_id=patient.id, source=source,
                actor=Actor("patient", "staff") if source == "website" else STAFF, now=booked_at, insist="Reprise de l’agenda",
                on_existing="keep",
            )  # fmt: skip

    def _past(self, practitioner: Practitioner, reason: VisitReason, start: datetime, source: str, patient: Patient) -> None:
        """A visit that is over, as taken over from a former agenda: seen, mostly; some missed, some called off; today's follow."""
        status = self.random.choices(("completed", "no_show", "cancelled"), (92, 4, 4))[0]
        if start.astimezone(self.zone).date() == self.today:
            status = "confirmed"
        import_visit(
            practitioner_id=practitioner.id, start=start, end=start + timedelta(minutes=reason.duration_minutes), source=source,
            actor=Actor.platform(source) if source in PLATFORMS else STAFF, origin="demo", now=start, visit_reason_id=reason.id,
            patient_id=patient.id, status=status,
        )  # fmt: skip
