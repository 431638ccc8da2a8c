"""Has anything on a page of the agenda changed? One query that reads no visit, whatever their number."""

import hashlib
from datetime import date, datetime

from django.db import connection

# The set-up, every practitioner's and room's version (each write of a visit or of its time bumps one), the youngest patient's file.
_READ = """
    SELECT s.number, (SELECT sum(number) FROM agenda_occupancyversion), (SELECT max(updated_at) FROM patients_patient),
        (SELECT max(said_at) FROM agenda_runninglate)
    FROM agenda_setuprevision s
"""


def change_mark(first: date, last: date, now: datetime, *others: str) -> str:
    """A text that changes when something shown for the days [first, last] does, and with the minute (waits, the line of now).

    `others` is whatever else the page depends on: who looks, which options.
    """
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        row = cursor.fetchone()
    seen = [str(part) for part in (*row, int(now.timestamp() // 60), first, last, *others)]
    return hashlib.blake2b("|".join(seen).encode(), digest_size=12).hexdigest()
