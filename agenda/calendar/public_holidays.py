"""The public holidays of a French département, from the site's postal code."""

from datetime import date
from functools import lru_cache

import holidays

# Alsace-Moselle keeps Good Friday and 26 December; overseas départements commemorate the abolition of slavery.
_ALSACE_MOSELLE = ("57", "67", "68")
_OVERSEAS = ("971", "972", "973", "974", "976")


def subdivision(postal_code: str) -> str | None:
    """The library's subdivision for a postal code; None for the eleven national days alone."""
    if postal_code[:3] in _OVERSEAS:
        return postal_code[:3]
    return "57" if postal_code[:2] in _ALSACE_MOSELLE else None


@lru_cache(maxsize=500)
def _of_year(subdiv: str | None, year: int) -> dict[date, str]:
    return dict(holidays.France(subdiv=subdiv, years=year, language="fr"))


def public_holiday(postal_code: str, day: date) -> str | None:
    """The French name of the public holiday on `day` at that postal code, or None."""
    return _of_year(subdivision(postal_code), day.year).get(day)
