"""The diary of the agenda's tests, seen through REST on a Sunday noon in winter."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from tests.agenda.diary import NOW, Diary
from tests.conftest import TOURCOING
from tests.partners import Partner


@pytest.fixture
def partner(cabinet) -> Partner:
    """A key with every scope."""
    return Partner(TOURCOING)


@pytest.fixture
def staff(cabinet) -> Partner:
    """A key that acts as the cabinet."""
    return Partner(TOURCOING, name="Comptoir", staff=True)


@pytest.fixture
def diary(cabinet) -> Iterator[Diary]:
    """Monday mornings 9 to 12, and it is Sunday noon."""
    with time_machine.travel(NOW, tick=False):
        yield Diary()


@pytest.fixture
def bodies(diary) -> dict[str, dict[str, Any]]:
    """What creates one of each, every writable field said."""
    alma, site, reason = str(diary.alma.id), str(diary.site.id), str(diary.reason.id)
    return {
        "sites": {"name": "Annexe", "address_line": "1 rue", "postal_code": "59200", "city": "Tourcoing", "phone": "+33320000001"},
        "practitioners": {
            "title": "Dr", "first_name": "Inès", "last_name": "Blin", "specialty": "SM26", "rpps": "10002673899", "sites": [site],
            "bookable_online": False, "works_on_holidays": False, "color": "#a1b2c3",
        },
        "resources": {"name": "Échographe", "kind": "device", "site": site},
        "visit-reasons": {
            "name": "Suivi", "internal_name": "S", "duration_minutes": 20, "buffer_before_minutes": 5, "buffer_after_minutes": 10,
            "grid_minutes": 15, "min_notice_minutes": 60, "horizon_days": 90, "bookable_by": "known", "needs_validation": True,
            "max_per_day": 4, "min_days_between": 7, "one_upcoming": False, "practitioners": [{"id": alma, "duration_minutes": 25}],
            "resource_kinds": ["device", "room", "room"], "color": "#0b5d4a",
        },
        "opening-hours": {
            "practitioner": alma, "site": site, "weekday": 2, "date": None, "start": "08:30", "end": "12:00", "valid_from": "2026-03-02",
            "valid_until": "2026-12-31", "every_n_weeks": 2, "visit_reasons": [reason], "audience": "known",
            "channels": ["partner", "website"], "release": {"days_before": 1, "at": "08:00"},
        },
        "quotas": {
            "practitioner": alma, "site": site, "weekday": 3, "start": "08:30", "end": "24:00", "visit_reasons": [reason],
            "channels": ["partner", "website"], "most_visits": 0, "release": {"days_before": 2, "at": "00:00"},
            "valid_from": "2026-03-02", "valid_until": "2026-12-31",
        },
        "absences": {
            "practitioner": alma, "site": None, "start": "2026-03-02T09:00:00+01:00", "end": "2026-03-02T12:00:00+01:00",
            "label": "Formation", "rrule": "FREQ=WEEKLY;COUNT=2",
        },
        "patients": {
            "birth_name": "Petit", "used_name": "Grand", "first_names": "Zoé", "birth_date": "2001-02-03", "sex": "U",
            "email": "zoe@patients.example", "phone": "+33639980009", "language": "fr",
        },
    }  # fmt: skip
