"""Who is asked first for a freed time.

The order, which the desk sees in words: the priority that the staff gave; then fewer offers turned down or left unanswered; then
those without any visit, before those whose visit is farthest away; then the longest wait. Only those are asked to whom the rules of
booking admit the time, as the cabinet's own offer by telephone: what closes a time to visitors of the site alone (notice, horizon,
channel) does not count, hours kept for the staff stay kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agenda.calendar.wall_time import epoch_minute, instant_of, local_date
from agenda.free_times.availability import free_slots
from agenda.free_times.busy import Busy, read_busy
from agenda.free_times.examination import around, examine
from agenda.free_times.openings import Visitor
from agenda.free_times.patient_history import is_known
from agenda.free_times.rooms import rooms_needed
from agenda.free_times.schedule import Schedule, current_schedule
from agenda.models import Appointment, BookableBy, FreedTime, Priority, WaitingListEntry
from agenda.reach import channel_for
from agenda.waiting_list.wishes import MOVABLE, suits
from medidesk import french

# What an online visitor is refused, and the cabinet's own offer is not.
WAIVED = {"minimum-notice", "beyond-horizon", "channel-closed", "would-leave-a-hole"}
UNANSWERED = ("declined", "lapsed")
MOST_SHOWN = 10
MOST_TRIED = 12  # times of a wide range looked at for one person
_PRIORITY = {Priority.URGENT: 0, Priority.SOON: 1, Priority.NORMAL: 2}
_NO_VISIT = float("-inf")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One who may be asked: the time that would be proposed, by which way (None: by nobody but a person), and why at this rank."""

    entry: WaitingListEntry
    start: datetime
    end: datetime
    site_id: UUID | None
    channel: str | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Look:
    """What is read once for all who wait."""

    schedule: Schedule
    freed: FreedTime
    now: datetime
    not_before: int
    busy: dict[UUID, Busy]
    starts: dict[UUID, list[int]]


def candidates_for(freed: FreedTime, now: datetime, *, lead_minutes: int = 0, limit: int = MOST_SHOWN) -> list[Candidate]:
    """The first `limit` who may be asked for a time of the freed range that starts at least `lead_minutes` from now, in order."""
    return list(islice(in_order(freed, now, lead_minutes=lead_minutes), limit))


def in_order(freed: FreedTime, now: datetime, *, lead_minutes: int = 0) -> Iterator[Candidate]:
    """All of them, the rules asked for one after the other. Whoever was asked in this round already is left out."""
    rows = _who_wait(freed, now)
    if not rows:
        return
    schedule = current_schedule()
    reasons = {row.visit_reason_id for row in rows}
    rooms = [room for one in reasons for room in rooms_needed(schedule, schedule.reasons[one], schedule.postal_codes)]
    busy = read_busy([freed.practitioner_id, *rooms], around(epoch_minute(freed.start)), now)
    starts = {one: _free_starts(schedule, freed, one, now) for one in reasons}
    look = _Look(schedule, freed, now, epoch_minute(now + timedelta(minutes=lead_minutes)), busy, starts)
    for row in sorted(rows, key=_rank):
        if (found := _admitted(look, row)) is not None:
            yield found


def _who_wait(freed: FreedTime, now: datetime) -> list[WaitingListEntry]:
    """Those who wait for a reason of this practitioner, but for those who have meanwhile booked it otherwise; two queries."""
    schedule = current_schedule()
    offered = [one.id for one in schedule.reasons.values() if freed.practitioner_id in one.durations]
    rows = (
        WaitingListEntry.objects.filter(state="waiting", deleted_at=None, visit_reason_id__in=offered)
        .filter(Q(practitioners=[]) | Q(practitioners__contains=[freed.practitioner_id]))
        .exclude(offers__freed_id=freed.id)
        .annotate(unanswered=Count("offers", filter=Q(offers__state__in=UNANSWERED)))
        .select_related("patient", "appointment", "visit_reason")
    )
    found = [row for row in rows if row.appointment is None or row.appointment.status in MOVABLE]
    already = booked_otherwise(found, now)
    return [row for row in found if row.id not in already]


def booked_otherwise(rows: list[WaitingListEntry], now: datetime) -> dict[UUID, UUID]:
    """Of those who wait without a visit, who has one to come for that reason by now: the entry's id, the visit's."""
    without = {(row.patient_id, row.visit_reason_id): row for row in rows if row.appointment_id is None}
    if not without:
        return {}
    visits = Appointment.objects.filter(patient_id__in={patient for patient, _reason in without}, start__gt=now, status__in=MOVABLE)
    found = visits.order_by("-start").values_list("id", "patient_id", "visit_reason_id", "created_at")
    return {
        row.id: visit
        for visit, patient, reason, taken_at in found
        if (row := without.get((patient, reason))) is not None and taken_at >= row.created_at
    }


def _rank(row: WaitingListEntry) -> tuple:
    farthest = -row.appointment.start.timestamp() if row.appointment else _NO_VISIT
    return (_PRIORITY[Priority(row.priority)], row.unanswered, farthest, row.created_at, str(row.id))


def _free_starts(schedule: Schedule, freed: FreedTime, reason_id: UUID, now: datetime) -> list[int]:
    """The free starts from which a visit for this reason would use the freed time: the freed start first, then the nearest."""
    low, high = epoch_minute(freed.start), epoch_minute(freed.end)
    offers = free_slots(
        visit_reason_id=reason_id, start_date=local_date(schedule.zone, low), end_date=local_date(schedule.zone, high) + timedelta(days=1),
        now=now, visitor=Visitor(status="known", staff=True, channel="phone"), practitioner_ids=[freed.practitioner_id],
    )  # fmt: skip
    found = {start for offer in offers for start in offer.free.starts if start < high and start + offer.duration_minutes > low}
    return sorted(found, key=lambda start: (abs(start - low), start))


def _admitted(look: _Look, row: WaitingListEntry) -> Candidate | None:
    """The first start that suits this one and that the rules admit."""
    fitting = (minute for minute in look.starts[row.visit_reason_id] if minute >= look.not_before and suits(row, instant_of(minute)))
    starts = list(islice(fitting, MOST_TRIED))
    if not starts:
        return None
    known = is_known(row.patient_id, look.now)
    visitor = Visitor(status="known" if known else "new", channel="phone", patient_id=row.patient_id)
    for minute in starts:
        start = instant_of(minute)
        verdict = examine(
            look.schedule, row.visit_reason_id, look.freed.practitioner_id, start, look.now, visitor, busy=look.busy,
            ignore_appointment=row.appointment_id,
        )  # fmt: skip
        reason = look.schedule.reasons[row.visit_reason_id]
        waived = WAIVED | {"staff-only"} if reason.bookable_by == BookableBy.STAFF else WAIVED
        if all(one.code in waived for one in verdict.refusals) and (not row.sites or verdict.site_id in row.sites):
            length = reason.durations[look.freed.practitioner_id]
            return Candidate(row, start, instant_of(minute + length), verdict.site_id, channel_for(row.patient), _why(row, look))
    return None


def _why(row: WaitingListEntry, look: _Look) -> tuple[str, ...]:
    """What decided the rank, in words."""
    zone = look.schedule.zone
    words = [] if row.priority == Priority.NORMAL else [str(Priority(row.priority).label)]
    if row.appointment:
        day = french.short_day(row.appointment.start.astimezone(zone).date())
        words.append(_("A rendez-vous le %(day)s") % {"day": day})
    else:
        words.append(_("Sans rendez-vous"))
    days = (look.now.astimezone(zone).date() - row.created_at.astimezone(zone).date()).days
    since = ngettext("Attend depuis %(n)d jour", "Attend depuis %(n)d jours", days) % {"n": days}
    words.append(since if days else _("Attend depuis aujourd’hui"))
    if row.unanswered:
        text = ngettext("%(n)d proposition sans suite", "%(n)d propositions sans suite", row.unanswered)
        words.append(text % {"n": row.unanswered})
    return tuple(words)
