"""A set-up row in one line of a list: its name, and what it is in a few words."""

from dataclasses import dataclass
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agenda.models import Absence, OpeningHours, Practitioner, Quota, Resource, Site, VisitReason
from agenda.setup_pages.choices import Choices
from agenda.setup_pages.entries import clock_text
from medidesk import french
from medidesk.cabinets.current import current_zone

_CHANNELS = {
    "website": gettext_lazy("site"), "phone": gettext_lazy("téléphone"), "partner": gettext_lazy("partenaires"),
    "platform": gettext_lazy("plateformes"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """`color` is `#rrggbb` or nothing."""

    title: str
    detail: str = ""
    color: str = ""


def _joined(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)


def named(row: Any, _choices: Choices) -> Line:
    """By its own name."""
    return Line(str(row))


def site(row: Site, _choices: Choices) -> Line:
    """Where it is."""
    return Line(row.name, _joined(row.address_line, f"{row.postal_code} {row.city}".strip(), row.phone and french.phone(row.phone)))


def practitioner(row: Practitioner, _choices: Choices) -> Line:
    """Who, where, whether online."""
    online = _("réservable en ligne") if row.bookable_online else _("par le cabinet seulement")
    return Line(row.name, _joined(", ".join(one.name for one in row.sites.all()), online), row.color)


def resource(row: Resource, choices: Choices) -> Line:
    """What and where."""
    return Line(row.name, _joined(row.get_kind_display(), choices.sites.get(row.site_id)))


def reason(row: VisitReason, choices: Choices) -> Line:
    """How long, for whom, with whom."""
    who = [choices.practitioners[one.practitioner_id] for one in row.offers.all() if one.practitioner_id in choices.practitioners]
    return Line(
        row.name,
        _joined(french.length(row.duration_minutes), row.get_bookable_by_display(), ", ".join(who) or _("personne ne le propose")),
        row.color,
    )


def hours(row: OpeningHours, choices: Choices) -> Line:
    """When, with whom."""
    when = french.numeric_day(row.date) if row.date else str(WEEKDAYS[row.weekday or 0])
    span = f"{clock_text(row.start_minute)} – {clock_text(row.end_minute)}"
    return Line(f"{when.capitalize()} {span}", _joined(choices.practitioners.get(row.practitioner_id), conditions(row, choices)))


def conditions(row: OpeningHours, choices: Choices) -> str:
    """What is not the ordinary case, in a few words."""
    return _joined(
        choices.sites.get(row.site_id) if len(choices.sites) > 1 else "",
        row.every_n_weeks > 1 and _("1 semaine sur %(n)d") % {"n": row.every_n_weeks},
        _validity(row),
        row.audience != "everyone" and row.get_audience_display(),
        _names(row, choices),
        ", ".join(str(_CHANNELS[one]) for one in row.channels),
        _release(row),
    )


def quota(row: Quota, choices: Choices) -> Line:
    """Who may take how many of what."""
    which = ", ".join(str(_CHANNELS[one]) for one in row.channels)
    title = _("%(name)s\u00a0: %(n)d au plus par jour (%(which)s)") % {
        "name": choices.practitioners.get(row.practitioner_id, ""), "n": row.most_visits, "which": which,
    }  # fmt: skip
    when = str(WEEKDAYS[row.weekday]) if row.weekday is not None else _("tous les jours")
    span = f"{clock_text(row.start_minute)} – {clock_text(row.end_minute)}"
    return Line(title, _joined(f"{when} {span}", _names(row, choices), _validity(row), _release(row)))


def absence(row: Absence, choices: Choices) -> Line:
    """Who, from when to when."""
    who = choices.practitioners.get(row.practitioner_id) if row.practitioner_id else choices.sites.get(row.site_id)
    start, end = (one.astimezone(current_zone()) for one in (row.start, row.end))
    span = _("du %(start)s au %(end)s") % {"start": f"{start:%d/%m/%Y %H:%M}", "end": f"{end:%d/%m/%Y %H:%M}"}
    return Line(_joined(who, row.label), _joined(span, row.rrule and _("se répète")))


def _names(row: Any, choices: Choices) -> str:
    return ", ".join(choices.reasons.get(one.id, "") for one in row.visit_reasons.all())


def _validity(row: Any) -> str:
    first = _("dès le %(day)s") % {"day": french.numeric_day(row.valid_from)} if row.valid_from else ""
    last = _("jusqu’au %(day)s") % {"day": french.numeric_day(row.valid_until)} if row.valid_until else ""
    return f"{first} {last}".strip()


def _release(row: Any) -> str:
    if row.release_days_before is None:
        return ""
    return _("libéré %(days)d j avant à %(time)s") % {"days": row.release_days_before, "time": clock_text(row.release_minute or 0)}
