"""What a subscribed calendar is answered: one statement from the token to the visits."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _

from agenda.models import Status
from integrations.calendar_feed.addresses import digest_of
from integrations.calendar_feed.models import CalendarFeed, Level
from integrations.calendar_feed.writing import Event, calendar

DAYS_BACK = 30
DAYS_FORWARD = 180
CANCELLED_KEPT = timedelta(days=30)
NOTED_EVERY = timedelta(minutes=10)

STATUS_THERE = {Status.REQUESTED: "TENTATIVE", Status.CANCELLED: "CANCELLED"}

# A visit's SEQUENCE counts the changes of its time and status, which its journal tells.
_VISITS = """
    SELECT f.id, f.level, f.content_digest, f.changed_at, f.last_read_at, f.created_at,
        p.title, p.first_name, p.last_name, a.id, a.status, a.start, a."end", a.updated_at, who.first_names, who.used_name, who.birth_name,
        (SELECT count(*) FROM agenda_journalentry j WHERE j.appointment_id = a.id AND j.before IS NOT NULL AND j.before <> 'null'::jsonb
            AND (j.before ->> 'start', j.before ->> 'end', j.before ->> 'status')
            IS DISTINCT FROM (j.after ->> 'start', j.after ->> 'end', j.after ->> 'status'))
    FROM integrations_calendarfeed f
    JOIN accounts_user u ON u.id = f.user_id AND u.is_active
    JOIN agenda_practitioner p ON p.id = f.practitioner_id AND p.user_id = u.id AND p.deleted_at IS NULL
    LEFT JOIN agenda_appointment a ON a.practitioner_id = p.id AND a.start >= %(from)s AND a.start < %(until)s
        AND (a.status <> 'cancelled' OR coalesce(a.cancelled_at, a.updated_at) >= %(cancelled_since)s)
    LEFT JOIN patients_patient who ON who.id = a.patient_id
    WHERE f.digest = %(digest)s AND f.revoked_at IS NULL
    ORDER BY a.start, a.id
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """A calendar's octets, its strong ETag, and since when it says this."""

    body: bytes
    etag: str
    changed_at: datetime


def read_feed(token: str, *, zone: ZoneInfo, now: datetime) -> Answer | None:
    """The calendar of that address as it is now, `None` when the address opens nothing (any more)."""
    rows = _rows(token, zone, now)
    if not rows:
        return None
    feed_id, level, known_digest, changed_at, read_at, created_at, *name = rows[0][:9]
    events = [_event(row, level) for row in rows if row[9] is not None]
    title = " ".join(part for part in name if part)
    body = calendar(events, name=title, zone=zone, now=_midnight(now, zone, 0))
    digest = hashlib.sha256(body).hexdigest()
    if digest != known_digest or changed_at is None:
        changed_at = now
        _note(feed_id, content_digest=digest, changed_at=now, last_read_at=now)
    elif read_at is None or now - read_at >= NOTED_EVERY:
        _note(feed_id, last_read_at=now)
    return Answer(body, f'"{digest[:32]}"', changed_at)


def _rows(token: str, zone: ZoneInfo, now: datetime) -> list[Any]:
    values = {
        "digest": digest_of(token),
        "from": _midnight(now, zone, -DAYS_BACK),
        "until": _midnight(now, zone, DAYS_FORWARD + 1),
        "cancelled_since": _midnight(now - CANCELLED_KEPT, zone, 0),
    }
    with connection.cursor() as cursor:
        cursor.execute(_VISITS, values)
        return list(cursor.fetchall())


def _note(feed_id: UUID, **values: Any) -> None:
    CalendarFeed.objects.filter(pk=feed_id).update(**values)


def _midnight(now: datetime, zone: ZoneInfo, days: int) -> datetime:
    """The beginning of a day on the cabinet's wall: what a calendar shows changes with acts and at midnight, not with each minute."""
    day = now.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, time(), tzinfo=zone)


def _event(row: Any, level: str) -> Event:
    visit_id, status, start, end, changed_at, first_names, used_name, birth_name, sequence = row[9:]
    return Event(
        uid=f"{visit_id}@medidesk",
        start=start,
        end=end,
        status=STATUS_THERE.get(status, "CONFIRMED"),
        summary=_summary(level, first_names or "", used_name or birth_name or ""),
        sequence=sequence,
        changed_at=changed_at,
        blocks=status not in (Status.CANCELLED, Status.NO_SHOW),
    )


def _summary(level: str, first_names: str, last_name: str) -> str:
    """« RDV », with the person's initials where the practitioner asked for them."""
    letters = [part.strip()[:1].upper() for part in (first_names, last_name)] if level == Level.INITIALS else []
    return " ".join([_("RDV"), "".join(f"{letter}." for letter in letters if letter.isalpha())]).strip()
