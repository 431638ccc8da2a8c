"""Undoing an absence that was carried out, and patients who take another time."""

import pytest

from agenda.errors import SlotTaken
from agenda.mass_absence import Choice, carry_out_due, decide, rebook, send, undo
from agenda.mass_absence import carrying_out as carrying
from agenda.mass_absence.errors import AlreadyRebooked, NoSuchMassAbsence
from agenda.models import Absence, Appointment
from agenda.scheduling import book_appointment
from medidesk.errors import Refused
from tests.agenda.diary import NOW, STAFF, at, make_patient
from tests.agenda.mass_absence.day import (
    AFTER,
    IN_A_WEEK,
    LATER,
    announced,
    carried_out,
    colleague,
    drafted,
    line_of,
    outcomes,
    statuses,
)
from tests.agenda.told import cancel, move


def test_undone_afterwards_puts_back_what_nobody_has_touched(diary):
    samir = colleague(diary)
    visits = [diary.book(at(9 + n // 2, 30 * (n % 2)), patient_id=make_patient(first_names=f"P{n}", email=f"p{n}@x.example").id)
              for n in range(4)]  # fmt: skip
    draft = drafted(diary)
    decide(draft.id, {visits[1].id: Choice("move", samir.id), visits[3].id: Choice("keep")}, now=NOW)
    send(draft.id, actor=STAFF, now=NOW)
    carry_out_due(AFTER)
    rebook(visits[2].id, start=at(9, day=IN_A_WEEK), practitioner_id=diary.alma.id, now=AFTER)

    undo(draft.id, actor=STAFF, now=LATER)
    assert carry_out_due(LATER) == 3

    assert outcomes() == [("undone", "put-back"), ("undone", "put-back"), ("stuck", "rebooked"), ("done", "kept")]
    now = {one.id: (one.status, one.practitioner_id) for one in Appointment.objects.all()}
    assert [now[visit.id] for visit in visits] == [
        ("confirmed", diary.alma.id), ("confirmed", diary.alma.id), ("cancelled", diary.alma.id), ("confirmed", diary.alma.id),
    ]  # fmt: skip
    assert not Absence.objects.filter(deleted_at=None).exists()


def test_undone_afterwards_leaves_what_somebody_changed(diary):
    samir = colleague(diary)
    taken, changed = diary.book(at(9)), diary.book(at(10))
    draft = drafted(diary)
    decide(draft.id, {changed.id: Choice("move", samir.id)}, now=NOW)
    send(draft.id, actor=STAFF, now=NOW)
    carry_out_due(AFTER)
    move(changed, at(11), now=AFTER)
    book_appointment(
        visit_reason_id=diary.reason.id, start=at(9), practitioner_id=diary.alma.id, patient_id=diary.nour.id, actor=STAFF, source="phone",
        now=AFTER, insist="urgence",
    )  # fmt: skip

    undo(draft.id, actor=STAFF, now=LATER)
    carry_out_due(LATER)

    assert [(line_of(one).state, line_of(one).outcome) for one in (taken, changed)] == [("stuck", "slot-taken"), ("stuck", "changed-since")]


def test_undone_half_way_spares_the_rest(diary, monkeypatch):
    for hour in (9, 10):
        diary.book(at(hour), patient_id=make_patient(first_names=f"P{hour}", email=f"p{hour}@x.example").id)
    mass = announced(diary)
    carrying._household(mass.id, AFTER)

    undo(mass.id, actor=STAFF, now=AFTER)
    carry_out_due(AFTER)

    assert (outcomes(), statuses()) == ([("undone", "put-back"), ("spared", "")], ["confirmed", "confirmed"])


def test_a_patient_takes_another_time_once(diary):
    visit = diary.book(at(9))
    carried_out(diary)

    booked = rebook(visit.id, start=at(9, day=IN_A_WEEK), practitioner_id=diary.alma.id, now=AFTER)

    assert (booked.patient, booked.visit_reason, booked.source, line_of(visit).rebooked) == (diary.nour, diary.reason, "website", booked)
    with pytest.raises(AlreadyRebooked):
        rebook(visit.id, start=at(10, day=IN_A_WEEK), practitioner_id=diary.alma.id, now=AFTER)


def test_a_patient_s_other_time_follows_the_patients_rules(diary):
    visit = diary.book(at(9))
    carried_out(diary)
    diary.book(at(9, day=IN_A_WEEK), now=AFTER)

    with pytest.raises(SlotTaken):
        rebook(visit.id, start=at(9, day=IN_A_WEEK), practitioner_id=diary.alma.id, now=AFTER)
    with pytest.raises(Refused):
        rebook(visit.id, start=at(10), practitioner_id=diary.alma.id, now=AFTER)
    assert line_of(visit).rebooked is None


def test_only_a_visit_that_an_absence_took_is_replaced(diary):
    visit = diary.book(at(9))
    cancel(visit)

    with pytest.raises(NoSuchMassAbsence):
        rebook(visit.id, start=at(9, day=IN_A_WEEK), practitioner_id=diary.alma.id, now=NOW)
