"""What the cabinet's page shows: reasons, practitioners, the week, the first free time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from agenda.models import BookableBy, Practitioner, Site, VisitReason
from booking.choices import Choices, online_reasons, open_to
from booking.week import Week, first_free, week_from
from medidesk.cabinets.current import current_zone


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    """A reason to pick, or one that this visitor may not take online."""

    reason: VisitReason
    chosen: bool
    open: bool


@dataclass(frozen=True, slots=True)
class PractitionerChoice:
    """Somebody to pick, and the day of their first free time."""

    practitioner: Practitioner
    chosen: bool
    first_day: date | None


@dataclass(frozen=True, slots=True)
class FirstFree:
    """The first free time, with whom."""

    start: datetime
    text: str
    practitioner: Practitioner
    site_id: UUID


@dataclass(frozen=True, slots=True)
class BookingPage:
    """Everything that the template of the page reads."""

    choices: Choices
    reasons: list[ReasonChoice]
    by_phone: list[VisitReason]
    practitioners: list[PractitionerChoice]
    week: Week | None
    open_day: date | None
    first: FirstFree | None
    jump: FirstFree | None
    sites: dict[UUID, Site]

    @property
    def week_query(self) -> str:
        """The address of these days, for the tabs of a phone."""
        return self.choices.at(self.choices.first_day).query

    @property
    def previous_query(self) -> str:
        """The address of the days before, or nothing."""
        return self.choices.at(self.week.previous).query if self.week and self.week.previous else ""

    @property
    def following_query(self) -> str:
        """The address of the days after."""
        return self.choices.at(self.week.following).query if self.week else ""

    @property
    def jump_query(self) -> str:
        """The address of the next day that has times."""
        return self.choices.at(self.jump.start.date()).query if self.jump else ""


def booking_page(query: Mapping[str, str], *, now: datetime) -> BookingPage:
    """The page for these choices."""
    everything = online_reasons()
    reasons = [one for one in everything if one.bookable_by != BookableBy.STAFF]
    by_phone = [one for one in everything if one.bookable_by == BookableBy.STAFF]
    choices = Choices.read(query, reasons, now.astimezone(current_zone()).date())
    reason = choices.reason
    people = [one for one in reason.practitioners.all() if one.bookable_online and not one.deleted_at] if reason else []
    bookable = reason is not None and open_to(reason, known=choices.known)
    week = _week(choices, now) if bookable else None
    first = _first(choices, people, now) if bookable else None
    return BookingPage(
        choices=choices,
        reasons=[ReasonChoice(one, one == reason, open_to(one, known=choices.known)) for one in reasons],
        by_phone=by_phone,
        practitioners=_practitioners(choices, people, now) if bookable else [],
        week=week,
        open_day=_open_day(choices, week),
        first=first,
        jump=_first(choices, people, now, week.following) if week and week.is_empty else None,
        sites=_sites(),
    )


def _week(choices: Choices, now: datetime) -> Week:
    assert choices.reason is not None
    return week_from(
        choices.first_day, visit_reason_id=choices.reason.id, visitor=choices.visitor, now=now, practitioner_ids=choices.practitioner_ids
    )


def _open_day(choices: Choices, week: Week | None) -> date | None:
    """The day shown on a phone: the chosen one, else the first that has times."""
    if week is None or not week.days:
        return None
    days = {day.date for day in week.days}
    if choices.open_day in days:
        return choices.open_day
    return next((day.date for day in week.days if day.times), week.days[0].date)


def _first(choices: Choices, people: list[Practitioner], now: datetime, start_date: date | None = None) -> FirstFree | None:
    assert choices.reason is not None
    found = first_free(
        visit_reason_id=choices.reason.id,
        visitor=choices.visitor,
        now=now,
        start_date=start_date,
        practitioner_ids=choices.practitioner_ids,
    )
    who = next((one for one in people if found and one.id == found.practitioner_id), None)
    return FirstFree(found.start, found.start.isoformat(), who, found.site_id) if found and who else None


def _practitioners(choices: Choices, people: list[Practitioner], now: datetime) -> list[PractitionerChoice]:
    assert choices.reason is not None
    found = []
    for one in people:
        first = first_free(visit_reason_id=choices.reason.id, visitor=choices.visitor, now=now, practitioner_ids=[one.id])
        found.append(PractitionerChoice(one, one.id == choices.practitioner_id, first.start.date() if first else None))
    return found


def _sites() -> dict[UUID, Site]:
    return {site.id: site for site in Site.objects.filter(deleted_at__isnull=True)}
