"""Visits asked for over REST, for tests: what is sent, and booking one."""

from typing import Any

from tests.agenda.diary import at
from tests.partners import Partner

UNKNOWN = "00000000-0000-4000-8000-000000000000"
DETAILS = {"first_names": "Zoé", "birth_name": "Petit", "birth_date": "2001-02-03", "phone": "06 39 98 00 09"}


def wish(diary, hour: int = 9, minute: int = 0, **values: Any) -> dict[str, Any]:
    """Nour's wish for Monday morning with Alma."""
    body = {
        "practitioner": str(diary.alma.id), "visit_reason": str(diary.reason.id), "start": at(hour, minute).isoformat(),
        "patient": str(diary.nour.id),
    }  # fmt: skip
    return {name: value for name, value in {**body, **values}.items() if value is not ...}


def booked(partner: Partner, diary, hour: int = 9, minute: int = 0) -> dict[str, Any]:
    """A visit booked over REST."""
    return partner.post("appointments", wish(diary, hour, minute)).json()
