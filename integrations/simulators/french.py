"""How the simulators' pages write dates, times and numbers."""

from datetime import date, datetime

NBSP = "\u00a0"
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre")


def day(value: date) -> str:
    """mardi 24 novembre; the first is « 1er »."""
    number = "1er" if value.day == 1 else str(value.day)
    return f"{DAYS[value.weekday()]} {number}{NBSP}{MONTHS[value.month - 1]}"


def long_day(value: date) -> str:
    """mardi 24 novembre 2026."""
    return f"{day(value)} {value.year}"


def clock_time(value: datetime) -> str:
    """9 h 20, and 14 h on the hour."""
    minutes = f"{NBSP}{value:%M}" if value.minute else ""
    return f"{value.hour}{NBSP}h{minutes}"


def chip_time(value: datetime) -> str:
    """9 h 20, and 14 h 00 on the hour, so that all chips have one width."""
    return f"{value.hour}{NBSP}h{NBSP}{value:%M}"


def moment(value: datetime) -> str:
    """mardi 24 novembre à 9 h 20."""
    return f"{day(value.date())} à {clock_time(value)}"


def birth_date(value: str | None) -> str:
    """11/04/1987 from 1987-04-11."""
    return "/".join(reversed(value.split("-"))) if value else ""


def phone(value: str | None) -> str:
    """06 39 98 00 12 for a French number, anything else as it is."""
    if not value:
        return ""
    digits = "0" + value[3:] if value.startswith("+33") else value
    if len(digits) == 10 and digits.isdigit():
        return NBSP.join(digits[index : index + 2] for index in range(0, 10, 2))
    return value
