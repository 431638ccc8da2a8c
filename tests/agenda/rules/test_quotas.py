"""Quotas: so many visits of some channels in a range, until its release; `kept-until-release` or `channel-closed`."""

from datetime import timedelta

import pytest

from agenda import setup
from agenda.scheduling import cancel_appointment, hold_slot, import_visit, move_appointment
from medidesk.errors import Refused
from tests.agenda.diary import MONDAY, NOW, PATIENT, PLATFORM, at, make_hours, make_patient, make_reason, make_site
from tests.agenda.diary import STAFF as BASILE
from tests.agenda.rules.asking import ONLINE, PARTNER, PHONE, STAFF, codes, refused

SUNDAY = MONDAY - timedelta(days=1)
MORNING = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]


def make_quota(diary, **values):
    """At most one visit by website or partner from 9 to 12, every day."""
    usual = {"practitioner": diary.alma.id, "start": 540, "end": 720, "channels": ["website", "partner"], "most_visits": 1}
    return setup.create(setup.QUOTAS, usual | values, now=NOW)


def test_refuses_once_it_is_spent(diary):
    make_quota(diary)
    assert codes(diary, at(10)) == []

    diary.book(at(9))
    assert codes(diary, at(10)) == ["channel-closed"]
    assert diary.slots() == []


def test_does_not_limit_other_channels(diary):
    make_quota(diary, most_visits=0)

    assert [codes(diary, at(9), visitor) for visitor in (ONLINE, PARTNER, PHONE)] == [["channel-closed"], ["channel-closed"], []]
    assert diary.slots(visitor=PHONE) == MORNING


def test_counts_the_limited_channels_together_and_no_other(diary):
    make_quota(diary, most_visits=2)
    diary.book(at(9), source="phone", actor=BASILE)
    diary.book(at(9, 30), source="website")
    assert codes(diary, at(11)) == []

    diary.book(at(10), source="partner")
    assert codes(diary, at(11)) == ["channel-closed"]


def test_counts_holds_but_not_cancelled_visits(diary):
    make_quota(diary)
    visit = diary.book(at(9))
    cancel_appointment(appointment_id=visit.id, by="patient", reason="", actor=PATIENT, now=NOW)
    assert codes(diary, at(10)) == []

    hold_slot(visit_reason_id=diary.reason.id, start=at(9), practitioner_id=diary.alma.id, actor=PATIENT, source="website", now=NOW)
    assert codes(diary, at(10)) == ["channel-closed"]
    assert diary.slots() == []
    assert diary.slots(now=NOW + timedelta(minutes=15)) == MORNING


def test_counts_what_platforms_import_when_it_says_so(diary):
    make_quota(diary, channels=["platform", "website"])
    import_visit(
        practitioner_id=diary.alma.id, start=at(9), end=at(9, 30), actor=PLATFORM, source="doctolib", origin="c", now=NOW
    )  # fmt: skip

    assert codes(diary, at(10)) == ["channel-closed"]
    assert codes(diary, at(10), PARTNER) == []


def test_opens_to_all_from_the_minute_of_its_release(diary):
    make_quota(diary, most_visits=0, release={"days_before": 1, "at": 480})

    assert codes(diary, at(9), now=at(7, 59, day=SUNDAY)) == ["kept-until-release"]
    assert diary.slots(now=at(7, 59, day=SUNDAY)) == []
    assert codes(diary, at(9), now=at(8, day=SUNDAY)) == []
    assert diary.slots(now=at(8, day=SUNDAY)) == MORNING


def test_limits_starts_inside_its_range_alone(diary):
    make_quota(diary, start=570, end=660, most_visits=0)

    assert diary.slots() == ["09:00", "11:00", "11:30"]
    assert [codes(diary, start) for start in (at(9), at(9, 30), at(10, 30), at(11))] == [[], ["channel-closed"], ["channel-closed"], []]


def test_a_weekday_or_every_day(diary):
    make_hours(diary.alma, diary.site, weekday=1)
    make_quota(diary, weekday=1, most_visits=0)

    assert diary.slots() == MORNING
    assert diary.slots(day=MONDAY + timedelta(days=1)) == []


def test_each_day_counts_for_itself(diary):
    make_quota(diary)
    diary.book(at(9))

    assert diary.slots(day=MONDAY + timedelta(weeks=1)) == MORNING


def test_validity_dates_are_included(diary):
    make_quota(diary, most_visits=0, valid_from=MONDAY, valid_until=MONDAY + timedelta(weeks=1))

    weeks = [len(diary.slots(day=MONDAY + timedelta(weeks=n), now=at(8))) for n in range(3)]
    assert weeks == [0, 0, 6]


def test_some_reasons_alone_limit_and_count(diary):
    vaccine = make_reason(diary.alma, name="Vaccin")
    make_quota(diary, visit_reasons=[vaccine.id])
    diary.book(at(9))
    assert codes(diary, at(10), reason=vaccine) == []

    diary.book(at(9, 30), visit_reason_id=vaccine.id)
    assert codes(diary, at(10), reason=vaccine) == ["channel-closed"]
    assert codes(diary, at(10)) == []


def test_one_site_alone_limits_and_counts(diary):
    annexe = make_site(name="Annexe")
    make_hours(diary.alma, annexe, 14, 16)
    make_quota(diary, site=annexe.id, start=0, end=1440)
    diary.book(at(9))
    assert codes(diary, at(14), site_id=annexe.id) == []

    diary.book(at(14), site_id=annexe.id)
    assert codes(diary, at(15), site_id=annexe.id) == ["channel-closed"]
    assert codes(diary, at(10), site_id=diary.site.id) == []


def test_two_quotas_both_count(diary):
    make_quota(diary, most_visits=5)
    make_quota(diary, most_visits=0, release={"days_before": 0, "at": 0}, start=540, end=600)

    assert diary.slots() == ["10:00", "10:30", "11:00", "11:30"]


def test_a_move_does_not_count_the_visit_that_moves(diary):
    make_quota(diary)
    visit = diary.book(at(9))

    move_appointment(appointment_id=visit.id, start=at(10), actor=PATIENT, now=NOW)
    with pytest.raises(Refused) as refusal:
        diary.book(at(9), patient_id=make_patient(first_names="Lina").id)
    assert refusal.value.code == "channel-closed"


def test_the_repeated_hour_of_october_is_in_its_range_twice(diary):
    sunday = MONDAY.replace(month=10, day=25)
    make_hours(diary.alma, diary.site, 1, 4, weekday=6)
    make_quota(diary, start=120, end=180, most_visits=0)

    assert diary.slots(day=sunday, now=at(8, day=sunday - timedelta(days=1))) == ["01:00", "01:30", "03:00", "03:30"]


@pytest.mark.parametrize(("release", "code"), [(None, "channel-closed"), ({"days_before": 0, "at": 0}, "kept-until-release")])
def test_the_staff_is_warned(diary, release, code):
    make_quota(diary, channels=["phone"], most_visits=0, release=release)

    assert refused(diary, at(9), STAFF) == {code: "warn"}
    assert diary.slots(visitor=STAFF) == MORNING


def test_one_more_query_and_only_for_who_has_one(diary, django_assert_num_queries):
    diary.slots()
    with django_assert_num_queries(1):
        diary.slots()
    make_quota(diary)
    diary.slots()
    with django_assert_num_queries(1):
        diary.slots()
    diary.book(at(9, day=MONDAY + timedelta(weeks=9)))
    with django_assert_num_queries(3):
        diary.slots()


def test_a_practitioner_who_leaves_takes_the_quotas_along(diary):
    quota = make_quota(diary)

    setup.delete(setup.PRACTITIONERS, diary.alma.id, now=NOW)

    quota.refresh_from_db()
    assert quota.deleted_at == NOW
