"""Free times, the next one and why not, sentence by sentence of the REST contract."""

from datetime import date
from typing import Any

import pytest
import time_machine

from tests.agenda.diary import NOW, at, make_absence, make_hours, make_patient, make_practitioner, make_reason, make_room, make_site
from tests.partners import Partner

MONDAYS = [f"2026-03-02T{hour:02d}:{minute:02d}:00+01:00" for hour in (9, 10, 11) for minute in (0, 30)]


def entries(partner: Partner, diary, start: str = "2026-03-02", end: str = "2026-03-03", **more: Any) -> list[dict[str, Any]]:
    """The practitioners of an answer."""
    query = {"visit_reason": diary.reason.id, "from": start, "to": end, **more}
    response = partner.get("slots?" + "&".join(f"{name}={value}" for name, value in query.items()))
    assert response.status_code == 200, response.content
    return response.json()["practitioners"]


def times(partner: Partner, diary, *dates: str, **more: Any) -> list[str]:
    """The free times, as `HH:MM`, of the first entry."""
    return [start[11:16] for start in entries(partner, diary, *dates, **more)[0]["slots"]]


def refused(partner: Partner, diary, start: str, **more: Any) -> list[str]:
    """The codes of an explanation."""
    query = {"visit_reason": diary.reason.id, "practitioner": diary.alma.id, "start": start, **more}
    body = partner.get("slots/explain?" + "&".join(f"{name}={value}" for name, value in query.items())).json()
    assert body["bookable"] is (not body["refusals"]) and all(one["detail"] for one in body["refusals"])
    return [one["code"] for one in body["refusals"]]


def change(row: Any, **values: Any) -> None:
    """Set up otherwise."""
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def test_from_is_inclusive_and_to_exclusive(partner, diary):
    assert entries(partner, diary, "2026-03-02", "2026-03-09")[0]["slots"] == MONDAYS
    assert entries(partner, diary, "2026-03-02", "2026-03-02")[0]["slots"] == []


def test_a_window_of_92_days_is_fine_and_93_are_not(partner, diary):
    url = f"slots?visit_reason={diary.reason.id}&from=2026-03-02&to="

    assert [partner.get(url + to).status_code for to in ("2026-06-02", "2026-06-03")] == [200, 422]


def test_from_in_the_past_is_fine_and_past_times_are_not_listed(partner, diary):
    with time_machine.travel(at(10, 15), tick=False):
        assert times(partner, diary, "2026-02-23", "2026-03-03") == ["10:30", "11:00", "11:30"]


def test_25_practitioners_may_be_asked_for(partner, diary):
    others = [str(make_practitioner(diary.site, last_name=f"N{n}").id) for n in range(25)]
    url = f"slots?visit_reason={diary.reason.id}&from=2026-03-02&to=2026-03-03&practitioner="

    assert partner.get(url + ",".join(others)).status_code == 200
    assert partner.get(url + ",".join([*others, str(diary.alma.id)])).status_code == 422


def test_practitioners_asked_for_are_those_answered(partner, diary):
    other = make_practitioner(diary.site, last_name="Blin")
    diary.reason.offers.create(practitioner=other, duration_minutes=45)

    both = [(one["id"], one["site"], one["duration_minutes"]) for one in entries(partner, diary)]
    one = entries(partner, diary, practitioner=other.id)

    assert set(both) == {(str(diary.alma.id), str(diary.site.id), 30), (str(other.id), None, 45)}
    assert one == [{"id": str(other.id), "site": None, "duration_minutes": 45, "slots": []}]


def test_one_entry_per_practitioner_and_site(partner, diary):
    second = make_site(name="Annexe")
    make_hours(diary.alma, second, 14, 15)

    shown = {one["site"]: len(one["slots"]) for one in entries(partner, diary)}

    assert shown == {str(diary.site.id): 6, str(second.id): 2}
    assert [one["site"] for one in entries(partner, diary, site=second.id)] == [str(second.id)]


@pytest.mark.parametrize(
    ("channels", "channel", "count"), [(["phone"], "phone", 6), (["phone"], "partner", 0), ([], "website", 6), (["partner"], None, 6)]
)
def test_hours_are_for_their_channels_and_partner_is_the_default(partner, diary, channels, channel, count):
    change(diary.hours, channels=channels)

    assert len(times(partner, diary, **({"channel": channel} if channel else {}))) == count


def test_hours_that_touch_or_overlap_are_one_range_from_whose_start_the_grid_runs(partner, diary):
    change(diary.hours, start_minute=9 * 60 + 10, end_minute=10 * 60)
    make_hours(diary.alma, diary.site, 10, 11)

    assert times(partner, diary) == ["09:10", "09:40", "10:10"]


def test_a_null_grid_is_the_duration_and_another_steps_by_itself(partner, diary):
    change(diary.hours, end_minute=10 * 60)
    assert times(partner, diary) == ["09:00", "09:30"]
    change(diary.reason, grid_minutes=10)

    assert times(partner, diary) == ["09:00", "09:10", "09:20", "09:30"]


def test_buffers_may_leave_the_hours_but_not_meet_another_visit(partner, diary):
    change(diary.reason, buffer_before_minutes=10, buffer_after_minutes=10, grid_minutes=10)
    make_absence(at(8), at(9), practitioner=diary.alma)
    diary.book(at(10))

    assert times(partner, diary) == ["09:00", "09:10", "10:50", "11:00", "11:10", "11:20", "11:30"]


def test_spans_are_half_open(partner, diary):
    diary.book(at(9, 30))

    assert times(partner, diary)[:2] == ["09:00", "10:00"]


def test_24_00_ends_a_range_at_midnight(partner, diary):
    change(diary.hours, start_minute=23 * 60, end_minute=1440)

    assert times(partner, diary) == ["23:00", "23:30"]


def test_october_offers_the_repeated_hour_twice(partner, diary):
    change(diary.hours, weekday=6, start_minute=120, end_minute=180)

    shown = entries(partner, diary, "2026-10-25", "2026-10-26")[0]["slots"]

    assert shown == [f"2026-10-25T02:{minute}:00+0{offset}:00" for offset in (2, 1) for minute in ("00", "30")]


def test_hours_that_begin_in_march_s_missing_hour_begin_at_its_end(partner, diary):
    change(diary.hours, weekday=6, start_minute=150, end_minute=240)

    assert times(partner, diary, "2026-03-29", "2026-03-30") == ["03:00", "03:30"]


@pytest.mark.parametrize(("horizon", "count"), [(0, 0), (1, 6), (None, 6)])
def test_a_horizon_counts_calendar_days_today_and_the_last_included(partner, diary, horizon, count):
    change(diary.reason, horizon_days=horizon)

    assert len(times(partner, diary)) == count


def test_validity_is_included_and_the_week_of_valid_from_is_the_first(partner, diary):
    change(diary.hours, valid_from=date(2026, 3, 4), valid_until=date(2026, 3, 30), every_n_weeks=2)

    days = sorted({start[:10] for start in entries(partner, diary, "2026-03-02", "2026-04-14")[0]["slots"]})

    assert days == ["2026-03-16", "2026-03-30"]


def test_holidays_follow_the_postal_code_and_dated_hours_open_them(partner, diary):
    window = ("2026-04-06", "2026-04-07")  # Easter Monday
    assert times(partner, diary, *window) == []
    make_hours(diary.alma, diary.site, 14, 15, date=date(2026, 4, 6))
    assert times(partner, diary, *window) == ["14:00", "14:30"]
    change(diary.alma, works_on_holidays=True)

    assert len(times(partner, diary, *window)) == 8


def test_good_friday_is_a_holiday_in_alsace_alone(partner, diary):
    change(diary.hours, weekday=4)
    in_tourcoing = times(partner, diary, "2026-04-03", "2026-04-04")
    change(diary.site, postal_code="67000")

    assert (len(in_tourcoing), times(partner, diary, "2026-04-03", "2026-04-04")) == (6, [])


def test_hours_are_kept_until_their_release(partner, staff, diary):
    change(diary.hours, release_days_before=1, release_minute=13 * 60)

    assert (times(partner, diary), len(times(staff, diary))) == ([], 6)
    with time_machine.travel(at(13, day=NOW.date()), tick=False):
        assert len(times(partner, diary)) == 6


def test_a_kind_named_twice_needs_two(partner, diary):
    change(diary.reason, resource_kinds=["room", "room"])
    make_room(diary.site)
    assert (times(partner, diary), refused(partner, diary, "2026-03-02T09:00:00Z")) == ([], ["resource-taken"])
    make_room(diary.site, "Salle 2")

    assert len(times(partner, diary)) == 6


def test_the_next_slot_looks_from_today_when_from_is_long_past(partner, diary):
    body = partner.get(f"slots/next?visit_reason={diary.reason.id}&from=2019-01-01").json()

    assert body["slot"]["start"] == "2026-03-02T09:00:00+01:00"


def test_the_next_slot_looks_as_far_as_a_notice_may_reach(partner, diary):
    change(diary.reason, min_notice_minutes=525_600, horizon_days=730)
    make_hours(diary.alma, diary.site, 9, 10, date=date(2028, 2, 29))
    diary.hours.delete()

    body = partner.get(f"slots/next?visit_reason={diary.reason.id}&from=2026-03-01").json()

    assert body["slot"] == {
        "practitioner": str(diary.alma.id), "site": str(diary.site.id),
        "start": "2028-02-29T09:00:00+01:00", "end": "2028-02-29T09:30:00+01:00",
    }  # fmt: skip


@pytest.mark.parametrize("missing", ["visit_reason", "practitioner", "start"])
def test_explain_needs_reason_practitioner_and_start(partner, diary, missing):
    query = {"visit_reason": diary.reason.id, "practitioner": diary.alma.id, "start": "2026-03-02T08:00:00Z"}
    response = partner.get("slots/explain?" + "&".join(f"{name}={value}" for name, value in query.items() if name != missing))

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, f"/{missing}")


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ("2026-02-23T08:00:00Z", "in-the-past"),
        ("2026-04-06T07:00:00Z", "public-holiday"),
        ("2026-03-02T07:00:00Z", "outside-opening-hours"),
        ("2026-03-02T08:10:00Z", "not-on-grid"),
        ("2026-03-02T08:00:30Z", "not-on-grid"),
        ("2026-03-02T11:00:00Z", "outside-opening-hours"),
    ],
)
def test_explain_names_what_refuses(partner, diary, start, code):
    assert refused(partner, diary, start) == [code]


def test_explain_tells_hours_for_others_from_no_hours(partner, diary):
    start = "2026-03-02T08:00:00Z"
    change(diary.hours, audience="known")
    for_new, for_known = refused(partner, diary, start), refused(partner, diary, start, patient_status="known")
    change(diary.hours, audience="staff", channels=["website"])
    for_staff = refused(partner, diary, start)
    change(diary.hours, audience="everyone", channels=[])
    diary.hours.visit_reasons.set([make_reason(diary.alma)])

    assert (for_new, for_known, for_staff) == (["known-patients-only"], [], ["staff-only", "channel-closed"])
    assert refused(partner, diary, start) == ["outside-opening-hours"]


def test_explain_tells_all_in_the_contract_s_order(partner, diary):
    nour = make_patient(first_names="Ali", known=False)
    diary.book(at(9), patient_id=nour.id)
    change(
        diary.reason, bookable_by="known", horizon_days=0, min_notice_minutes=2 * 1440, max_per_day=1, min_days_between=2, one_upcoming=True
    )
    change(diary.hours, channels=["website"], release_days_before=0, release_minute=0)
    make_absence(at(9), at(12), practitioner=diary.alma)

    assert refused(partner, diary, "2026-03-02T08:10:00Z", patient=nour.id) == [
        "known-patients-only", "channel-closed", "beyond-horizon", "minimum-notice", "practitioner-absent", "kept-until-release",
        "not-on-grid", "slot-taken", "daily-maximum", "too-soon-after-last-visit", "patient-already-booked",
    ]  # fmt: skip


def test_a_practitioner_who_does_not_offer_the_reason_is_explained(partner, diary):
    other = make_practitioner(diary.site, last_name="Blin")
    make_hours(other, diary.site)

    assert refused(partner, diary, "2026-03-02T08:00:00Z", practitioner=other.id) == ["reason-not-offered"]
