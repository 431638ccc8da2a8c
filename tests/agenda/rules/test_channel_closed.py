"""channel-closed: hours for other channels, or a spent quota that no release opens (test_quotas.py)."""

import pytest

from tests.agenda.diary import at, make_hours
from tests.agenda.rules.asking import ONLINE, PARTNER, PHONE, STAFF, change, codes, refused


@pytest.mark.parametrize(("visitor", "expected"), [(ONLINE, ["channel-closed"]), (PARTNER, ["channel-closed"]), (PHONE, [])])
def test_hours_for_the_telephone(diary, visitor, expected):
    change(diary.hours, channels=["phone"])

    assert codes(diary, at(9), visitor) == expected


def test_hours_without_channels_are_for_all(diary):
    assert [codes(diary, at(9), visitor) for visitor in (ONLINE, PARTNER, PHONE)] == [[], [], []]


def test_a_visit_must_lie_inside_the_hours_of_its_channel(diary):
    make_hours(diary.alma, diary.site, 12, 13, channels=["phone"])
    change(diary.reason, grid_minutes=10)

    assert codes(diary, at(11, 40)) == ["channel-closed"]
    assert codes(diary, at(11, 40), PHONE) == []


def test_the_staff_is_warned(diary):
    change(diary.hours, channels=["website"])

    assert refused(diary, at(9), STAFF) == {"channel-closed": "warn"}
