"""Which channel took which time: what quotas count. Read for practitioners who have quotas alone, and kept like the busy minutes under
the version of the practitioner's occupancy."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from agenda.calendar.intervals import Range
from agenda.free_times.busy import as_uuid
from agenda.models.occupancy import LONGEST_OCCUPANCY_MINUTES
from agenda.sources import source

MOST_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class CountedVisit:
    """A visit or hold that takes its time: the minute of its start, its reason, its site, the channel of its source."""

    minute: int
    reason: UUID | None
    site: UUID | None
    channel: str


@dataclass(frozen=True, slots=True)
class _Kept:
    version: int
    visits: list[CountedVisit]
    expires_at: datetime | None


_kept: OrderedDict[tuple, _Kept] = OrderedDict()

_READ = """
    SELECT o.resource, o.visit_minute, o.visit_reason, coalesce(a.site_id, h.site_id), coalesce(a.source, h.source), o.expires_at
    FROM agenda_occupancy o
    LEFT JOIN agenda_appointment a ON a.id = o.appointment_id
    LEFT JOIN agenda_hold h ON h.id = o.hold_id
    WHERE o.resource = ANY(%s::uuid[]) AND o.start_minute >= %s AND o.start_minute < %s AND o.end_minute > %s
    AND (o.expires_at IS NULL OR o.expires_at > %s)
"""


def read_counted(
    practitioners: Sequence[UUID], window: Range, now: datetime, ignore_appointment: UUID | None = None
) -> dict[UUID, list[CountedVisit]]:
    """The visits and holds of these practitioners in the window, straight from the database; expired holds do not count."""
    counted, _ends = _read(practitioners, window, now, ignore_appointment)
    return counted


def kept_counted(versions: dict[UUID, int], practitioners: Sequence[UUID], window: Range, now: datetime) -> dict[UUID, list[CountedVisit]]:
    """As `read_counted`, from the process where the version is unchanged; one query for all that is missing."""
    schema, found = connection.schema_name, {}
    for one in practitioners:
        kept = _kept.get((schema, one, window))
        if kept is not None and kept.version == versions.get(one, 0) and (kept.expires_at is None or kept.expires_at > now):
            found[one] = kept.visits
    missing = [one for one in practitioners if one not in found]
    if missing:
        counted, ends = _read(missing, window, now, None)
        for one in missing:
            found[one] = counted[one]
            _kept[schema, one, window] = _Kept(versions.get(one, 0), counted[one], ends.get(one))
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return found


def _read(
    practitioners: Sequence[UUID], window: Range, now: datetime, ignore_appointment: UUID | None
) -> tuple[dict[UUID, list[CountedVisit]], dict[UUID, datetime]]:
    """What counts, and for each practitioner when the first hold among it ends."""
    counted: dict[UUID, list[CountedVisit]] = {one: [] for one in practitioners}
    ends: dict[UUID, datetime] = {}
    if not counted:
        return counted, ends
    low, high = window
    sql, values = _READ, [[str(one) for one in counted], low - LONGEST_OCCUPANCY_MINUTES, high, low, now]
    if ignore_appointment:
        sql += " AND (o.appointment_id IS NULL OR o.appointment_id <> %s)"
        values.append(str(ignore_appointment))
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    for resource, minute, reason, site, slug, expires_at in rows:
        who = as_uuid(resource)
        counted[who].append(CountedVisit(minute, reason and as_uuid(reason), site and as_uuid(site), source(slug).channel))
        if expires_at is not None:
            ends[who] = min(ends.get(who, expires_at), expires_at)
    return counted, ends
