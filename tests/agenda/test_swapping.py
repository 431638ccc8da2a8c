"""Two visits exchange their times."""

from datetime import timedelta
from uuid import uuid4

import pytest

from agenda.errors import AlreadyCancelled, NoSuchAppointment, NothingToUndo, StaleAppointment, StatusNotAllowed
from agenda.models import Appointment, JournalEntry, Occupancy
from agenda.scheduling import change_status, swap_appointments, undo_last
from medidesk.errors import MediDeskError, Refused
from tests.agenda.diary import NOW, PARTNER, STAFF, at, make_hours, make_patient, make_practitioner, make_reason, make_room
from tests.agenda.told import TEN, TWO_MINUTES, cancel, imported, move, planned, sent


@pytest.fixture
def ali(db, diary):
    return make_patient(first_names="Ali", email="ali@patients.example")


def swap(one, other, actor=STAFF, now=NOW, **values):
    return swap_appointments(appointment_id=one.id, other_id=other.id, actor=actor, now=now, **values)


def places():
    return list(Appointment.objects.order_by("patient__first_names").values_list("start", "practitioner__first_name"))


def taken():
    return sorted(Occupancy.objects.values_list("resource", "start_minute", "end_minute"))


def test_times_are_exchanged(diary, ali):
    first, second = diary.book(at(9)), diary.book(at(11), patient_id=ali.id)
    before = taken()

    one, other = swap(first, second)

    assert (one.appointment.start, other.appointment.start, one.warnings, other.warnings) == (at(11), at(9), [], [])
    assert places() == [(at(9), "Alma"), (at(11), "Alma")]
    assert taken() == before
    assert list(JournalEntry.objects.filter(act="swapped").values_list("appointment", "by").order_by("id")) == [
        (first.id, "Basile"), (second.id, "Basile"),
    ]  # fmt: skip


def test_practitioners_are_exchanged_when_each_offers_the_other_s_reason(diary, ali):
    paul = make_practitioner(diary.site, first_name="Paul")
    make_hours(paul, diary.site)
    diary.reason.offers.create(practitioner=paul, duration_minutes=20)
    first, second = diary.book(at(9)), diary.book(at(9, 20), patient_id=ali.id, practitioner_id=paul.id)

    swap(first, second, insist="Échange demandé")

    assert places() == [(at(9), "Alma"), (at(9, 20), "Paul")]
    assert Appointment.objects.get(pk=first.pk).end == at(9, 40)


def test_each_keeps_a_practitioner_who_alone_offers_the_reason(diary, ali):
    paul = make_practitioner(diary.site, first_name="Paul")
    make_hours(paul, diary.site)
    other = make_reason(paul, name="Bilan")
    first = diary.book(at(9))
    second = diary.book(at(10), patient_id=ali.id, practitioner_id=paul.id, visit_reason_id=other.id)

    swap(first, second)

    assert places() == [(at(9), "Paul"), (at(10), "Alma")]


def test_their_room_goes_with_them(diary, ali):
    room = make_room(diary.site)
    reason = make_reason(diary.alma, name="Écho", resource_kinds=["room"])
    first, second = diary.book(at(9)), diary.book(at(10), patient_id=ali.id, visit_reason_id=reason.id)

    swap(first, second)

    assert Occupancy.objects.get(resource=room.id).appointment_id == second.id
    assert Occupancy.objects.filter(resource=room.id, visit_minute=int(at(9).timestamp() // 60)).exists()


def test_a_longer_visit_that_does_not_fit_refuses_the_exchange(diary, ali):
    longer = make_reason(diary.alma, name="Longue", duration_minutes=60, grid_minutes=30)
    first = diary.book(at(9), visit_reason_id=longer.id)
    second = diary.book(at(10), patient_id=ali.id)
    diary.book(at(10, 30), patient_id=make_patient(first_names="Zoé").id)
    before, entries = taken(), JournalEntry.objects.count()

    with pytest.raises(MediDeskError) as here:
        swap(first, second)
    with pytest.raises(MediDeskError) as there:
        swap(second, first)

    assert (here.value.code, here.value.pointer, there.value.pointer) == ("slot-taken", None, "/with")
    assert (taken(), JournalEntry.objects.count()) == (before, entries)
    one, _other = swap(first, second, insist="Convenu avec les deux")
    assert [refusal.code for refusal in one.warnings] == ["slot-taken"]


def test_two_that_would_overlap_each_other_are_refused(diary, ali):
    longer = make_reason(diary.alma, name="Longue", duration_minutes=60, grid_minutes=30)
    first, second = diary.book(at(9)), diary.book(at(9, 30), patient_id=ali.id, visit_reason_id=longer.id)

    with pytest.raises(MediDeskError) as refusal:
        swap(first, second)

    assert refusal.value.code == "slot-taken"


def test_a_partner_is_held_by_the_rules(diary, ali):
    first, second = diary.book(at(9)), diary.book(at(11), patient_id=ali.id)
    diary.reason.min_notice_minutes = 2 * 1440
    diary.reason.save()

    with pytest.raises(Refused) as refusal:
        swap(first, second, actor=PARTNER)

    assert refusal.value.code == "minimum-notice"
    assert [one.code for one in swap(first, second)[0].warnings] == ["minimum-notice"]


def test_what_cannot_be_exchanged(diary, ali):
    first, second = diary.book(at(9)), diary.book(at(11), patient_id=ali.id)

    with pytest.raises(Refused, match="autre") as same:
        swap(first, first)
    with pytest.raises(StaleAppointment):
        swap(first, second, expected_version=7)
    with pytest.raises(NoSuchAppointment):
        swap_appointments(appointment_id=first.id, other_id=uuid4(), actor=STAFF, now=NOW)
    change_status(appointment_id=second.id, status="arrived", actor=STAFF, now=at(9))
    with pytest.raises(StatusNotAllowed):
        swap(first, second)
    cancel(first)
    with pytest.raises(AlreadyCancelled):
        swap(first, second)
    assert (same.value.code, same.value.pointer) == ("same-appointment", "/with")


def test_a_visit_in_conflict_is_settled_first(diary, ali):
    diary.book(TEN)
    conflict = imported(diary, patient_id=ali.id)
    other = diary.book(TEN + timedelta(hours=1), patient_id=ali.id)

    with pytest.raises(StatusNotAllowed):
        swap(other, conflict)


def test_each_patient_is_told_once(diary, ali, visit_link):
    first, second = diary.book(TEN), diary.book(TEN + timedelta(hours=1), patient_id=ali.id)
    sent(NOW)

    swap(first, second)

    assert sorted(kind for kind, _channel, _due in planned()) == ["moved", "moved", "reminder", "reminder"]
    assert len(sent(NOW + TWO_MINUTES)) == 2


@pytest.mark.parametrize("side", [0, 1])
def test_undoing_on_either_side_takes_back_both(diary, ali, visit_link, side):
    visits = diary.book(TEN), diary.book(TEN + timedelta(hours=1), patient_id=ali.id)
    sent(NOW)
    before = taken()
    swap(*visits)

    undone = undo_last(appointment_id=visits[side].id, actor=STAFF, now=NOW)

    assert undone.start == visits[side].start
    assert (taken(), places()) == (before, [(TEN + timedelta(hours=1), "Alma"), (TEN, "Alma")])
    assert sent(NOW + TWO_MINUTES) == []


def test_an_exchange_after_which_one_moved_is_not_undone(diary, ali):
    first, second = diary.book(at(9)), diary.book(at(11), patient_id=ali.id)
    swap(first, second)
    move(second, at(10))

    with pytest.raises(NothingToUndo):
        undo_last(appointment_id=first.id, actor=STAFF, now=NOW)
    assert undo_last(appointment_id=second.id, actor=STAFF, now=NOW).start == at(9)
