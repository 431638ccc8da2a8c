"""Dates, times, lengths, phones, money and numbers as French people read them: plain text, non-breaking spaces inside.

Nothing here reads the clock or the current zone: datetimes arrive already in the wall time to show, and today's date is passed in.
"""

from datetime import date, datetime, time
from decimal import Decimal

import phonenumbers

NBSP = "\u00a0"
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
SHORT_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
FRENCH_CALLING_CODES = (33, 262, 508, 590, 594, 596)  # mainland, Réunion and Mayotte, Saint-Pierre, Guadeloupe, Guyane, Martinique


def clock_time(moment: time | datetime) -> str:
    """« 9 h 20 », and « 14 h » on the hour: for running text."""
    return f"{moment.hour}{NBSP}h{NBSP}{moment.minute:02d}" if moment.minute else f"{moment.hour}{NBSP}h"


def chip_time(moment: time | datetime) -> str:
    """« 9 h 20 », « 14 h 00 »: minutes always there, so that a column of times lines up."""
    return f"{moment.hour}{NBSP}h{NBSP}{moment.minute:02d}"


def day_of_month(day: date) -> str:
    """« 24 », and « 1er » on the first."""
    return "1er" if day.day == 1 else str(day.day)


def long_day(day: date, today: date) -> str:
    """« mardi 24 novembre », with its year when that is not the year of `today`."""
    text = f"{WEEKDAYS[day.weekday()]} {day_of_month(day)}{NBSP}{MONTHS[day.month - 1]}"
    return text if day.year == today.year else f"{text} {day.year}"


def long_moment(moment: datetime, today: date) -> str:
    """« mardi 24 novembre à 9 h 20 »."""
    return f"{long_day(moment.date(), today)} à {clock_time(moment)}"


def near_day(day: date, today: date) -> str:
    """« aujourd’hui » or « demain », or nothing when the day is further: said before the date, never alone."""
    return {0: "aujourd’hui", 1: "demain"}.get((day - today).days, "")


def short_day(day: date) -> str:
    """« mar. 24 nov. », for professionals."""
    return f"{WEEKDAYS[day.weekday()][:3]}. {day.day}{NBSP}{SHORT_MONTHS[day.month - 1]}"


def numeric_day(day: date) -> str:
    """« 11/04/1987 », the only way a birth date is written for professionals."""
    return f"{day:%d/%m/%Y}"


def length(minutes: int) -> str:
    """« 20 min », « 1 h », « 1 h 15 » from a number of minutes."""
    hours, rest = divmod(int(minutes), 60)
    if not hours:
        return f"{rest}{NBSP}min"
    return f"{hours}{NBSP}h{NBSP}{rest:02d}" if rest else f"{hours}{NBSP}h"


def phone(number: str) -> str:
    """« 06 39 98 00 12 » for a French number, overseas included; the international form for the others; unchanged if unreadable."""
    try:
        parsed = phonenumbers.parse(number, "FR")
    except phonenumbers.NumberParseException:
        return number
    digits = f"0{parsed.national_number}"
    if parsed.country_code in FRENCH_CALLING_CODES and len(digits) == 10:
        return NBSP.join(digits[i : i + 2] for i in range(0, 10, 2))
    if not phonenumbers.is_possible_number(parsed):
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL).replace(" ", NBSP)


def number(value: int | float | Decimal, digits: int = 0) -> str:
    """« 12 345 » or, with `digits` decimals, « 12,5 »."""
    return f"{value:,.{digits}f}".replace(",", NBSP).replace(".", ",")


def money(euros: int | float | Decimal) -> str:
    """« 30 € », « 26,50 € »."""
    whole = Decimal(str(euros)) == int(euros)
    return f"{number(euros, 0 if whole else 2)}{NBSP}€"


def percent(value: int | float | Decimal) -> str:
    """« 12,5 % », « 60 % » from a number already in hundredths."""
    whole = Decimal(str(value)) == int(value)
    return f"{number(value, 0 if whole else 1)}{NBSP}%"
