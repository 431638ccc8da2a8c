"""Absences, sentence by sentence: two instants, an optional RRULE in wall time, the first one included."""

from datetime import date
from typing import Any

import pytest

from tests.agenda.diary import at
from tests.partners import Partner, flaws


def absent(partner: Partner, diary, rrule: str | None = None, **values: Any) -> Any:
    """Alma away on Monday 2 March from 9 to 12."""
    body = {"practitioner": str(diary.alma.id), "start": at(9).isoformat(), "end": at(12).isoformat(), "rrule": rrule}
    return partner.post("absences", {**body, **values})


def mondays_with_slots(partner: Partner, diary, until: str = "2026-04-14") -> list[str]:
    """The Mondays, from 2 March on, on which something is free."""
    body = partner.get(f"slots?visit_reason={diary.reason.id}&from=2026-03-02&to={until}").json()
    return sorted({start[:10] for start in body["practitioners"][0]["slots"]})


@pytest.mark.parametrize(
    ("rrule", "free"),
    [
        ("FREQ=WEEKLY;COUNT=2", ["2026-03-16", "2026-03-23", "2026-03-30", "2026-04-06", "2026-04-13"]),
        ("FREQ=WEEKLY;UNTIL=20260330T070000Z", ["2026-04-06", "2026-04-13"]),
        ("FREQ=WEEKLY;UNTIL=20260330T065959Z", ["2026-03-30", "2026-04-06", "2026-04-13"]),
        ("FREQ=WEEKLY;UNTIL=20260330", ["2026-04-06", "2026-04-13"]),
        ("FREQ=WEEKLY;INTERVAL=2", ["2026-03-09", "2026-03-23", "2026-04-06"]),
        ("FREQ=MONTHLY;BYDAY=1MO", ["2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30", "2026-04-13"]),
        ("FREQ=WEEKLY;BYDAY=TU", ["2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30", "2026-04-06", "2026-04-13"]),
        ("FREQ=DAILY;UNTIL=20250101T000000Z", ["2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30", "2026-04-06", "2026-04-13"]),
    ],
)
def test_an_absence_repeats_in_wall_time_the_first_one_included(partner, diary, rrule, free):
    diary.alma.works_on_holidays = True  # Easter Monday is 6 April
    diary.alma.save()

    response = absent(partner, diary, rrule)

    assert (response.status_code, response.json()["rrule"]) == (201, rrule)
    assert mondays_with_slots(partner, diary) == free


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=HOURLY", "INTERVAL=2", "FREQ=WEEKLY;BYHOUR=3", "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;INTERVAL=0", "FREQ=DAILY;COUNT=0",
        "FREQ=WEEKLY;COUNT=2;UNTIL=20260331", "FREQ=DAILY;UNTIL=2026", "FREQ=DAILY;UNTIL=20260231", "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=DAILY\nFREQ=WEEKLY", "every day",
    ],
)  # fmt: skip
def test_other_recurrences_are_422(partner, diary, rrule):
    response = absent(partner, diary, rrule)

    assert (response.status_code, flaws(response)) == (422, [("/rrule", "rrule-not-supported")])


def test_an_absence_of_centuries_that_repeats_every_day_closes_all(partner, diary):
    made = absent(partner, diary, "FREQ=DAILY", start="1950-01-01T00:00:00Z", end="4900-01-01T00:00:00Z")

    assert (made.status_code, mondays_with_slots(partner, diary)) == (201, [])


def test_a_site_that_is_closed_closes_its_practitioners(partner, diary):
    absent(partner, diary, practitioner=None, site=str(diary.site.id))

    assert mondays_with_slots(partner, diary, "2026-03-10") == ["2026-03-09"]
    query = f"visit_reason={diary.reason.id}&practitioner={diary.alma.id}&start=2026-03-02T09:00:00Z"
    assert [one["code"] for one in partner.get(f"slots/explain?{query}").json()["refusals"]] == ["practitioner-absent"]


@pytest.mark.parametrize("values", [{"practitioner": None}, {"end": at(9).isoformat()}, {"end": at(9, day=date(2026, 3, 1)).isoformat()}])
def test_an_absence_of_nobody_or_that_does_not_last_is_422(partner, diary, values):
    assert absent(partner, diary, **values).status_code == 422


def test_an_absence_moves_from_a_practitioner_to_a_site(partner, diary):
    made = absent(partner, diary).json()

    changed = partner.patch(f"absences/{made['id']}", {"practitioner": None, "site": str(diary.site.id)}, 1)

    assert (changed.status_code, changed.json()["practitioner"], changed.json()["site"]) == (200, None, str(diary.site.id))
