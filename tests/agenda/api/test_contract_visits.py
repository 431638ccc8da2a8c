"""Holding and booking, sentence by sentence of the REST contract."""

from datetime import date, timedelta

import pytest
import time_machine

from agenda.models import Appointment
from agenda.scheduling import expire_holds
from tests.agenda.api.test_holds_doors import held
from tests.agenda.api.visits import DETAILS, UNKNOWN, booked, wish
from tests.agenda.diary import NOW, at, make_absence, make_hours, make_patient, make_practitioner, make_reason
from tests.conftest import TOURCOING
from tests.partners import Partner, flaws


def visit_of(diary, patient, start, status: str) -> Appointment:
    """A visit of old, written as it was."""
    return Appointment.objects.create(
        start=start, end=start + timedelta(minutes=30), practitioner=diary.alma, site=diary.site, visit_reason=diary.reason,
        patient=patient, source="phone", booked_by="Basile", status=status,
    )  # fmt: skip


def codes_of(response) -> list[str]:
    """The warnings of a booked visit."""
    return [one["code"] for one in response.json()["warnings"]]


def test_without_a_practitioner_a_reason_that_nobody_offers_is_refused_by_its_rule(partner, diary):
    lonely = make_reason()

    response = partner.post("appointments", wish(diary, practitioner=None, visit_reason=str(lonely.id)))

    assert (response.status_code, response.json()["code"]) == (422, "reason-not-offered")


def test_without_a_practitioner_a_rule_refuses_when_nobody_is_taken(partner, diary):
    response = partner.post("appointments", wish(diary, 8, practitioner=None))

    assert (response.status_code, response.json()["code"]) == (422, "outside-opening-hours")


@pytest.mark.parametrize("name", ["first_names", "birth_name", "birth_date", "phone"])
def test_details_need_names_birth_date_and_contact(partner, diary, name):
    details = {key: value for key, value in DETAILS.items() if key != name}

    response = partner.post("appointments", wish(diary, patient=..., patient_details=details))

    assert (response.status_code, flaws(response)) == (422, [(f"/patient_details/{name}", "required")])


def test_a_used_name_and_an_email_do_as_well(partner, diary):
    details = {"first_names": "Zoé", "used_name": "Petit", "birth_date": "2001-02-03", "email": "zoe@patients.example"}

    assert partner.post("appointments", wish(diary, patient=..., patient_details=details)).status_code == 201


def test_agenda_write_alone_books_for_somebody_unknown(diary):
    narrow = Partner(TOURCOING, "agenda:write", name="Étroit")

    made = narrow.post("appointments", wish(diary, patient=..., patient_details=DETAILS))

    assert (made.status_code, narrow.get(f"patients/{made.json()['patient']}").status_code) == (201, 403)


def test_a_hold_that_ended_is_409_and_one_that_never_was_422(partner, diary):
    body = {"patient": str(diary.nour.id)}
    released, expired = held(partner, diary).json()["id"], held(partner, diary, 10).json()["id"]
    partner.delete(f"holds/{released}")

    with time_machine.travel(NOW + timedelta(minutes=15), tick=False):
        late = partner.post("appointments", {**body, "hold": expired})
        expire_holds(now=NOW + timedelta(minutes=15))
        later = partner.post("appointments", {**body, "hold": expired})
    gone = partner.post("appointments", {**body, "hold": released})
    unknown = partner.post("appointments", {**body, "hold": UNKNOWN})

    assert [(one.status_code, one.json()["code"]) for one in (gone, late, later)] == [(409, "hold-gone")] * 3
    assert (unknown.status_code, flaws(unknown)) == (422, [("/hold", "unknown-reference")])


@pytest.mark.parametrize("field", ["start", "practitioner", "visit_reason"])
def test_what_a_hold_decides_must_match_when_said(partner, diary, field):
    other = make_practitioner(diary.site, last_name="Blin")
    wrong = {"start": at(10).isoformat(), "practitioner": str(other.id), "visit_reason": str(make_reason(diary.alma).id)}
    hold = held(partner, diary).json()["id"]

    mismatch = partner.post("appointments", {"hold": hold, "patient": str(diary.nour.id), field: wrong[field]})
    match = partner.post("appointments", wish(diary, hold=hold, start="2026-03-02T08:00:00Z"))

    assert (mismatch.status_code, mismatch.json()["code"], match.status_code) == (422, "hold-mismatch", 201)


def test_a_hold_shows_what_was_asked(partner, diary):
    response = held(partner, diary, minutes=20)

    shown = response.json()
    assert (shown["practitioner"], shown["visit_reason"]) == (str(diary.alma.id), str(diary.reason.id))
    assert (shown["start"], shown["minutes"], shown["expires_at"]) == ("2026-03-02T09:00:00+01:00", 20, "2026-03-01T12:20:00+01:00")


@pytest.mark.parametrize(("source", "status"), [("partner", 201), ("phone", 201), ("walk_in", 201), ("pigeon", 422)])
def test_a_source_is_one_of_those_that_exist(partner, diary, source, status):
    assert partner.post("appointments", wish(diary, source=source)).status_code == status


def test_the_channel_of_a_booking_is_that_of_its_source(partner, diary):
    diary.hours.channels = ["phone"]
    diary.hours.save()

    by_partner, by_phone = partner.post("appointments", wish(diary)), partner.post("appointments", wish(diary, source="phone"))

    assert (by_partner.status_code, by_partner.json()["code"], by_phone.status_code) == (422, "channel-closed", 201)


def test_closed_online_booking_closes_partners_and_not_the_telephone(partner, diary):
    diary.alma.bookable_online = False
    diary.alma.save()

    by_partner, by_phone = partner.post("appointments", wish(diary)), partner.post("appointments", wish(diary, source="phone"))

    assert (by_partner.status_code, by_partner.json()["code"], by_phone.status_code) == (422, "staff-only", 201)


def test_the_staff_is_warned_of_notice_horizon_release_channel_and_daily_maximum(staff, diary):
    for name, value in {"min_notice_minutes": 1440 * 9, "horizon_days": 0, "max_per_day": 1}.items():
        setattr(diary.reason, name, value)
    diary.reason.save()
    diary.hours.channels, diary.hours.release_days_before, diary.hours.release_minute = ["website"], 0, 0
    diary.hours.save()

    first, second = staff.post("appointments", wish(diary)), staff.post("appointments", wish(diary, 10))

    expected = ["channel-closed", "beyond-horizon", "minimum-notice", "kept-until-release"]
    assert (first.status_code, codes_of(first), second.status_code, codes_of(second)) == (201, expected, 201, [*expected, "daily-maximum"])


@pytest.mark.parametrize("where", ["reason", "hours"])
def test_the_staff_is_warned_of_the_audience(staff, diary, where):
    if where == "reason":
        diary.reason.bookable_by = "known"
        diary.reason.save()
    else:
        diary.hours.audience = "known"
        diary.hours.save()

    for_new = staff.post("appointments", wish(diary))
    for_known = staff.post("appointments", wish(diary, 10, patient=str(make_patient(first_names="Ali", known=True).id)))

    assert (for_new.status_code, codes_of(for_new)) == (201, ["known-patients-only"])
    assert (for_known.status_code, codes_of(for_known)) == (201, [])


def test_the_staff_is_warned_of_the_patient_s_other_visits(staff, diary):
    diary.reason.one_upcoming, diary.reason.min_days_between = True, 3
    diary.reason.save()
    staff.post("appointments", wish(diary))

    response = staff.post("appointments", wish(diary, 10))

    assert (response.status_code, codes_of(response)) == (201, ["too-soon-after-last-visit", "patient-already-booked"])


@pytest.mark.parametrize(
    ("hour", "minute", "code"),
    [(8, 0, "outside-opening-hours"), (9, 10, "not-on-grid"), (11, 0, "practitioner-absent"), (10, 0, "slot-taken")],
)
def test_the_staff_must_insist_to_pass(staff, diary, hour, minute, code):
    make_absence(at(11), at(12), practitioner=diary.alma)
    booked(staff, diary, 10)

    refused = staff.post("appointments", wish(diary, hour, minute))
    insisted = staff.post("appointments", wish(diary, hour, minute, insist={"reason": "Urgence"}))

    assert (refused.status_code, refused.json()["code"]) == (409 if code == "slot-taken" else 422, code)
    assert (insisted.status_code, insisted.json()["lane"], codes_of(insisted)) == (201, "extra", [code])


def test_insisting_does_not_make_a_practitioner_offer_a_reason(staff, diary):
    other = make_practitioner(diary.site, last_name="Blin")
    make_hours(other, diary.site)

    response = staff.post("appointments", wish(diary, practitioner=str(other.id), insist={"reason": "Urgence"}))

    assert (response.status_code, response.json()["code"]) == (422, "reason-not-offered")


@pytest.mark.parametrize(("on_existing", "statuses"), [("keep", ["confirmed", "confirmed"]), ("replace", ["cancelled", "confirmed"])])
def test_one_upcoming_visit_unless_the_body_says_keep_or_replace(partner, diary, on_existing, statuses):
    diary.reason.one_upcoming = True
    diary.reason.save()
    partner.post("appointments", wish(diary))

    refused = partner.post("appointments", wish(diary, 10))
    made = partner.post("appointments", wish(diary, 10, on_existing=on_existing))

    assert (refused.status_code, refused.json()["code"], made.status_code) == (422, "patient-already-booked", 201)
    assert [one["status"] for one in partner.get("appointments").json()["results"]] == statuses


def test_a_visit_may_be_replaced_by_one_that_overlaps_it(partner, diary):
    diary.reason.one_upcoming, diary.reason.grid_minutes, diary.reason.max_per_day = True, 15, 1
    diary.reason.save()
    partner.post("appointments", wish(diary))

    response = partner.post("appointments", wish(diary, 9, 15, on_existing="replace"))

    assert (response.status_code, response.json()["start"]) == (201, "2026-03-02T09:15:00+01:00")


@pytest.mark.parametrize(
    ("past", "future", "is_known"),
    [
        ("completed", None, True),
        ("confirmed", None, True),
        ("cancelled", None, False),
        ("no_show", "confirmed", False),
        (None, "confirmed", False),
    ],
)
def test_known_means_a_past_visit_that_was_not_cancelled_or_missed(partner, diary, past, future, is_known):
    if past:
        visit_of(diary, diary.nour, at(9, day=date(2026, 2, 2)), past)
    if future:
        visit_of(diary, diary.nour, at(9, day=date(2026, 3, 9)), future)
    for_known = make_reason(diary.alma, bookable_by="known")

    response = partner.post("appointments", wish(diary, visit_reason=str(for_known.id)))

    assert response.status_code == (201 if is_known else 422)


def test_a_cancelled_visit_beside_a_past_one_does_not_make_new(partner, diary):
    visit_of(diary, diary.nour, at(9, day=date(2026, 2, 2)), "completed")
    visit_of(diary, diary.nour, at(9, day=date(2026, 2, 9)), "cancelled")
    for_known = make_reason(diary.alma, bookable_by="known")

    assert partner.post("appointments", wish(diary, visit_reason=str(for_known.id))).status_code == 201


@pytest.mark.parametrize(("day", "status"), [(8, 422), (9, 201), (15, 201)])
def test_days_between_visits_count_calendar_days_before_and_after(partner, diary, day, status):
    diary.reason.min_days_between = 7
    diary.reason.save()
    make_hours(diary.alma, diary.site, weekday=6)
    visit_of(diary, diary.nour, at(11, day=date(2026, 3, 2)), "confirmed")

    response = partner.post("appointments", wish(diary, start=at(9, day=date(2026, 3, day)).isoformat()))

    assert response.status_code == status
    assert status == 201 or response.json()["code"] == "too-soon-after-last-visit"


def test_the_daily_maximum_counts_requests_and_holds_but_not_the_cancelled(partner, diary):
    diary.reason.max_per_day, diary.reason.needs_validation = 2, True
    diary.reason.save()
    request = booked(partner, diary)
    held(partner, diary, 10)

    full = partner.post("appointments", wish(diary, 11))
    partner.post(f"appointments/{request['id']}/cancellation", {"by": "patient"})
    again = partner.post("appointments", wish(diary, 11))

    assert (request["status"], full.status_code, full.json()["code"], again.status_code) == ("requested", 422, "daily-maximum", 201)


def test_a_time_beyond_every_calendar_is_422(staff, diary):
    response = staff.post("appointments", wish(diary, start="6500-03-02T09:00:00Z", insist={"reason": "Un jour"}))

    assert (response.status_code, flaws(response)) == (422, [("/start", "instant-not-valid")])
