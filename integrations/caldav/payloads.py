"""What is asked of a CalDAV server, and the events that close times there. Nothing here talks to anybody."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from integrations.calendar_feed.writing import Event, resource
from integrations.errors import NotUnderstood
from integrations.speaking.occurrences import read_snapshot
from integrations.speaking.vocabulary import PlatformBusy

# How MediDesk's own events are called, here as in the calendar that it publishes.
OWN = "@medidesk"
SLICE = timedelta(days=100)  # so that one answer holds a part of the year only
EVER = (datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
_SEQUENCE = re.compile(rb"^SEQUENCE:(\d{1,9})\s*$", re.MULTILINE)
_UID = re.compile(rb"^UID(?:;[^:\r\n]*)?:([^\r\n]+)", re.MULTILINE)


def events_between(start: datetime, end: datetime) -> str:
    """A REPORT of the events of a window, whole (RFC 4791, 7.8)."""
    window = f'<C:time-range start="{start.astimezone(UTC):%Y%m%dT%H%M%SZ}" end="{end.astimezone(UTC):%Y%m%dT%H%M%SZ}"/>'
    wanted = f'<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">{window}</C:comp-filter></C:comp-filter>'
    return (
        "<C:calendar-query {names}><D:prop><D:getetag/><C:calendar-data/></D:prop>"
        f"<C:filter>{wanted}</C:filter></C:calendar-query>"
    )  # fmt: skip


def changes_since(token: str) -> str:
    """A REPORT of what changed since a state (RFC 6578)."""
    asked = f"<D:sync-token>{escape(token)}</D:sync-token><D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop>"
    return "<D:sync-collection {names}>" + asked + "</D:sync-collection>"


def slices(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """A window in pieces."""
    while start < end:
        yield start, min(start + SLICE, end)
        start += SLICE


def own_reference(uid: str) -> str:
    """What an event of MediDesk's stands for, empty for anybody else's."""
    name, mark, rest = uid.partition(OWN)
    return name if mark and not rest else ""


def own_address(calendar: str, reference: str) -> str:
    """Where in a calendar the event of a visit or hold is kept."""
    return f"{calendar.rstrip('/')}/{quote(reference, safe='')}{OWN}.ics"


def is_own_address(path: str) -> bool:
    """Is it where MediDesk keeps an event of its own?"""
    return path.endswith(f"{OWN}.ics")


def closed_time(wanted: PlatformBusy, sequence: int, now: datetime) -> bytes:
    """An opaque event that says when, and nothing of whom."""
    uid = f"{wanted.client_reference}{OWN}"
    return resource(Event(uid, wanted.start, wanted.end, "CONFIRMED", _("Occupé"), sequence, now))


def sequence_of(raw: bytes) -> int:
    """How often an event was changed."""
    found = _SEQUENCE.search(raw)
    return int(found[1]) if found else 0


def uid_of(raw: bytes) -> str:
    """The UID of a text that may not be understood otherwise, empty where there is none."""
    found = _UID.search(raw)
    return found[1].decode("utf-8", "replace").strip() if found else ""


def own_span(raw: bytes, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """When an event of ours closes its time, `None` when it is not as MediDesk writes it: once, and opaque."""
    if b"RRULE" in raw or b"RDATE" in raw:
        return None
    try:
        found = read_snapshot(raw, zone, *EVER).occurrences
    except NotUnderstood:
        return None
    return (found[0].start, found[0].end) if len(found) == 1 and found[0].blocks else None
