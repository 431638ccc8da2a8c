"""The measure over many cabinets: its checkers see what is in the wrong cabinet, and memory is read right."""

import pytest

from bench.cabinets import misplaced, needed, sizes_up_to, strangers
from bench.memory import private_megabytes

HOUSES = [{"host": "a", "practitioners": ["alma", "ben"]}, {"host": "b", "practitioners": ["chloe"]}]
ROLLUP = """55d0-7ffd ---p 00000000 00:00 0    [rollup]
Rss:              204800 kB
Shared_Dirty:      81920 kB
Private_Clean:      1024 kB
Private_Dirty:      2048 kB
"""


def test_answers_of_their_own_are_fine():
    assert strangers(HOUSES, [b'["alma"]', b'["chloe"]']) == []


@pytest.mark.parametrize("bodies", [[b'["alma"]', b"[]"], [b'["alma"]', b'["chloe", "ben"]']])
def test_an_answer_without_its_own_or_with_another_s_practitioner_is_seen(bodies):
    assert strangers(HOUSES, bodies) == ["b: the free times are not its own"]


@pytest.mark.parametrize(
    ("found", "flaws"), [([3, 2], []), ([4, 1], ["cabinet 0: 4 visits for 3 bookings", "cabinet 1: 1 visits for 2 bookings"])]
)
def test_a_booking_in_another_cabinet_is_seen(found, flaws):
    assert misplaced([3, 2], found) == flaws


@pytest.mark.parametrize(("cabinets", "sizes"), [(1, [1]), (6, [1, 6]), (100, [1, 100]), (1000, [1, 100, 1000])])
def test_sizes_are_the_usual_ones_and_the_asked_one(cabinets, sizes):
    assert sizes_up_to(cabinets) == sizes


def test_the_first_cabinet_needs_a_time_for_each_booking_it_gets():
    assert [needed(house, 6, 12) for house in (0, 1, 5)] == [12 + 2, 2, 2]
    assert [needed(house, 6, 8) for house in (0, 1, 2, 5)] == [8 + 2, 2, 1, 1]
    assert [needed(house, 200, 150) for house in (0, 49, 50, 99, 149, 150)] == [150 + 2 + 1, 2 + 1, 1 + 1, 1 + 1, 1, 0]


def test_private_memory_leaves_out_what_is_shared():
    assert private_megabytes(ROLLUP) == 3.0
