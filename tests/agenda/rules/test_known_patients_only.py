"""known-patients-only: a reason or hours for those whom the cabinet knows."""

import pytest

from tests.agenda.diary import at, make_hours, make_reason
from tests.agenda.rules.asking import KNOWN, ONLINE, PHONE, STAFF, change, codes, refused


@pytest.mark.parametrize(("visitor", "expected"), [(ONLINE, ["known-patients-only"]), (PHONE, ["known-patients-only"]), (KNOWN, [])])
def test_a_reason_for_known_patients(diary, visitor, expected):
    reason = make_reason(diary.alma, bookable_by="known")

    assert codes(diary, at(9), visitor, reason=reason) == expected


@pytest.mark.parametrize(("visitor", "expected"), [(ONLINE, ["known-patients-only"]), (KNOWN, [])])
def test_hours_for_known_patients(diary, visitor, expected):
    change(diary.hours, audience="known")

    assert codes(diary, at(9), visitor) == expected


def test_a_visit_that_leaves_the_hours_for_everyone_is_refused(diary):
    make_hours(diary.alma, diary.site, 12, 14, audience="known")
    change(diary.reason, grid_minutes=10)

    assert codes(diary, at(11, 30)) == []
    assert codes(diary, at(11, 40)) == ["known-patients-only"]


@pytest.mark.parametrize("where", ["reason", "hours"])
def test_the_staff_is_warned_of_a_new_patient(diary, where):
    change(diary.hours if where == "hours" else diary.reason, **({"audience": "known"} if where == "hours" else {"bookable_by": "known"}))

    assert refused(diary, at(9), STAFF) == {"known-patients-only": "warn"}


def test_is_told_beside_what_is_the_cabinet_s_alone(diary):
    change(diary.alma, bookable_online=False)
    reason = make_reason(diary.alma, bookable_by="known")

    assert codes(diary, at(9), reason=reason) == ["staff-only", "known-patients-only"]
