"""Template filters over medidesk.french: they bring datetimes into the current zone and know today's date."""

import re
from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe

from medidesk import clock, french

register = template.Library()


def _wall(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def _day(value: datetime | date) -> date:
    return _wall(value).date() if isinstance(value, datetime) else value


def _today() -> date:
    return timezone.localdate(clock.now())


@register.filter
def seconds_left(value: datetime) -> int:
    """How many seconds until then by the platform's clock, for scripts: a browser's clock may be wrong. Never below zero."""
    return max(0, int((value - clock.now()).total_seconds()))


def _raised(text: str) -> SafeString:
    return mark_safe(re.sub(r"\b1er\b", "1<sup>er</sup>", escape(text)))


@register.filter
def clock_time(value: datetime) -> str:
    """« 9 h 20 », « 14 h »."""
    return french.clock_time(_wall(value))


@register.filter
def chip_time(value: datetime) -> str:
    """« 9 h 20 », « 14 h 00 »."""
    return french.chip_time(_wall(value))


@register.filter
def long_day(value: datetime | date) -> SafeString:
    """« mardi 24 novembre », « mardi 1er décembre » with a raised « er », year if it is not the current one."""
    return _raised(french.long_day(_day(value), _today()))


@register.filter
def long_moment(value: datetime) -> SafeString:
    """« mardi 24 novembre à 9 h 20 »."""
    return _raised(french.long_moment(_wall(value), _today()))


@register.filter
def near_day(value: datetime | date) -> str:
    """« aujourd’hui », « demain » or nothing."""
    return french.near_day(_day(value), _today())


@register.filter
def weekday(value: datetime | date) -> str:
    """« mardi »."""
    return french.WEEKDAYS[_day(value).weekday()]


@register.filter
def day_and_month(value: datetime | date) -> SafeString:
    """« 24 novembre », « 1er décembre »."""
    day = _day(value)
    return _raised(f"{french.day_of_month(day)}{french.NBSP}{french.MONTHS[day.month - 1]}")


@register.filter
def short_day(value: datetime | date) -> str:
    """« mar. 24 nov. »."""
    return french.short_day(_day(value))


@register.filter
def numeric_day(value: datetime | date) -> str:
    """« 11/04/1987 »."""
    return french.numeric_day(_day(value))


@register.filter
def desk_time(value: datetime) -> str:
    """« 09:20 », for professionals."""
    return f"{_wall(value):%H:%M}"


@register.filter
def length_text(minutes: int) -> str:
    """« 20 min », « 1 h 15 »."""
    return french.length(minutes)


@register.filter
def phone(number: str) -> str:
    """« 06 39 98 00 12 »."""
    return french.phone(number)


@register.filter
def money(euros) -> str:
    """« 30 € », « 26,50 € »."""
    return french.money(euros)


@register.filter
def percent(value) -> str:
    """« 12,5 % »."""
    return french.percent(value)


@register.filter
def initials(name: str) -> str:
    """« HA » from « Dr Hélène Aubry »: first letters of the first and last words, without the title, for an avatar."""
    words = [word for word in name.replace("-", " ").split() if word not in ("Dr", "Pr", "M.", "Mme")]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


@register.filter
def with_article(name: str) -> str:
    """« le Dr Hélène Aubry », « Claire Ferrand »: a name inside a sentence."""
    return f"le {name.replace(' ', french.NBSP, 1)}" if name.startswith(("Dr ", "Pr ")) else name


@register.filter
def together(text: str) -> SafeString:
    """A title in which « rendez-vous » is never cut at its hyphen."""
    return mark_safe(re.sub(r"([Rr]endez-vous)", r'<span class="nowrap">\1</span>', str(conditional_escape(text))))
