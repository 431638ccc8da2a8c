"""staff-only: a reason, a practitioner or hours that are the cabinet's alone."""

import pytest

from tests.agenda.diary import at, make_reason
from tests.agenda.rules.asking import KNOWN, ONLINE, PARTNER, PHONE, STAFF, change, codes


@pytest.mark.parametrize("visitor", [ONLINE, KNOWN, PARTNER, PHONE])
def test_refuses_a_reason_of_the_cabinet(diary, visitor):
    reason = make_reason(diary.alma, bookable_by="staff")

    assert codes(diary, at(9), visitor, reason=reason) == ["staff-only"]


@pytest.mark.parametrize(("visitor", "expected"), [(ONLINE, ["staff-only"]), (PARTNER, ["staff-only"]), (PHONE, [])])
def test_refuses_website_and_partners_of_a_practitioner_closed_online(diary, visitor, expected):
    change(diary.alma, bookable_online=False)

    assert codes(diary, at(9), visitor) == expected


@pytest.mark.parametrize("visitor", [ONLINE, KNOWN])
def test_refuses_hours_of_the_cabinet(diary, visitor):
    change(diary.hours, audience="staff")

    assert codes(diary, at(9), visitor) == ["staff-only"]


def test_does_not_refuse_what_is_for_everyone(diary):
    assert codes(diary, at(9)) == []


def test_the_staff_is_at_home_in_all_of_them(diary):
    change(diary.alma, bookable_online=False)
    change(diary.hours, audience="staff")
    reason = make_reason(diary.alma, bookable_by="staff")

    assert codes(diary, at(9), STAFF, reason=reason) == []
