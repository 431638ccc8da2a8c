"""Sending, the ten minutes, stopping, carrying out, undoing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda.errors import HoldGone
from agenda.mass_absence import Choice, carry_out_due, decide, send, undo
from agenda.mass_absence import carrying_out as carrying
from agenda.mass_absence.errors import AlreadyUndone, VisitsChanged
from agenda.models import Absence, Appointment, Hold, JournalEntry, MassAbsence
from agenda.scheduling import book_appointment, change_status, hold_slot
from agenda.tasks import carry_out_mass_absences
from medidesk.due.pointers import cabinets_due
from medidesk.errors import Refused
from medidesk.messaging.models import Message
from tests.agenda.diary import NOW, PATIENT, STAFF, at, make_patient
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
    scope,
    statuses,
)
from tests.agenda.told import cancel, move


def test_sending_closes_the_agenda_at_once_and_touches_no_visit(diary):
    visit = diary.book(at(9))
    before = Appointment.objects.get().version, JournalEntry.objects.count()

    mass = announced(diary)

    assert (mass.state, mass.due_at, diary.slots(), Appointment.objects.get().version, JournalEntry.objects.count()) == (
        "sent", AFTER, [], *before,
    )  # fmt: skip
    with pytest.raises(Refused) as refusal:
        diary.book(at(10))
    assert refusal.value.code == "practitioner-absent"
    assert line_of(visit).state == "waiting"


def test_times_being_booked_are_given_back(diary):
    hold = hold_slot(visit_reason_id=diary.reason.id, start=at(10), practitioner_id=diary.alma.id, actor=PATIENT, source="website", now=NOW)

    announced(diary)

    assert Hold.objects.get().state == "released"
    with pytest.raises(HoldGone):
        book_appointment(hold_id=hold.id, patient_id=diary.nour.id, actor=PATIENT, source="website", now=NOW)


def test_visits_that_came_since_stop_the_sending(diary):
    diary.book(at(9))
    draft = drafted(diary)
    diary.book(at(10))

    with pytest.raises(VisitsChanged):
        send(draft.id, actor=STAFF, now=NOW)

    assert (Absence.objects.count(), MassAbsence.objects.get().state) == (0, "draft")


def test_visits_that_left_do_not(diary):
    visit = diary.book(at(9))
    draft = drafted(diary)
    cancel(visit)

    assert send(draft.id, actor=STAFF, now=NOW).lines.count() == 0


def test_an_absence_that_is_over_is_not_sent(diary):
    draft = drafted(diary)

    with pytest.raises(Refused):
        send(draft.id, actor=STAFF, now=at(20))


def test_nothing_happens_before_the_ten_minutes_are_over(diary, cabinet):
    diary.book(at(9))
    announced(diary)

    assert ("absences", cabinet.schema_name) not in cabinets_due(NOW)
    assert ("absences", cabinet.schema_name) in cabinets_due(AFTER)
    assert (carry_out_due(NOW), statuses()) == (0, ["confirmed"])


def test_stopped_in_time_nothing_has_happened(diary):
    visit = diary.book(at(9))
    mass = announced(diary)

    undo(mass.id, actor=STAFF, now=NOW)

    assert (carry_out_due(AFTER), statuses(), outcomes()) == (0, ["confirmed"], [("spared", "")])
    assert diary.slots() == ["09:30", "10:00", "10:30", "11:00", "11:30"]
    assert Appointment.objects.get() == visit
    assert not Message.objects.filter(kind="absence").exists()


def test_it_is_stopped_once(diary):
    mass = announced(diary)
    undo(mass.id, actor=STAFF, now=NOW)

    with pytest.raises(AlreadyUndone):
        undo(mass.id, actor=STAFF, now=NOW)
    with pytest.raises(AlreadyUndone):
        undo(drafted(diary).id, actor=STAFF, now=NOW)


def test_each_decision_is_carried_out(diary):
    samir = colleague(diary)
    visits = [diary.book(at(hour, minute)) for hour, minute in ((9, 0), (9, 30), (10, 0), (10, 30))]
    draft = drafted(diary)
    what = (Choice("cancel"), Choice("propose"), Choice("move", samir.id), Choice("keep"))
    choices = {visit.id: choice for visit, choice in zip(visits, what, strict=True)}
    decide(draft.id, choices, now=NOW)
    send(draft.id, actor=STAFF, now=NOW)

    assert carry_out_due(AFTER) == 4

    assert outcomes() == [("done", "cancelled"), ("done", "cancelled"), ("done", "moved"), ("done", "kept")]
    assert [(one.status, one.practitioner_id) for one in Appointment.objects.order_by("start")] == [
        ("cancelled", diary.alma.id), ("cancelled", diary.alma.id), ("confirmed", samir.id), ("confirmed", diary.alma.id),
    ]  # fmt: skip
    mass = MassAbsence.objects.get()
    assert (mass.state, mass.done_at) == ("done", AFTER)


def test_each_act_is_in_the_journal_by_whoever_sent_it(diary):
    visit = diary.book(at(9))
    carried_out(diary)

    entry = visit.journal.last()
    assert (entry.act, entry.by, entry.at) == ("cancelled", "Basile", AFTER)
    assert (Appointment.objects.get().cancelled_by, Appointment.objects.get().cancellation_reason) == ("cabinet", "Absence du praticien")


def test_a_target_taken_meanwhile_leaves_a_choice_to_the_patient(diary):
    samir = colleague(diary)
    visit = diary.book(at(9))
    draft = drafted(diary)
    decide(draft.id, {visit.id: Choice("move", samir.id)}, now=NOW)
    send(draft.id, actor=STAFF, now=NOW)
    diary.book(at(9), practitioner_id=samir.id)

    carry_out_due(AFTER)

    assert (outcomes(), Appointment.objects.get(pk=visit.pk).status) == ([("done", "target-taken")], "cancelled")


def test_what_changed_in_the_ten_minutes_is_respected(diary):
    moved, cancelled, arrived = (diary.book(at(hour)) for hour in (9, 10, 11))
    announced(diary)
    move(moved, at(9, day=IN_A_WEEK))
    cancel(cancelled)
    change_status(appointment_id=arrived.id, status="arrived", actor=STAFF, now=NOW)

    carry_out_due(AFTER)

    found = {line.appointment_id: (line.state, line.outcome) for line in MassAbsence.objects.get().lines.all()}
    assert [found[visit.id] for visit in (moved, cancelled, arrived)] == [
        ("spared", "moved-away"), ("spared", "already-cancelled"), ("stuck", "status-not-allowed"),
    ]  # fmt: skip


def test_a_visit_insisted_on_meanwhile_is_shown_to_somebody(diary):
    announced(diary)
    visit = diary.book(at(9), actor=STAFF, insist="elle passera")

    carry_out_due(AFTER)

    assert (outcomes(), Appointment.objects.get(pk=visit.pk).status) == ([("stuck", "booked-meanwhile")], "confirmed")


def test_the_task_carries_out_and_leaves_nothing_due(diary, cabinet, time_machine):
    diary.book(at(9))
    announced(diary)
    time_machine.move_to(AFTER)

    assert carry_out_mass_absences.apply().result == 1
    assert ("absences", cabinet.schema_name) not in cabinets_due(AFTER)


class Killed(BaseException):
    """The worker's process ends."""


def test_a_worker_killed_in_the_middle_is_followed_by_one_that_does_the_rest(diary, monkeypatch):
    visits = [diary.book(at(hour), patient_id=make_patient(first_names=f"P{hour}", email=f"p{hour}@x.example").id) for hour in (9, 10, 11)]
    announced(diary)
    real, told = carrying.tell_absence, []

    def dying(mass, lines, channel, now):
        told.append(lines[0].appointment_id)
        if len(told) == 2:
            raise Killed
        real(mass, lines, channel, now)

    monkeypatch.setattr(carrying, "tell_absence", dying)
    with pytest.raises(Killed):
        carry_out_due(AFTER)
    assert statuses() == ["cancelled", "confirmed", "confirmed"]

    monkeypatch.setattr(carrying, "tell_absence", real)
    assert carry_out_due(LATER) == 2

    assert [visit.journal.filter(act="cancelled").count() for visit in visits] == [1, 1, 1]
    assert [Message.objects.filter(kind="absence", about=visit.id).count() for visit in visits] == [1, 1, 1]
    assert carry_out_due(LATER) == 0


def test_a_household_that_is_stumbled_over_holds_up_nobody(diary, monkeypatch):
    for hour in (9, 10):
        diary.book(at(hour), patient_id=make_patient(first_names=f"P{hour}", email=f"p{hour}@x.example").id)
    announced(diary)
    real = carrying.tell_absence

    def stumbling(mass, lines, channel, now):
        if lines[0].was_start == at(9):
            raise ValueError("p9")
        real(mass, lines, channel, now)

    monkeypatch.setattr(carrying, "tell_absence", stumbling)
    carry_out_due(AFTER)

    assert (outcomes(), statuses()) == ([("stuck", "failed"), ("done", "cancelled")], ["confirmed", "cancelled"])


@pytest.mark.parametrize("site", [True, False])
def test_sending_and_undoing_ask_as_much_whatever_the_visits(diary, site):
    counts = []
    for number in (1, 4):
        for n in range(number):
            diary.book(at(9 + n // 2, 30 * (n % 2), IN_A_WEEK))
        whole_site = {"practitioner_id": None, "site_id": diary.site.id} if site else {}
        draft = drafted(diary, start=at(8, day=IN_A_WEEK), end=at(20, day=IN_A_WEEK), **whole_site)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            send(draft.id, actor=STAFF, now=NOW)
            undo(draft.id, actor=STAFF, now=NOW)
        counts.append(len(queries))
        Appointment.objects.all().delete()

    assert counts[0] == counts[1]


def test_two_hundred_visits_are_settled_in_a_few_queries_each(diary):
    assert scope(diary).meets(diary.alma.id, None, at(9), at(10))
    for n in range(6):
        diary.book(at(9 + n // 2, 30 * (n % 2)), patient_id=make_patient(first_names=f"P{n}", email=f"p{n}@x.example").id)
    announced(diary)

    with CaptureQueriesContext(connection) as queries:
        carry_out_due(AFTER)

    assert len(queries) < 6 * 40 + 20
