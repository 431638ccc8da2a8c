"""How old somebody is."""

from datetime import date, datetime

from medidesk.cabinets.current import current_zone


def age_on(born: date | None, now: datetime) -> int | None:
    """Whole years at `now` on the cabinet's wall; None without a birth date."""
    if born is None:
        return None
    day = now.astimezone(current_zone()).date()
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
