"""The words that messages about visits share: moments, names and places, as short as their channel wants."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from agenda.models import Appointment, Practitioner, Site
from medidesk import french
from medidesk.cabinets.current import current_cabinet


def moment_words(prefix: str, start: datetime, zone: ZoneInfo, now: datetime) -> dict[str, str]:
    """The instant in words, and short for an SMS, in the cabinet's wall time."""
    wall, today = start.astimezone(zone), now.astimezone(zone).date()
    return {
        f"{prefix}moment": french.long_moment(wall, today),
        f"{prefix}moment_short": f"{short_day(wall.date(), today)} à {short_time(wall)}",
    }


def short_day(day: date, today: date) -> str:
    """« mardi 24/11 », with its year when that is not the year of `today`."""
    text = f"{french.WEEKDAYS[day.weekday()]} {day:%d/%m}"
    return text if day.year == today.year else f"{text}/{day.year}"


def short_time(wall: datetime) -> str:
    """« 9h20 », « 14h »."""
    return f"{wall.hour}h{wall.minute:02d}" if wall.minute else f"{wall.hour}h"


def short_name(practitioner: Practitioner) -> str:
    """« Dr Aubry »; without a title, « Claire Vasseur »."""
    return f"{practitioner.title or practitioner.first_name} {practitioner.last_name}"


def address(visit: Appointment) -> str:
    """Where the visit takes place, on one line; empty when no site says."""
    if visit.site is None:
        return ""
    city = f"{visit.site.postal_code} {visit.site.city}".strip()
    return ", ".join(part for part in (visit.site.address_line, city) if part)


def phone_to_call(*sites: Site | None) -> str:
    """The number of the first of these sites that has one, else the cabinet's, as people write it; empty without any."""
    phone = next((site.phone for site in sites if site and site.phone), current_cabinet().phone)
    return french.phone(phone) if phone else ""


def one_line(text: str) -> str:
    """The text without the template's line breaks; non-breaking spaces stay."""
    return " ".join(part for part in text.replace("\n", " ").split(" ") if part)
