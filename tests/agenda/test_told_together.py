"""Acts that are told to patients once, by whoever did them together."""

import pytest

from agenda.told_together import told_together
from tests.agenda.told import TEN, cancel, planned

pytestmark = pytest.mark.usefixtures("visit_link")


def test_a_booking_told_together_plans_only_its_reminder(diary, mobile):
    with told_together():
        diary.book(TEN)

    assert [kind for kind, _channel, _due in planned()] == ["reminder"]


def test_a_cancellation_told_together_withdraws_what_is_untrue_and_says_nothing(diary, mobile):
    visit = diary.book(TEN)

    with told_together():
        cancel(visit)

    assert planned() == []


def test_the_next_act_is_told_as_ever(diary, mobile):
    visit = diary.book(TEN)
    with told_together():
        pass

    cancel(visit)

    assert [kind for kind, _channel, _due in planned()] == ["cancellation"]
