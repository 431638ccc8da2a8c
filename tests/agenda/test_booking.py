"""Booking: what is refused, warned, insisted on; holds; any practitioner; replace."""

from datetime import timedelta
from uuid import uuid4

import pytest

from agenda.errors import HoldGone, HoldMismatch, ResourceTaken, SlotTaken, UnknownReference
from agenda.models import Appointment, Hold, JournalEntry, Occupancy, Status
from agenda.scheduling import book_appointment, cancel_appointment, extend_hold, hold_slot, import_visit, release_hold
from medidesk.errors import Refused
from tests.agenda.diary import MONDAY, NOW, PARTNER, PATIENT, PLATFORM, STAFF, at, make_hours, make_practitioner, make_reason, make_room


def change(row, **values) -> None:
    type(row).objects.filter(pk=row.pk).update(**values)


def hold(diary, start, **values) -> Hold:
    return hold_slot(
        **{
            "visit_reason_id": diary.reason.id, "start": start, "practitioner_id": diary.alma.id, "actor": PATIENT, "source": "website",
            "now": NOW,
        }
        | values
    )  # fmt: skip


def test_book_writes_visit_occupancy_and_journal(diary):
    visit = diary.book(at(10))

    assert (visit.status, visit.lane, visit.start, visit.end, visit.source) == ("confirmed", "normal", at(10), at(10, 30), "website")
    assert list(Occupancy.objects.values_list("resource", "lane", "appointment")) == [(diary.alma.id, "normal", visit.id)]
    assert list(JournalEntry.objects.values_list("act", "by", "before")) == [("booked", "patient", None)]


def test_book_taken_time_is_refused(diary):
    diary.book(at(10))

    with pytest.raises(SlotTaken):
        diary.book(at(10, 0))


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (at(8), "outside-opening-hours"),
        (at(9, 10), "not-on-grid"),
        (at(11, 45), "outside-opening-hours"),
        (at(9, day=MONDAY - timedelta(weeks=1)), "in-the-past"),
    ],
)
def test_book_against_a_rule_is_refused_with_its_code(diary, start, code):
    with pytest.raises(Refused) as refused:
        diary.book(start)

    assert refused.value.code == code


def test_staff_may_insist_and_the_visit_says_so(diary):
    diary.book(at(10))

    visit = diary.book(at(10, 15), actor=STAFF, source="phone", insist="Urgence")

    assert (visit.lane, visit.insisted_by, visit.insist_reason) == ("extra", "Basile", "Urgence")


def test_staff_without_insisting_is_refused(diary):
    diary.book(at(10))

    with pytest.raises(SlotTaken):
        diary.book(at(10), actor=STAFF, source="phone")


def test_staff_is_warned_about_notice_and_books(diary):
    change(diary.reason, min_notice_minutes=10_000)

    booked = book_appointment(
        visit_reason_id=diary.reason.id, start=at(10), practitioner_id=diary.alma.id, patient_id=diary.nour.id, actor=STAFF, source="phone",
        now=NOW,
    )  # fmt: skip

    assert [warning.code for warning in booked.warnings] == ["minimum-notice"]
    assert booked.appointment.lane == "normal"


def test_reason_not_offered_refuses_the_staff_too(diary):
    ben = make_practitioner(diary.site, first_name="Ben")

    with pytest.raises(Refused) as refused:
        diary.book(at(10), practitioner_id=ben.id, actor=STAFF, insist="Si")

    assert refused.value.code == "reason-not-offered"


def test_reason_to_validate_makes_a_request(diary):
    change(diary.reason, needs_validation=True)

    assert diary.book(at(10)).status == Status.REQUESTED
    assert diary.book(at(11), actor=STAFF, source="phone").status == Status.CONFIRMED


def test_any_practitioner_takes_the_least_busy(diary):
    ben = make_practitioner(diary.site, first_name="Ben")
    make_hours(ben, diary.site)
    both = make_reason(diary.alma, ben)
    diary.book(at(9))

    visit = diary.book(at(10), visit_reason_id=both.id, practitioner_id=None)

    assert visit.practitioner_id == ben.id


def test_any_practitioner_when_all_are_taken(diary):
    diary.book(at(10))

    with pytest.raises(SlotTaken):
        diary.book(at(10), practitioner_id=None)


def test_room_taken_is_said_apart(diary):
    make_room(diary.site)
    ben = make_practitioner(diary.site, first_name="Ben")
    make_hours(ben, diary.site)
    with_room = make_reason(diary.alma, ben, resource_kinds=["room"])
    diary.book(at(10), visit_reason_id=with_room.id)

    with pytest.raises(ResourceTaken):
        diary.book(at(10), visit_reason_id=with_room.id, practitioner_id=ben.id)


def test_unknown_patient_is_an_unknown_reference(diary):
    with pytest.raises(UnknownReference) as unknown:
        diary.book(at(10), patient_id=uuid4())

    assert unknown.value.pointer == "/patient"


def test_second_upcoming_visit_wants_a_choice(diary):
    change(diary.reason, one_upcoming=True)
    first = diary.book(at(9))

    with pytest.raises(Refused) as refused:
        diary.book(at(11))
    assert refused.value.code == "patient-already-booked"

    diary.book(at(10), on_existing="keep")
    diary.book(at(11), on_existing="replace")
    assert Appointment.objects.get(pk=first.pk).status == Status.CANCELLED


def test_minimum_delay_between_two_visits(diary):
    change(diary.reason, min_days_between=8)
    diary.book(at(9))

    with pytest.raises(Refused) as refused:
        diary.book(at(9, day=MONDAY + timedelta(weeks=1)))

    assert refused.value.code == "too-soon-after-last-visit"


def test_hold_is_booked_by_its_holder(diary):
    held = hold(diary, at(10))

    visit = book_appointment(hold_id=held.id, patient_id=diary.nour.id, actor=PATIENT, source="website", now=NOW)

    assert (visit.appointment.start, visit.appointment.practitioner_id) == (at(10), diary.alma.id)
    assert list(Occupancy.objects.values_list("hold", "appointment", "expires_at")) == [(None, visit.appointment.id, None)]


def test_hold_used_twice_is_gone(diary):
    held = hold(diary, at(10))
    book_appointment(hold_id=held.id, patient_id=diary.nour.id, actor=PATIENT, source="website", now=NOW)

    with pytest.raises(HoldGone):
        book_appointment(hold_id=held.id, patient_id=diary.nour.id, actor=PATIENT, source="website", now=NOW)


def test_expired_hold_is_gone_and_its_time_is_free(diary):
    held = hold(diary, at(10))
    later = NOW + timedelta(minutes=15)

    with pytest.raises(HoldGone):
        book_appointment(hold_id=held.id, patient_id=diary.nour.id, actor=PATIENT, source="website", now=later)
    assert diary.book(at(10), now=later).start == at(10)
    assert Hold.objects.get(pk=held.pk).state == "expired"


def test_hold_with_another_start_does_not_match(diary):
    held = hold(diary, at(10))

    with pytest.raises(HoldMismatch):
        book_appointment(hold_id=held.id, start=at(11), patient_id=diary.nour.id, actor=PATIENT, source="website", now=NOW)


def test_hold_of_a_reason_for_known_patients_is_not_for_a_new_one(diary):
    change(diary.reason, bookable_by="known")
    held = hold(diary, at(10), visitor_status="known")

    with pytest.raises(Refused) as refused:
        book_appointment(hold_id=held.id, patient_id=diary.nour.id, actor=PARTNER, source="partner", now=NOW)

    assert refused.value.code == "known-patients-only"


def test_released_hold_frees_its_time(diary):
    held = hold(diary, at(10))

    release_hold(hold_id=held.id, actor=PATIENT, now=NOW)

    assert diary.book(at(10)).start == at(10)
    with pytest.raises(HoldGone):
        release_hold(hold_id=held.id, actor=PATIENT, now=NOW)


def test_extended_hold_lasts_an_hour_at_most(diary):
    held = hold(diary, at(10))

    extended = extend_hold(hold_id=held.id, minutes=600, now=NOW + timedelta(minutes=10))

    assert extended.expires_at == NOW + timedelta(minutes=60)


def test_visit_imported_on_a_held_time_is_a_conflict_and_the_holder_confirms(diary):
    held = hold(diary, at(10))
    imported = import_visit(
        practitioner_id=diary.alma.id, start=at(10), end=at(10, 30), actor=PLATFORM, source="doctolib", origin="connection:1", now=NOW
    )

    visit = book_appointment(hold_id=held.id, patient_id=diary.nour.id, actor=PATIENT, source="website", now=NOW).appointment

    assert (imported.lane, visit.lane) == ("conflict", "normal")


def test_conflict_becomes_normal_when_nothing_overlaps_any_more(diary):
    first = diary.book(at(10))
    imported = import_visit(
        practitioner_id=diary.alma.id, start=at(10), end=at(10, 45), actor=PLATFORM, source="doctolib", origin="connection:1", now=NOW
    )

    cancel_appointment(appointment_id=first.id, by="cabinet", reason="", actor=STAFF, now=NOW)

    assert Appointment.objects.get(pk=imported.pk).lane == "normal"
    assert list(Occupancy.objects.values_list("lane", flat=True)) == ["normal"]


def test_partner_books_through_its_own_channel(diary):
    change(diary.hours, channels=["website"])

    with pytest.raises(Refused) as refused:
        diary.book(at(10), actor=PARTNER, source="partner")

    assert refused.value.code == "channel-closed"
