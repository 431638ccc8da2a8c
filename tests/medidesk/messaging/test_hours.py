"""Reminders ring by day, where the cabinet is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medidesk.messaging.hours import by_day

PARIS = ZoneInfo("Europe/Paris")
ZONES = st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Guadeloupe", "America/Cayenne", "Indian/Mayotte"]).map(ZoneInfo)


@pytest.mark.parametrize(
    ("asked", "given_back"),
    [
        ("2026-11-24T07:59", "2026-11-24T08:00"),
        ("2026-11-24T08:00", "2026-11-24T08:00"),
        ("2026-11-24T19:59", "2026-11-24T19:59"),
        ("2026-11-24T20:00", "2026-11-25T08:00"),
        ("2026-10-24T23:00", "2026-10-25T08:00"),  # over the night of 25 hours
        ("2026-03-28T23:00", "2026-03-29T08:00"),  # over the night of 23
    ],
)
def test_by_day(asked, given_back):
    instant = datetime.fromisoformat(asked).replace(tzinfo=PARIS).astimezone(UTC)
    expected = datetime.fromisoformat(given_back).replace(tzinfo=PARIS).astimezone(UTC)
    assert by_day(instant, PARIS) == expected


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)), ZONES)
def test_by_day_is_never_earlier_and_always_by_day(instant, zone):
    found = by_day(instant, zone)
    assert found >= instant
    assert 8 <= found.astimezone(zone).hour < 20
