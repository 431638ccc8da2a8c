"""Who is already there: busy minutes of practitioners, rooms and devices, as bit sets.

One query over one covering index, whatever the number of resources, days or visits; kept in the process under the resource's
version, which every writer bumps in its own transaction.
"""

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from agenda.calendar.intervals import Range, bits_of
from agenda.free_times.elsewhere import spans_elsewhere, with_versions_elsewhere
from agenda.models.occupancy import LONGEST_OCCUPANCY_MINUTES
from medidesk.db.locks import ask_once_locked
from medidesk.db.prepared import Statement

MOST_KEPT = 4_000


@dataclass(slots=True, eq=False)
class Busy:
    """One resource in one window: `bits` (bit n is minute origin + n), the visits per reason, and until when that is true.

    Never changed once read: two are the same only if they are the same object, which is what results kept beside them go by.
    """

    origin: int
    length: int
    spans: list[Range] = field(default_factory=list)
    visits: dict[UUID, list[int]] = field(default_factory=dict)
    expires_at: datetime | None = None
    bits: int = 0

    def is_free(self, start: int, end: int) -> bool:
        """Does nothing here share a minute with [start, end)?"""
        return not any(a < end and start < b for a, b in self.spans)


_kept: OrderedDict[tuple, tuple[int, Busy]] = OrderedDict()

# Integers leave Postgres as arrays, a handful of rows in all: reading ids row by row would cost ten times the rest.
_READ = """
    SELECT resource, visit_reason, array_agg(start_minute), array_agg(end_minute), array_agg(visit_minute), min(expires_at)
    FROM agenda_occupancy
    WHERE resource = ANY(%s::uuid[]) AND start_minute >= %s AND start_minute < %s AND end_minute > %s
"""
_GROUPED = " GROUP BY resource, visit_reason"
# The revision of the set-up is read in the same moment; it alone when nothing is taken. Then what else is asked.
_READ_UNDER_SETUP = f"SELECT s.number, busy.* FROM agenda_setuprevision s LEFT JOIN ({_READ}{_GROUPED}) busy ON true"
_READ_BESIDE = (
    f"SELECT s.number, busy.*, beside.* FROM agenda_setuprevision s LEFT JOIN ({_READ}{_GROUPED}) busy ON true"
    " LEFT JOIN ({}) beside ON true"
)
_BUSY_COLUMNS = 6


def read_busy(
    resources: Iterable[UUID],
    window: Range,
    now: datetime,
    ignore_appointment: UUID | None = None,
) -> dict[UUID, Busy]:
    """What takes these resources in the window, straight from the database; expired holds do not count."""
    busy = _read(resources, window, now, ignore_appointment)
    for one in busy.values():
        one.bits = bits_of(one.spans, one.origin, one.length)
    return busy


def _read(resources: Iterable[UUID], window: Range, now: datetime, ignore_appointment: UUID | None = None) -> dict[UUID, Busy]:
    """As `read_busy`, the bits apart."""
    low, high = window
    busy = {resource: Busy(low, high - low) for resource in resources}
    if not busy:
        return busy
    sql, values = _READ + " AND (expires_at IS NULL OR expires_at > %s)", [*_asked(busy, window), now]
    if ignore_appointment:
        sql += " AND (appointment_id IS NULL OR appointment_id <> %s)"
        values.append(str(ignore_appointment))
    with connection.cursor() as cursor:
        cursor.execute(sql + _GROUPED, values)
        _fill(busy, cursor.fetchall())
    for resource, span, expires_at in spans_elsewhere(busy, window, now):
        busy[resource].spans.append(span)
        if expires_at is not None:
            busy[resource].expires_at = min(busy[resource].expires_at or expires_at, expires_at)
    return busy


class Look(NamedTuple):
    """What was seen in one moment, under locks: the revision of the set-up, what takes the resources, what else was asked."""

    revision: int
    busy: dict[UUID, Busy]
    beside: Sequence[Any] | None = None


def read_busy_locked(resources: Iterable[UUID], window: Range, now: datetime, beside: Statement | None = None) -> Look | None:
    """Lock resources that nobody shares with another cabinet, then read as `read_busy`, in one turn to Postgres; None when a hold among
    what was read has expired. `beside` is a question of one row at most."""
    busy = {resource: Busy(window[0], window[1] - window[0]) for resource in resources}
    question, values = beside or ("", [])
    answer = ask_once_locked(busy, _READ_BESIDE.format(question) if beside else _READ_UNDER_SETUP, [*_asked(busy, window), *values])
    rows = [row[1 : 1 + _BUSY_COLUMNS] for row in answer if row[1] is not None]
    if any(expires_at is not None and expires_at <= now for *_, expires_at in rows):
        return None
    _fill(busy, rows)
    for one in busy.values():
        one.bits = bits_of(one.spans, one.origin, one.length)
    return Look(answer[0][0], busy, answer[0][1 + _BUSY_COLUMNS :] if beside else None)


def _asked(resources: Iterable[UUID], window: Range) -> list[Any]:
    return [list(resources), window[0] - LONGEST_OCCUPANCY_MINUTES, window[1], window[0]]


def _fill(busy: dict[UUID, Busy], rows: Iterable[Sequence[Any]]) -> None:
    for resource, reason, starts, ends, visits, expires_at in rows:
        one = busy[as_uuid(resource)]
        one.spans += zip(starts, ends, strict=True)
        if reason is not None:
            one.visits[as_uuid(reason)] = visits
        if expires_at is not None:
            one.expires_at = min(one.expires_at or expires_at, expires_at)


def as_uuid(value: UUID | str) -> UUID:
    """The id that a raw cursor answered, whichever way the driver gave it."""
    return value if isinstance(value, UUID) else UUID(value)


def read_versions(resources: Sequence[UUID]) -> tuple[int, dict[UUID, int]]:
    """The set-up revision and the version of each resource, in one query (two for who shares the time with another cabinet)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.number, v.resource, v.number FROM agenda_setuprevision s"
            " LEFT JOIN agenda_occupancyversion v ON v.resource = ANY(%s::uuid[])",
            [[str(one) for one in resources]],
        )
        rows = cursor.fetchall()
    versions = {as_uuid(resource): number for _, resource, number in rows if resource is not None}
    return rows[0][0], with_versions_elsewhere(versions, resources)


def kept_busy(versions: dict[UUID, int], resources: Sequence[UUID], windows: Sequence[Range], now: datetime) -> list[dict[UUID, Busy]]:
    """As `read_busy` for each of the windows (ascending), from the process where the version is unchanged; one query for all that is
    missing in any of them."""
    schema = connection.schema_name
    missing: dict[UUID, None] = {}
    found: list[dict[UUID, Busy]] = [{} for _ in windows]
    for busy, window in zip(found, windows, strict=True):
        for resource in resources:
            kept = _kept.get((schema, resource, window))
            if kept is not None and kept[0] == versions.get(resource, 0) and (kept[1].expires_at is None or kept[1].expires_at > now):
                busy[resource] = kept[1]
            else:
                missing[resource] = None
    if missing:
        whole = _read(missing, (windows[0][0], windows[-1][1]), now)
        for resource, one in whole.items():
            for busy, window, part in zip(found, windows, _cut(one, windows), strict=True):
                busy[resource] = part
                _kept[(schema, resource, window)] = (versions.get(resource, 0), part)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return found


def _cut(whole: Busy, windows: Sequence[Range]) -> Iterator[Busy]:
    """What of it lies in each window, with its bits."""
    if len(windows) == 1:
        whole.bits = bits_of(whole.spans, whole.origin, whole.length)
        yield whole
        return
    spans = sorted(whole.spans)
    visits = {reason: sorted(minutes) for reason, minutes in whole.visits.items()}
    for low, high in windows:
        near = spans[bisect_left(spans, (low - LONGEST_OCCUPANCY_MINUTES,)) : bisect_left(spans, (high,))]
        part = Busy(low, high - low, [span for span in near if span[1] > low], {}, whole.expires_at)
        part.visits = {reason: ms[bisect_left(ms, low) : bisect_left(ms, high)] for reason, ms in visits.items()}
        part.bits = bits_of(part.spans, part.origin, part.length)
        yield part


def forget_busy() -> None:
    """Forget every busy set that this process keeps (measures of a cold start)."""
    _kept.clear()


def bump_versions(resources: Iterable[UUID]) -> None:
    """Make every kept busy set of these resources stale, with the transaction that changes them (ids sorted: no deadlock)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO agenda_occupancyversion (resource, number) SELECT id, nextval('agenda_change_number')"
            " FROM unnest(%s::uuid[]) AS id ON CONFLICT (resource) DO UPDATE SET number = excluded.number",
            [sorted(str(one) for one in set(resources))],
        )
