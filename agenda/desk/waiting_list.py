"""The waiting list as the desk reads it: who waits for what, which times are free for them, what was offered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from agenda.models import Appointment, FreedTime, Practitioner, Status, WaitingListEntry, WaitingOffer
from agenda.models.waiting_list import STANDING
from agenda.waiting_list.ranking import candidates_for
from medidesk import french
from medidesk.cabinets.current import current_zone

MOST_SHOWN = 200
LEAST_MINUTES = 5
LONGEST_VISIT_SHOWN = timedelta(hours=1)  # of longer times the end is shown too
_SHORT_DAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the list."""

    entry: WaitingListEntry
    wish: str
    days: int
    offer: WaitingOffer | None


@dataclass(frozen=True, slots=True)
class Freed:
    """A time given back: until when, if it is more than a visit; who is being asked; is there time for another?"""

    freed: FreedTime
    start: datetime
    until: datetime | None
    offers: Sequence[WaitingOffer]
    asked: int
    has_room: bool


def waiting_list(
    now: datetime, own: Sequence[UUID] | None, *, state: str = "", practitioner: UUID | None = None, reason: UUID | None = None
) -> list[Waiting]:
    """The entries that somebody with these agendas sees (None: all), the longest wait first; two queries and the names."""
    rows = WaitingListEntry.objects.filter(deleted_at=None).select_related("patient", "visit_reason", "appointment", "booked")
    rows = rows.filter(state=state) if state else rows.filter(state__in=STANDING)
    if practitioner:
        rows = rows.filter(Q(practitioners=[]) | Q(practitioners__contains=[practitioner]))
    if reason:
        rows = rows.filter(visit_reason_id=reason)
    rows = _seen(rows, own).prefetch_related(_open_offers()).order_by("created_at", "id")
    names = practitioner_names()
    return [_line(row, names, now) for row in rows[:MOST_SHOWN]]


def entry_for(entry_id: UUID, own: Sequence[UUID] | None) -> WaitingListEntry | None:
    """One entry, when somebody with these agendas sees it."""
    rows = WaitingListEntry.objects.filter(pk=entry_id, deleted_at=None).select_related("patient", "visit_reason", "appointment", "booked")
    return _seen(rows, own).first()


def offers_of(entry: WaitingListEntry) -> list[WaitingOffer]:
    """What was offered to this one, newest first."""
    return list(entry.offers.select_related("practitioner").order_by("-sent_at"))


def freed_times(now: datetime, own: Sequence[UUID] | None) -> list[Freed]:
    """The times to come that were given back and found nobody yet, soonest first; two queries. Hours that were opened and that nobody
    who waits can use are no news."""
    wanted = Q(state=FreedTime.State.OPEN) | Q(state=FreedTime.State.NOBODY, origin=FreedTime.Origin.VISIT)
    rows = FreedTime.objects.filter(wanted, start__gt=now).select_related("practitioner")
    rows = rows if own is None else rows.filter(practitioner_id__in=list(own))
    rows = rows.annotate(asked=Count("offers")).prefetch_related(_open_offers()).order_by("start", "id")[:MOST_SHOWN]
    return [_freed(row, current_zone()) for row in rows]


def candidates_count(visit: Appointment, now: datetime) -> int:
    """How many could be asked for the time of a cancelled visit to come; ten stands for ten or more."""
    if visit.status != Status.CANCELLED or visit.start <= now or not standing_count():
        return 0
    return len(candidates_for(time_of(visit.practitioner_id, visit.start, visit.end), now))


def standing_count() -> int:
    """How many wait."""
    return WaitingListEntry.objects.filter(state__in=STANDING, deleted_at=None).count()


def time_of(practitioner_id: UUID, start: datetime, end: datetime) -> FreedTime:
    """A time to look for candidates for, not kept."""
    return FreedTime(practitioner_id=practitioner_id, start=start, end=max(end, start + timedelta(minutes=LEAST_MINUTES)))


def practitioner_names() -> dict[UUID, str]:
    """The names of those who have an agenda."""
    return {one.id: one.name for one in Practitioner.objects.filter(deleted_at=None)}


def wish_in_words(entry: WaitingListEntry, names: dict[UUID, str]) -> str:
    """« lun., jeu. matin · Dr Aubry · jusqu’au mar. 24 nov. »; « dès que possible » for one without conditions."""
    parts = [_window(window) for window in entry.windows]
    parts += [" / ".join(names.get(one, "") for one in entry.practitioners)] if entry.practitioners else []
    if entry.from_date:
        parts.append(_("à partir du %(day)s") % {"day": french.short_day(entry.from_date)})
    if entry.until_date:
        parts.append(_("jusqu’au %(day)s") % {"day": french.short_day(entry.until_date)})
    return " · ".join(part for part in parts if part) or _("n’importe quand")


def _freed(row: FreedTime, zone: tzinfo) -> Freed:
    until = row.end.astimezone(zone) if row.end - row.start > LONGEST_VISIT_SHOWN else None
    offered = sum((offer.end - offer.start for offer in row.open_offers), timedelta())
    return Freed(row, row.start.astimezone(zone), until, row.open_offers, row.asked, has_room=offered < row.end - row.start)


def _window(window: dict) -> str:
    days = "" if len(window["weekdays"]) == len(_SHORT_DAYS) else ", ".join(_SHORT_DAYS[day] for day in sorted(window["weekdays"]))
    start, end = window["start"], window["end"]
    if (start, end) == (0, 1440):
        hours = ""
    elif (start, end) == (0, 720):
        hours = _("matin")
    elif (start, end) == (720, 1440):
        hours = _("après-midi")
    else:
        hours = f"{start // 60}:{start % 60:02d}–{end // 60}:{end % 60:02d}"
    return f"{days} {hours}".strip()


def _line(row: WaitingListEntry, names: dict[UUID, str], now: datetime) -> Waiting:
    zone = current_zone()
    days = (now.astimezone(zone).date() - row.created_at.astimezone(zone).date()).days
    return Waiting(row, wish_in_words(row, names), days, next(iter(row.open_offers), None))


def _open_offers() -> Prefetch:
    return Prefetch("offers", WaitingOffer.objects.filter(state="open").select_related("entry__patient", "practitioner"), "open_offers")


def _seen(rows: QuerySet[WaitingListEntry], own: Iterable[UUID] | None) -> QuerySet[WaitingListEntry]:
    return rows if own is None else rows.filter(Q(practitioners=[]) | Q(practitioners__overlap=list(own)))
