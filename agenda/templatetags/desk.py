"""The items of a column of the agenda, written in one pass: a day may have six hundred of them.

Every text is escaped here; classes and ids are ours.
"""

from functools import lru_cache
from html import escape

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from agenda.day import Column, Grid, Placed
from agenda.day_times import ROW, Closed, FreeTime
from agenda.day_visits import Held, Visit
from agenda.models import Status
from agenda.sources import Source, source

register = template.Library()
TALL_2, TALL_3 = 30, 45  # minutes from which an item has two lines, and air
_UNKNOWN_ID = "00000000-0000-0000-0000-000000000000"


@register.simple_tag
def column_items(column: Column, grid: Grid, may_write: bool) -> SafeString:
    """The `<li>` of one column: closed pieces, free times, held times, visits in order of time."""
    first = grid.first_hour * 60
    items: list[tuple[int, int, str]] = []
    items += [(one.start, 0, _closed(one, first)) for one in column.closed]
    if may_write:
        items += [(one.start, 1, _free(one, column, first)) for one in column.free]
    items += [(one.start_minute, 2, _held(one, first)) for one in column.held]
    address = reverse("agenda:appointment", args=[_UNKNOWN_ID])
    items += [(one.visit.start_minute, 3, _visit(one, grid, first, address)) for one in column.visits]
    if grid.week and grid.now_row is not None and column.day == grid.now.date():
        items.append((0, 0, f'<li class="now-here s-{grid.now_row} d-1" data-id="now" aria-hidden="true"></li>'))
    return mark_safe("\n".join(text for _start, _rank, text in sorted(items, key=lambda item: item[:2])))


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


def _closed(one: Closed, first: int) -> str:
    place = _position(one.start, one.end, first)
    hidden = "" if one.word else ' aria-hidden="true"'
    return f'<li class="closed {place}" data-id="x{one.start}"{hidden}>{escape(one.word)}</li>'


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _free(one: FreeTime, column: Column, first: int) -> str:
    time = _clock(one.start)
    start = f"{column.day.isoformat()}T{time}"
    address = escape(f"{reverse('agenda:new')}?{urlencode({'praticien': column.practitioner.id, 'debut': start})}")
    label = _("%(time)s réservé au cabinet") if one.kept else _("%(time)s libre")
    whose = escape(_(", %(name)s, donner cet horaire") % {"name": column.practitioner.name})
    lock = _icon("lock") if one.kept else ""
    kind = "free kept" if one.kept else "free"
    return (
        f'<li class="{kind} {_position(one.start, one.end, first)}" data-id="f{one.start}"><a href="{address}" data-dialog="call">'
        f'{lock}{escape(label % {"time": time})}<span class="sr-only">{whose}</span></a></li>'
    )


def _held(one: Held, first: int) -> str:
    text = _("%(time)s en cours de réservation (%(source)s), gardé jusqu’à %(until)s") % {
        "time": _clock(one.start_minute), "source": source(one.source).label, "until": f"{one.until:%H:%M}",
    }  # fmt: skip
    place = _position(one.start_minute, one.end_minute, first)
    return f'<li class="closed reserved held {place}" data-id="h{one.id}">{_icon("timer")}<span>{escape(text)}</span></li>'


def _visit(placed: Placed, grid: Grid, first: int, address: str) -> str:
    visit = placed.visit
    tall = " tall-2" if visit.minutes >= TALL_2 else ""
    tall += " tall-3" if visit.minutes >= TALL_3 else ""
    clash = " conflict" if placed.clash else ""
    lane = f" lane-{placed.lane}of{placed.lanes}" if placed.lanes > 1 else ""
    name = escape(f"{visit.name} ({visit.age})" if visit.age else visit.name)
    where = _position(visit.start_minute, visit.end_minute, first)
    one = source(visit.source)
    icon, label, said = _state(visit, placed.clash, grid)
    state = f'<span class="visit-state">{icon}{label}</span>' if icon or label else ""
    told = escape(_(", %(minutes)d min, %(state)s, %(source)s") % {"minutes": visit.minutes, "state": said, "source": one.label})
    return (
        f'<li class="visit source-{escape(one.slug)} {where} status-{visit.status}{tall}{clash}{lane}" data-id="{visit.id}"'
        f' data-version="{visit.version}"><a class="visit-button" href="{address.replace(_UNKNOWN_ID, str(visit.id))}"'
        f' data-dialog="visit">{_badge(one)}<span class="visit-time">{_clock(visit.start_minute)}</span> <b>{name}</b>'
        f' <span class="visit-reason">{escape(visit.reason)}</span>{state}<span class="sr-only">{told}</span></a></li>'
    )


def _state(visit: Visit, clash: bool, grid: Grid) -> tuple[str, str, str]:
    """Icon, visible word, spoken word. A word that gives way to the icon when the column is narrow is a `state-label`."""
    if visit.status == Status.ARRIVED:
        waited = _("%(n)d min") % {"n": visit.waited(grid.now)}
        return _icon("hourglass"), waited, _("en salle d’attente depuis %(waited)s") % {"waited": waited}
    if visit.status == Status.IN_CONSULTATION:
        return _icon("stethoscope"), f'<span class="state-label">{escape(_("En cours"))}</span>', _("en consultation")
    if visit.status == Status.COMPLETED:
        return _icon("check"), "", _("vu")
    if visit.status == Status.NO_SHOW:
        return _icon("x"), f'<span class="state-label">{escape(_("Absent"))}</span>', _("absent")
    if visit.status == Status.CANCELLED:
        return "", escape(_("Annulé")), _("annulé")
    if clash:
        return _icon("triangle-alert"), escape(_("Doublon")), _("double réservation")
    if visit.status == Status.REQUESTED:
        return "", escape(_("À valider")), _("à valider")
    return "", "", _("confirmé")
