"""Sets of minutes held as one big integer."""

from hypothesis import given
from hypothesis import strategies as st

from agenda.calendar.intervals import bits_of, runs_of

ORIGIN, LENGTH = 100, 60
ranges = st.lists(st.tuples(st.integers(80, 180), st.integers(80, 180)), max_size=8)


def minutes(bits: int) -> set[int]:
    return {ORIGIN + n for n in range(bits.bit_length()) if bits >> n & 1}


@given(ranges)
def test_a_bit_set_holds_the_minutes_of_its_ranges_and_no_others(ranges):
    inside = {minute for start, end in ranges for minute in range(start, end) if ORIGIN <= minute < ORIGIN + LENGTH}
    assert minutes(bits_of(ranges, ORIGIN, LENGTH)) == inside


@given(ranges, st.integers(1, 20))
def test_runs_are_the_starts_from_which_enough_minutes_follow(ranges, length):
    free = minutes(bits_of(ranges, ORIGIN, LENGTH))
    starts = {minute for minute in free if all(minute + n in free for n in range(length))}
    assert minutes(runs_of(bits_of(ranges, ORIGIN, LENGTH), length)) == starts
