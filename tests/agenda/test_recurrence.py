"""Repeats by arithmetic are those of the rule's own library."""

from datetime import datetime, timedelta
from time import perf_counter

from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.calendar.recurrence import occurrences
from agenda.calendar.wall_time import epoch_minute, epoch_minute_up
from tests.agenda.diary import PARIS

FIRST = datetime(2026, 3, 18, 9, 15)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
rules = st.builds(
    lambda freq, interval, end: f"FREQ={freq};INTERVAL={interval}{end}",
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]), st.integers(1, 9),
    st.sampled_from(["", ";COUNT=1", ";COUNT=7", ";UNTIL=20260421", ";UNTIL=20260422T091500", ";UNTIL=20260422T071500Z"]),
)  # fmt: skip
# Both kinds in one rule are either of them by RFC 5545, and both at once by the library.
PLACES = ("1MO", "+2WE", "-1FR", "5SU", "-5TU")
weekdays = st.lists(st.sampled_from(DAYS), max_size=4, unique=True) | st.lists(st.sampled_from(PLACES), max_size=3, unique=True)


@settings(deadline=None)  # the library looks for a rule that never falls again until the year 9999
@given(rule=rules, days=weekdays, since=st.integers(-400, 400), length=st.integers(1, 80), minutes=st.integers(1, 3000))
def test_every_rule_falls_as_its_library_says(rule, days, since, length, minutes):
    text = rule + (f";BYDAY={','.join(days)}" if days else "")
    start, end = FIRST.replace(tzinfo=PARIS), (FIRST + timedelta(minutes=minutes)).replace(tzinfo=PARIS)
    low = epoch_minute((FIRST + timedelta(days=since)).replace(tzinfo=PARIS))
    window = (low, low + length * 1440)

    wall = text.replace("UNTIL=20260421", "UNTIL=20260421T235959").replace("T071500Z", "T091500")
    begins = {FIRST, *rrulestr(wall, dtstart=FIRST).between(datetime(2024, 1, 1), datetime(2028, 1, 1), inc=True)}
    spans = {
        (epoch_minute(one.replace(tzinfo=PARIS)), epoch_minute_up((one + timedelta(minutes=minutes)).replace(tzinfo=PARIS, fold=1)))
        for one in begins
    }  # fmt: skip
    assert sorted(occurrences(start, end, text, PARIS, window)) == sorted(one for one in spans if one[0] < window[1] and window[0] < one[1])


def test_a_rule_that_never_falls_again_is_not_looked_for_for_ever():
    start = FIRST.replace(tzinfo=PARIS)
    low = epoch_minute(start)
    began = perf_counter()

    for rule in ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", "FREQ=DAILY;INTERVAL=7;BYDAY=MO;COUNT=3", "FREQ=YEARLY;BYDAY=54MO"):
        assert occurrences(start, start + timedelta(hours=1), rule, PARIS, (low, low + 1440)) == [(low, low + 60)]

    assert perf_counter() - began < 0.5
