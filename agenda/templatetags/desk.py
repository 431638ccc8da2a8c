"""The items of a column of the agenda, written in one pass: a day may have six hundred of them.

Every text is escaped here; classes and ids are ours.
"""

from collections import OrderedDict
from functools import lru_cache
from html import escape

from django import template
from django.db import connection
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agenda.desk.absences import length_of
from agenda.desk.day import Column, Grid, Placed
from agenda.desk.day_times import ROW, Closed, FreeTime
from agenda.desk.day_visits import Held, Visit
from agenda.models import MassAbsence, Status
from agenda.sources import Source, source
from medidesk import clock

register = template.Library()
MOST_KEPT = 300  # columns
TALL_2, TALL_3 = 30, 45  # minutes from which an item has two lines, and air
_kept: OrderedDict[tuple, tuple[tuple, SafeString]] = OrderedDict()


@register.simple_tag
def column_items(column: Column, grid: Grid, may_write: bool) -> SafeString:
    """The `<li>` of one column: closed pieces, free times, held times, visits in order of time.

    What was written last is kept with everything it was written from, and given again while that is equal.
    """
    waits = any(one.visit.status == Status.ARRIVED for one in column.visits)
    seen = (
        column.visits, column.held, column.closed, column.free, column.practitioner.name, grid.first_hour,
        grid.now_row if grid.week else None, grid.now.date() if grid.week else None, grid.now if waits else None,
    )  # fmt: skip
    key = (connection.schema_name, column.key, grid.week, may_write, get_language())
    kept = _kept.get(key)
    if kept is not None and kept[0] == seen:
        return kept[1]
    text = _written(column, grid, may_write)
    _kept[key] = (seen, text)
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
    return text


def _written(column: Column, grid: Grid, may_write: bool) -> SafeString:
    first = grid.first_hour * 60
    items: list[tuple[int, int, str]] = []
    items += [(one.start, 0, _closed(one, first, _why(column))) for one in column.closed]
    if may_write and column.free:
        link = _FreeLink(column)
        items += [(one.start, 1, link.write(one, first)) for one in column.free]
    items += [(one.start_minute, 2, _held(one, first)) for one in column.held]
    words = _Words()
    items += [(one.visit.start_minute, 3, _visit(one, grid, first, words)) for one in column.visits]
    if grid.week and grid.now_row is not None and column.day == grid.now.date():
        items.append((0, 0, f'<li class="now-here s-{grid.now_row} d-1" data-id="now" aria-hidden="true"></li>'))
    return mark_safe("\n".join(text for _start, _rank, text in sorted(items, key=lambda item: item[:2])))


@register.filter
def absence_length(mass: MassAbsence) -> str:
    """From when to when, in words."""
    return length_of(mass, clock.now())


@register.simple_tag
def source_badge(slug: str) -> SafeString:
    """The letter or icon of a source, decorative: its name stands beside it."""
    return mark_safe(_badge(source(slug)))


@register.simple_tag
def query(**values: object) -> str:
    """`?a=b`, for links; values that are None or empty are left out."""
    given = {name: value for name, value in values.items() if value not in (None, "", False)}
    return f"?{urlencode(given)}" if given else ""


@lru_cache(maxsize=64)
def _badge(one: Source) -> str:
    inner = _icon(one.icon) if one.icon else escape(str(one.badge))
    return f'<span class="source-badge source-{escape(one.slug)}" aria-hidden="true">{inner}</span>'


@lru_cache(maxsize=64)
def _icon(name: str) -> str:
    return f'<svg class="icon" aria-hidden="true"><use href="{static("icons.svg")}#{name}"></use></svg>'


def _position(start: int, end: int, first: int) -> str:
    """The classes of a place on the grid: what is off the rows of five minutes is floored to them."""
    row = max(0, start - first) // ROW
    return f"s-{row} d-{max(1, -(-(end - first) // ROW) - row)}"


def _closed(one: Closed, first: int, why: str) -> str:
    """A closed piece leads to what is closed there and for whom; without a word it is for the pointer alone."""
    place = _position(one.start, one.end, first)
    hidden, unsaid = ("", "") if one.word else (' aria-hidden="true"', ' tabindex="-1"')
    link = f'<a href="{why}{_clock(one.start)}" data-dialog="why"{unsaid}>{escape(one.word)}</a>'
    return f'<li class="closed {place}" data-id="x{one.start}"{hidden}>{link}</li>'


def _why(column: Column) -> str:
    """The address of « Pourquoi pas cette heure ? », the time left out."""
    return f"{reverse('agenda:why')}?praticien={column.practitioner.id}&amp;debut={column.day.isoformat()}T"


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


class _FreeLink:
    """What the free times of one column have in common: address, words, whose they are."""

    def __init__(self, column: Column) -> None:
        self._address = f"{reverse('agenda:new')}?praticien={column.practitioner.id}&amp;debut={column.day.isoformat()}T"
        self._whose = escape(_(", %(name)s, donner cet horaire") % {"name": column.practitioner.name})
        self._free, self._kept = escape(_("libre")), escape(_("réservé au cabinet"))

    def write(self, one: FreeTime, first: int) -> str:
        """The item of one free time."""
        time = _clock(one.start)
        kind, lock, word = ("free kept", _icon("lock"), self._kept) if one.kept else ("free", "", self._free)
        return (
            f'<li class="{kind} {_position(one.start, one.end, first)}" data-id="f{one.start}"><a href="{self._address}{time}"'
            f' data-dialog="call">{lock}<span class="free-label">{time} {word}</span><span class="sr-only">{self._whose}</span></a></li>'
        )


def _held(one: Held, first: int) -> str:
    text = _("%(time)s en cours de réservation (%(source)s), gardé jusqu’à %(until)s") % {
        "time": _clock(one.start_minute), "source": source(one.source).label, "until": f"{one.until:%H:%M}",
    }  # fmt: skip
    place = _position(one.start_minute, one.end_minute, first)
    return f'<li class="closed reserved held {place}" data-id="h{one.id}">{_icon("timer")}<span>{escape(text)}</span></li>'


class _Words:
    """What is said of a visit, translated once per column: icon, visible word, spoken word for each state."""

    def __init__(self) -> None:
        self.address = reverse("agenda:visit", args=[0]).removesuffix("0")
        self.minutes = escape(_("min"))
        self.waiting = escape(_("en salle d’attente depuis"))
        self.clash = (_icon("triangle-alert") + escape(_("Doublon")), escape(_("double réservation")))
        self.states: dict[str, tuple[str, str]] = {
            Status.IN_CONSULTATION: (_icon("stethoscope") + _label(_("En cours")), escape(_("en consultation"))),
            Status.COMPLETED: (_icon("check"), escape(_("vu"))),
            Status.NO_SHOW: (_icon("x") + _label(_("Absent")), escape(_("absent"))),
            Status.CANCELLED: (escape(_("Annulé")), escape(_("annulé"))),
            Status.REQUESTED: (escape(_("À valider")), escape(_("à valider"))),
            Status.CONFIRMED: ("", escape(_("confirmé"))),
        }
        self._sources: dict[str, tuple[str, str, str]] = {}

    def source(self, slug: str) -> tuple[str, str, str]:
        """Class, badge and label of a source."""
        if slug not in self._sources:
            one = source(slug)
            self._sources[slug] = (escape(one.slug), _badge(one), escape(str(one.label)))
        return self._sources[slug]

    def state(self, visit: Visit, clash: bool, grid: Grid) -> tuple[str, str]:
        """What is shown and what is said of its state; a clash is worth more than a plan, less than what has happened."""
        if visit.status == Status.ARRIVED:
            waited = f"{visit.waited(grid.now)} {self.minutes}"
            return _icon("hourglass") + waited, f"{self.waiting} {waited}"
        if clash and visit.status in (Status.REQUESTED, Status.CONFIRMED):
            return self.clash
        return self.states[visit.status]


def _label(word: str) -> str:
    """A word that gives way to its icon when the column is narrow."""
    return f'<span class="state-label">{escape(word)}</span>'


def _visit(placed: Placed, grid: Grid, first: int, words: _Words) -> str:
    visit = placed.visit
    tall = " tall-2 tall-3" if visit.minutes >= TALL_3 else " tall-2" if visit.minutes >= TALL_2 else ""
    clash = " conflict" if placed.clash else ""
    lane = f" lane-{placed.lane}of{placed.lanes}" if placed.lanes > 1 else ""
    name = escape(f"{visit.name} ({visit.age})" if visit.age else visit.name)
    slug, badge, label = words.source(visit.source)
    shown, said = words.state(visit, placed.clash, grid)
    state = f'<span class="visit-state">{shown}</span>' if shown else ""
    return (
        f'<li class="visit source-{slug} {_position(visit.start_minute, visit.end_minute, first)} status-{visit.status}{tall}{clash}{lane}"'
        f' data-id="{visit.number}"><a class="visit-button" href="{words.address}{visit.number}"'
        f' data-dialog="visit">{badge}<span class="visit-time">{_clock(visit.start_minute)}</span> <b>{name}</b>'
        f' <span class="visit-reason">{escape(visit.reason)}</span>{state}<span class="sr-only">, {visit.minutes} {words.minutes}, {said},'
        f" {label}</span></a></li>"
    )
