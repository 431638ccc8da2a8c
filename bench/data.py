"""The measured cabinets, made by seed: ten practitioners, every rule of free times on, visits in bulk.

`python -m bench.data '{"name": {"visits": 500}}'` migrates, makes them and prints what a measure needs to know, as one JSON line.
The window asked for is the four weeks from 8 March 2027: Easter Monday, the change of clocks, absences and closures lie in it.
"""

import json
import random
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django
from django.db import connection

from bench.outside import connect_inward, connect_outward, signed_in

FIRST, LAST = date(2027, 3, 8), date(2027, 4, 5)  # the window asked for, [FIRST, LAST)
PARIS = ZoneInfo("Europe/Paris")
NOW = "2027-03-01T08:00:00+01:00"  # a Monday of winter: what every process of a measure takes for the present
PRACTITIONERS, PATIENTS = 10, 200
CROWDED_MINUTES = 8  # sixty of them are a working day
SCOPES = ("agenda:write",)
SHARE_IN_WINDOW, SHARE_WITH_BUFFERS = 200, 20  # of 500 visits of a practitioner; of those in the window


@dataclass(frozen=True)
class Visit:
    """One visit to be written: minutes since the epoch."""

    practitioner: Any
    reason: Any
    start: int
    patient: Any

    @property
    def span(self) -> tuple[int, int]:
        """What it takes, buffers inside."""
        return self.start - self.reason.buffer_before_minutes, self.end + self.reason.buffer_after_minutes

    @property
    def end(self) -> int:
        """When it ends."""
        return self.start + self.reason.duration_minutes


def fill_cabinet(
    visits: int, seed: int = 42, connected: bool = False, practitioners: int = PRACTITIONERS, full_days: int = 0, crowded_days: int = 0,
    patients: int = PATIENTS, told_by: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Fill the entered cabinet: set-up, patients, a partner's key, `visits` in all; what a measure needs to know of it.

    `connected`: two platforms are to be told of everything; `told_by`: two platforms tell of theirs, signed with this secret.
    `full_days`: no half hour is free in so many days from now on; `crowded_days`: sixty visits a practitioner on each of the first
    days of the window.
    """
    from integrations.partners.keys import create_key

    chance = random.Random(seed)
    site, people, reasons = _set_up(chance, practitioners)
    files = _patients(chance, patients)
    planned = [visit for one in people for visit in _plan(chance, one, reasons, files, visits // practitioners)]
    planned += full_diary(chance, people, reasons["plain"], files, full_days)
    planned += crowded_diary(chance, people, files, crowded_days)
    write_visits(planned, site)
    if connected:
        connect_outward(people)
    if told_by:
        _lift_daily_maximum(reasons["buffered"])
        connect_inward(people, reasons["buffered"], told_by)
    key = create_key(name="Mesure", scopes=SCOPES)[1]
    return {
        "schema": connection.schema_name, "key": key, "reason": str(reasons["buffered"].id), "from": str(FIRST), "to": str(LAST),
        "practitioners": [str(one.id) for one in people], "patients": [str(one.id) for one in files], "cookie": signed_in(),
        "staff_key": create_key(name="Comptoir", scopes=(*SCOPES, "settings:write"), staff=True)[1],
    }  # fmt: skip


def _lift_daily_maximum(reason: Any) -> None:
    """Visits that platforms bring onto taken times count as well: rivals for the last times of a day would be refused by that rule."""
    reason.max_per_day = None
    reason.save(update_fields=["max_per_day"])


def _set_up(chance: random.Random, count: int) -> tuple[Any, list[Any], dict[str, Any]]:
    from agenda.models import Absence, OpeningHours, Practitioner, ReasonOffer, Site, VisitReason

    site = Site.objects.create(name="Cabinet", postal_code="59200", city="Tourcoing")
    reasons = {
        "buffered": VisitReason.objects.create(
            name="Consultation", duration_minutes=30, grid_minutes=15, buffer_before_minutes=5, buffer_after_minutes=5,
            min_notice_minutes=1440, horizon_days=700, max_per_day=12,
        ),
        "plain": VisitReason.objects.create(name="Contrôle", duration_minutes=30, grid_minutes=15),
    }  # fmt: skip
    practitioners = []
    for n in range(count):
        one = Practitioner.objects.create(title="Dr", first_name="Alma", last_name=f"Delcourt {n}", position=n)
        one.sites.add(site)
        practitioners.append(one)
        ReasonOffer.objects.bulk_create(ReasonOffer(visit_reason=reason, practitioner=one) for reason in reasons.values())
        OpeningHours.objects.bulk_create(_hours_of(n, one, site, weekday, half) for weekday in range(5) for half in (0, 1))
        away = FIRST + timedelta(days=chance.randrange(28))
        Absence.objects.create(practitioner=one, start=_at(away, 0), end=_at(away + timedelta(days=1), 0), label="Congé")
        meeting = {"start": _at(date(2027, 1, 5), 14 * 60), "end": _at(date(2027, 1, 5), 15 * 60), "rrule": "FREQ=WEEKLY;BYDAY=TU"}
        Absence.objects.create(practitioner=one, label="Réunion", **meeting)
    closed = FIRST + timedelta(days=17)
    Absence.objects.create(site=site, start=_at(closed, 12 * 60), end=_at(closed, 18 * 60), label="Travaux")
    return site, practitioners, reasons


def _hours_of(n: int, practitioner: Any, site: Any, weekday: int, half: int) -> Any:
    """8–12 or 14–18; some Friday afternoons are for known patients, some Wednesday afternoons for the telephone."""
    from agenda.models import OpeningHours

    start, end = ((8 * 60, 12 * 60), (14 * 60, 18 * 60))[half]
    audience = "known" if (weekday, half, n % 2) == (4, 1, 1) else "everyone"
    channels = ["phone"] if (weekday, half, n % 3) == (2, 1, 2) else []
    return OpeningHours(
        practitioner=practitioner, site=site, weekday=weekday, start_minute=start, end_minute=end, audience=audience, channels=channels
    )


def _patients(chance: random.Random, count: int) -> list[Any]:
    from patients.models import Patient
    from patients.traits import search_text

    made = [
        Patient(
            first_names=f"Nour {n}", birth_name="Haddad", birth_date=date(1950, 1, 1) + timedelta(days=chance.randrange(20_000)),
            email=f"nour{n}@patients.example", phone=f"+336{chance.randrange(10**8):08d}",
        )
        for n in range(count)
    ]  # fmt: skip
    for one in made:
        one.search = search_text(one)
    return Patient.objects.bulk_create(made)


def _plan(chance: random.Random, practitioner: Any, reasons: dict[str, Any], patients: Sequence[Any], count: int) -> list[Visit]:
    """`count` visits of one practitioner that do not overlap: up to SHARE_IN_WINDOW of them in the window, the others before."""
    taken: set[int] = set()
    planned: list[Visit] = []
    soon, past = _cells(FIRST, LAST), _cells(FIRST - timedelta(days=200), FIRST - timedelta(days=14))
    chance.shuffle(soon)
    chance.shuffle(past)
    in_window = min(count, SHARE_IN_WINDOW)
    for cells, wanted, buffered in ((soon, in_window, in_window // (SHARE_IN_WINDOW // SHARE_WITH_BUFFERS)), (past, count - in_window, 0)):
        found = 0
        for start in cells:
            visit = Visit(practitioner, reasons["buffered" if found < buffered else "plain"], start, chance.choice(patients))
            minutes = set(range(*visit.span))
            if found < wanted and not minutes & taken:
                taken |= minutes
                planned.append(visit)
                found += 1
        if found < wanted:
            raise ValueError(f"only {found} of {wanted} visits find room")
    return planned


def full_diary(chance: random.Random, practitioners: Sequence[Any], reason: Any, patients: Sequence[Any], days: int) -> list[Visit]:
    """A visit in every half hour of the opening hours, from the measured day on."""
    today = date.fromisoformat(NOW[:10])
    cells = _cells(today, today + timedelta(days=days))
    return [Visit(one, reason, start, chance.choice(patients)) for one in practitioners for start in cells]


def crowded_diary(chance: random.Random, practitioners: Sequence[Any], patients: Sequence[Any], days: int) -> list[Visit]:
    """Sixty visits of eight minutes, one after the other, on each working day."""
    from agenda.models import VisitReason

    if not days:
        return []
    reason = VisitReason.objects.create(name="Vaccin", duration_minutes=CROWDED_MINUTES)
    starts = _cells(FIRST, FIRST + timedelta(days=days), CROWDED_MINUTES)
    return [Visit(one, reason, start, chance.choice(patients)) for one in practitioners for start in starts]


def _cells(first: date, last: date, step: int = 30) -> list[int]:
    """The half hours (or other steps) of the opening hours between two days, as minutes since the epoch."""
    days = [first + timedelta(days=n) for n in range((last - first).days)]
    minutes = [*range(8 * 60, 12 * 60, step), *range(14 * 60, 18 * 60, step)]
    return [int(_at(day, minute).timestamp() // 60) for day in days if day.weekday() < 5 for minute in minutes]


def write_visits(planned: Iterable[Visit], site: Any) -> None:
    """The rows that the booking verb writes, in bulk: visits, occupancy, journal, versions of the resources."""
    from agenda.free_times.busy import bump_versions
    from agenda.models import Appointment, JournalEntry, Occupancy
    from medidesk import clock

    now, planned = clock.now(), list(planned)
    rows = [
        Appointment(
            status="completed" if _instant(one.end) < now else "confirmed", start=_instant(one.start), end=_instant(one.end),
            practitioner=one.practitioner, site=site, visit_reason=one.reason, patient=one.patient, source="partner",
            booked_by="api:Mesure",
        )
        for one in planned
    ]  # fmt: skip
    Appointment.objects.bulk_create(rows, batch_size=1_000)
    Occupancy.objects.bulk_create([_occupancy(one, row) for one, row in zip(planned, rows, strict=True)], batch_size=1_000)
    entries = [JournalEntry(appointment=row, at=now, by=row.booked_by, act="booked", after={"status": row.status}) for row in rows]
    JournalEntry.objects.bulk_create(entries, batch_size=1_000)
    bump_versions({one.practitioner.id for one in planned})


def _occupancy(visit: Visit, row: Any) -> Any:
    from psycopg2.extras import DateTimeTZRange

    from agenda.models import Occupancy

    low, high = visit.span
    return Occupancy(
        resource=visit.practitioner.id, span=DateTimeTZRange(_instant(low), _instant(high)), lane="normal", start_minute=low,
        end_minute=high, visit_minute=visit.start, visit_reason=visit.reason.id, appointment=row,
    )  # fmt: skip


def tidy() -> None:
    """What autovacuum would have done by now: reads by an index alone need it."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _at(day: date, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=PARIS)


def _instant(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


def make_cabinets(wanted: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Migrate the shared schema and make each cabinet under `NAME.bench.example`."""
    from django.core.management import call_command

    from agenda.models import Appointment
    from medidesk.cabinets.entering import enter_cabinet, enter_public
    from medidesk.cabinets.provisioning import open_cabinet

    call_command("migrate_schemas", interactive=False, verbosity=0)
    made = {}
    for name, options in wanted.items():
        host = f"{name}.bench.example"
        cabinet = open_cabinet(name=name, hosts=[host], owner_email="alma@bench.example")
        with enter_cabinet(cabinet):
            made[name] = {"host": host, **fill_cabinet(**options), "visit": str(Appointment.objects.values_list("id", flat=True)[0])}
    with enter_public():
        tidy()
    return made


if __name__ == "__main__":
    django.setup()
    print(json.dumps(make_cabinets(json.loads(sys.argv[1]))))
