"""The visits of some practitioners and days as lines of JSON, written by Postgres and kept in the process.

Kept per practitioner under the version that every write of a visit bumps in its own transaction: what is kept under the present
version is true. One query when everything is warm, two otherwise, whatever the days, practitioners and visits.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from agenda.calendar.wall_time import day_pieces, day_range, instant_of
from agenda.errors import UnknownReference
from agenda.free_times.busy import as_uuid, read_versions
from agenda.free_times.schedule import Schedule, current_schedule, kept_schedule

MOST_KEPT = 2_000
LONGEST_VISIT_DAYS = 2  # how far after its last day a visit may end
Days = tuple[date, date]

_kept: OrderedDict[tuple[str, UUID, Days], tuple[int, ZoneInfo, str]] = OrderedDict()

_READ = """
    SELECT practitioner_id, string_agg(format(
        '{{"id":"%%s","version":%%s,"status":"%%s","lane":"%%s","start":"%%s","end":"%%s","practitioner":"%%s","site":%%s,'
        '"visit_reason":%%s,"patient":%%s,"source":%%s}}',
        id, version, status, lane, {start}, {end}, practitioner_id, coalesce('"' || site_id || '"', 'null'),
        coalesce('"' || visit_reason_id || '"', 'null'), coalesce('"' || patient_id || '"', 'null'), to_json(source)
    ), ',' ORDER BY start, id)
    FROM agenda_appointment WHERE practitioner_id = ANY(%s::uuid[]) AND start >= %s AND start < %s
    GROUP BY practitioner_id
"""


@dataclass(frozen=True, slots=True)
class VisitLines:
    """What was asked: `mark` changes with anything in it; `lines` are JSON objects without their separators, by practitioner and start."""

    days: Days
    schedule: Schedule
    practitioner_ids: tuple[UUID, ...]
    versions: dict[UUID, int]

    @property
    def mark(self) -> str:
        """For an ETag."""
        numbers = [f"{one.hex}:{self.versions.get(one, 0)}" for one in self.practitioner_ids]
        return hashlib.blake2b("|".join([self.schedule.zone.key, *map(str, self.days), *numbers]).encode(), digest_size=12).hexdigest()

    @property
    def lines(self) -> list[str]:
        """One text per practitioner who has visits: its lines, joined by commas."""
        schema, zone = connection.schema_name, self.schedule.zone
        found: dict[UUID, str] = {}
        for one in self.practitioner_ids:
            kept = _kept.get((schema, one, self.days))
            if kept is not None and kept[:2] == (self.versions.get(one, 0), zone):
                found[one] = kept[2]
        missing = [one for one in self.practitioner_ids if one not in found]
        for one, text in _read(missing, self.days, zone).items() if missing else ():
            found[one] = text
            _kept[schema, one, self.days] = (self.versions.get(one, 0), zone, text)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
        return [found[one] for one in self.practitioner_ids if found[one]]


def visit_lines(days: Days, practitioner_ids: Sequence[UUID] | None = None) -> VisitLines:
    """The visits, whatever their status, that begin in the days [first, last), of these practitioners or of all who are there.

    Raises UnknownReference for a practitioner who is not there.
    """
    guess = kept_schedule()
    wanted = _wanted(guess, practitioner_ids)
    revision, versions = read_versions(wanted)
    schedule = current_schedule(revision)
    if practitioner_ids is not None and any(one not in schedule.practitioners for one in practitioner_ids):
        raise UnknownReference("/practitioner")
    if practitioner_ids is None and schedule is not guess:
        wanted = _wanted(schedule, None)
        _, versions = read_versions(wanted)
    return VisitLines(days, schedule, wanted, versions)


def forget_lines() -> None:
    """Forget everything that this process keeps (measures of a cold start)."""
    _kept.clear()


def _wanted(schedule: Schedule | None, practitioner_ids: Sequence[UUID] | None) -> tuple[UUID, ...]:
    if practitioner_ids is not None:
        return tuple(dict.fromkeys(practitioner_ids))
    return tuple(schedule.practitioners) if schedule else ()


def _read(practitioner_ids: Sequence[UUID], days: Days, zone: ZoneInfo) -> dict[UUID, str]:
    sql = _READ.format(start=_wall_text('"start"', days, zone), end=_wall_text('"end"', days, zone))
    low, high = (instant_of(day_range(zone, day)[0]) for day in days)
    found = dict.fromkeys(practitioner_ids, "")
    with connection.cursor() as cursor:
        cursor.execute(sql, [[str(one) for one in practitioner_ids], low, high])
        return found | {as_uuid(one): text for one, text in cursor.fetchall()}


def _wall_text(column: str, days: Days, zone: ZoneInfo) -> str:
    """SQL that writes an instant of these days as RFC 3339 on the cabinet's wall: one offset between two changes of clocks."""
    pieces: list[tuple[int, int]] = []
    for n in range((days[1] - days[0]).days + LONGEST_VISIT_DAYS):
        for _first, end, offset in day_pieces(zone, days[0] + timedelta(days=n)):
            if pieces and pieces[-1][1] == offset:
                pieces.pop()
            pieces.append((end, offset))
    *before, (_end, last) = pieces
    texts = [f"WHEN {column} < '{instant_of(end).isoformat()}' THEN {_text_at(column, offset)}" for end, offset in before]
    return f"CASE {' '.join(texts)} ELSE {_text_at(column, last)} END" if texts else _text_at(column, last)


def _text_at(column: str, offset: int) -> str:
    shown = f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02d}:{abs(offset) % 60:02d}"
    return f"""to_char({column} AT TIME ZONE INTERVAL '{shown}', 'YYYY-MM-DD"T"HH24:MI:SS"{shown}"')"""
