"""Moving, cancelling, statuses, undoing, platforms' moves."""

from datetime import timedelta

import pytest

from agenda.errors import AlreadyCancelled, NothingToUndo, SlotTaken, StaleAppointment, StatusNotAllowed
from agenda.models import Appointment, JournalEntry, Occupancy
from agenda.scheduling import (
    cancel_appointment,
    change_status,
    expire_holds,
    hold_slot,
    import_visit,
    move_appointment,
    reschedule_import,
    undo_last,
)
from medidesk.errors import Refused
from tests.agenda.diary import MONDAY, NOW, PATIENT, PLATFORM, STAFF, at, make_reason, make_room


def move(visit, start, **values):
    return move_appointment(**{"appointment_id": visit.id, "start": start, "actor": STAFF, "now": NOW} | values).appointment


def go(visit, status, actor=STAFF):
    return change_status(appointment_id=visit.id, status=status, actor=actor, now=NOW)


def cancel(visit):
    return cancel_appointment(appointment_id=visit.id, by="patient", reason="empêché", actor=PATIENT, now=NOW)


def imported(diary, minutes=30):
    return import_visit(
        practitioner_id=diary.alma.id, start=at(10), end=at(10) + timedelta(minutes=minutes), actor=PLATFORM, source="doctolib",
        origin="connection:1", now=NOW,
    )  # fmt: skip


def test_move_takes_the_new_time_and_frees_the_old(diary):
    visit = diary.book(at(10))

    moved = move(visit, at(11))

    assert (moved.start, moved.end, moved.version) == (at(11), at(11, 30), 2)
    assert diary.slots() == ["09:00", "09:30", "10:00", "10:30", "11:30"]


def test_move_onto_itself_shifted(diary):
    visit = diary.book(at(10), actor=STAFF, source="phone")

    assert move(visit, at(10, 15), insist="Le patient arrive plus tard").start == at(10, 15)


def test_move_to_a_taken_time_is_refused(diary):
    diary.book(at(11))
    visit = diary.book(at(10))

    with pytest.raises(SlotTaken):
        move(visit, at(11))


def test_move_by_the_patient_follows_the_rules(diary):
    visit = diary.book(at(10))

    with pytest.raises(Refused) as refused:
        move(visit, at(8), actor=PATIENT)

    assert refused.value.code == "outside-opening-hours"


def test_move_to_where_it_is_changes_nothing(diary):
    visit = diary.book(at(10))

    assert move(visit, at(10)).version == 1
    assert JournalEntry.objects.filter(act="moved").count() == 0


def test_move_with_an_old_version_is_stale(diary):
    visit = diary.book(at(10))
    move(visit, at(11))

    with pytest.raises(StaleAppointment):
        move(visit, at(9), expected_version=1)


def test_move_keeps_the_room_when_it_is_free(diary):
    make_room(diary.site, "Salle 1")
    other = make_room(diary.site, "Salle 2")
    with_room = make_reason(diary.alma, resource_kinds=["room"])
    visit = diary.book(at(10), visit_reason_id=with_room.id)
    Occupancy.objects.filter(appointment=visit).exclude(resource=diary.alma.id).update(resource=other.id)

    move(visit, at(11))

    assert set(Occupancy.objects.values_list("resource", flat=True)) == {diary.alma.id, other.id}


def test_imported_visit_without_reason_can_be_moved(diary):
    visit = imported(diary, minutes=45)

    assert move(visit, at(9, 5)).end == at(9, 50)


def test_cancel_twice_says_so(diary):
    visit = diary.book(at(10))
    cancel(visit)

    with pytest.raises(AlreadyCancelled):
        cancel(visit)


def test_cancel_after_arrival_is_not_allowed(diary):
    visit = diary.book(at(10))
    go(visit, "arrived")

    with pytest.raises(StatusNotAllowed):
        cancel(visit)


def test_statuses_go_forward_and_one_step_back(diary):
    visit = diary.book(at(10))

    for status in ("arrived", "in_consultation", "completed", "in_consultation", "arrived", "confirmed"):
        assert go(visit, status).status == status


@pytest.mark.parametrize("status", ["requested", "in_consultation", "completed", "cancelled"])
def test_other_moves_of_status_are_not_allowed(diary, status):
    with pytest.raises(StatusNotAllowed):
        go(diary.book(at(10)), status)


def test_platform_knows_only_the_end(diary):
    assert go(imported(diary), "completed", actor=PLATFORM).status == "completed"


def test_missed_visit_frees_its_time_and_comes_back(diary):
    visit = diary.book(at(10))
    go(visit, "no_show")
    assert diary.slots() == ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]

    go(visit, "confirmed")
    assert diary.slots() == ["09:00", "09:30", "10:30", "11:00", "11:30"]


def test_missed_visit_cannot_come_back_on_a_taken_time(diary):
    visit = diary.book(at(10))
    go(visit, "no_show")
    diary.book(at(10))

    with pytest.raises(SlotTaken):
        go(visit, "confirmed")


def test_undo_a_cancellation(diary):
    visit = diary.book(at(10))
    cancel(visit)

    back = undo_last(appointment_id=visit.id, actor=STAFF, now=NOW)

    assert (back.status, back.cancelled_by) == ("confirmed", "")
    assert diary.slots() == ["09:00", "09:30", "10:30", "11:00", "11:30"]


def test_undo_a_cancellation_whose_time_is_gone(diary):
    visit = diary.book(at(10))
    cancel(visit)
    diary.book(at(10))

    with pytest.raises(SlotTaken):
        undo_last(appointment_id=visit.id, actor=STAFF, now=NOW)


def test_undo_a_move(diary):
    visit = diary.book(at(10))
    move(visit, at(11))

    assert undo_last(appointment_id=visit.id, actor=STAFF, now=NOW).start == at(10)


def test_nothing_to_undo_after_booking_or_by_a_platform(diary):
    visit = imported(diary)
    with pytest.raises(NothingToUndo):
        undo_last(appointment_id=visit.id, actor=STAFF, now=NOW)


def test_platform_moves_its_visit_onto_a_taken_time(diary):
    diary.book(at(11))
    visit = imported(diary)

    moved = reschedule_import(appointment_id=visit.id, start=at(11), end=at(11, 30), actor=PLATFORM, origin="connection:1", now=NOW)

    assert (moved.lane, moved.start) == ("conflict", at(11))


def test_imported_visit_next_to_buffers_is_no_conflict(diary):
    buffered = make_reason(diary.alma, buffer_before_minutes=15, buffer_after_minutes=15)
    diary.book(at(10), visit_reason_id=buffered.id, actor=STAFF, source="phone", insist="oui")

    visit = import_visit(
        practitioner_id=diary.alma.id, start=at(10, 45), end=at(11, 15), actor=PLATFORM, source="doctolib", origin="c", now=NOW,
        visit_reason_id=buffered.id,
    )  # fmt: skip

    assert visit.lane == "normal"


def test_journal_tells_the_story(diary):
    visit = diary.book(at(10))
    move(visit, at(11))
    cancel(visit)

    story = JournalEntry.objects.filter(appointment=visit).values_list("act", "by")
    assert list(story) == [("booked", "patient"), ("moved", "Basile"), ("cancelled", "patient")]


def test_no_verb_touches_another_day(diary):
    visit = diary.book(at(9, day=MONDAY + timedelta(weeks=1)))
    other = diary.book(at(10))
    cancel(other)

    assert Appointment.objects.get(pk=visit.pk).version == 1


def test_a_cancelled_conflict_that_comes_back_to_a_free_time_is_a_visit_like_others(diary):
    standing = diary.book(at(9))
    imported = import_visit(
        practitioner_id=diary.alma.id, start=at(9), end=at(9, 30), actor=PLATFORM, source="doctolib", origin="connection:1", now=NOW
    )
    cancel_appointment(appointment_id=imported.id, by="cabinet", reason="x", actor=STAFF, now=NOW)
    cancel_appointment(appointment_id=standing.id, by="cabinet", reason="x", actor=STAFF, now=NOW)

    assert undo_last(appointment_id=imported.id, actor=STAFF, now=NOW).lane == "normal"


def test_a_conflict_on_a_hold_that_another_booking_ended_settles_with_the_next_sweep(diary):
    hold_slot(visit_reason_id=diary.reason.id, practitioner_id=diary.alma.id, start=at(9), actor=PATIENT, source="website", now=NOW)
    imported = import_visit(
        practitioner_id=diary.alma.id, start=at(9), end=at(9, 30), actor=PLATFORM, source="doctolib", origin="connection:1", now=NOW
    )
    later = NOW + timedelta(minutes=20)
    diary.book(at(11), now=later)

    expire_holds(now=later)

    imported.refresh_from_db()
    assert imported.lane == "normal"
