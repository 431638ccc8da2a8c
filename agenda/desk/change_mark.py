"""Has anything on a page of the agenda changed? One query that reads no visit's content, whatever their number."""

import hashlib
from datetime import date, datetime, timedelta

from django.db import connection

from agenda.calendar.wall_time import day_range, instant_of
from medidesk.cabinets.current import current_zone

# Versions of the day's visits, of everybody's occupancy (holds and moves elsewhere), of the set-up, and the youngest patient's file.
_READ = """
    SELECT s.number, d.*, w.*,
        (SELECT sum(number) FROM agenda_occupancyversion),
        (SELECT max(updated_at) FROM patients_patient)
    FROM agenda_setuprevision s,
        (SELECT count(*), sum(version), max(updated_at) FROM agenda_appointment WHERE start >= %s AND start < %s) d,
        (SELECT count(*), sum(version) FROM agenda_appointment WHERE start >= %s AND start < %s AND status = 'arrived') w
"""


def change_mark(first: date, last: date, now: datetime, *others: str) -> str:
    """A text that changes when something shown for the days [first, last] does, and with the minute (waits, the line of now).

    `others` is whatever else the page depends on: who looks, which options.
    """
    zone = current_zone()
    today = now.astimezone(zone).date()
    bounds = [*_instants(zone, first, last), *_instants(zone, today, today)]
    with connection.cursor() as cursor:
        cursor.execute(_READ, bounds)
        row = cursor.fetchone()
    seen = [str(part) for part in (*row, int(now.timestamp() // 60), first, last, *others)]
    return hashlib.blake2b("|".join(seen).encode(), digest_size=12).hexdigest()


def _instants(zone, first: date, last: date) -> tuple[datetime, datetime]:
    return instant_of(day_range(zone, first)[0]), instant_of(day_range(zone, last + timedelta(days=1))[0])
