"""Two secretaries, two workers, a patient and a worker, at the same moment; and two hundred visits in bounded time."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from agenda.mass_absence import carry_out_due, prepare, rebook, send, undo
from agenda.models import Appointment, JournalEntry, MassAbsence, MassAbsenceLine
from agenda.told_together import told_together
from medidesk.db.locks import again_after_deadlock
from medidesk.errors import MediDeskError
from medidesk.messaging.models import Message
from tests.agenda.diary import NOW, STAFF, Diary, at, make_patient
from tests.agenda.mass_absence.day import AFTER, LATER, scope
from tests.agenda.told import NEXT_MONDAY

SECONDS_FOR_TWO_HUNDRED = 30  # of a loaded machine; each visit takes some thirty short statements


@pytest.fixture
def diary(throwaway_cabinet) -> Diary:
    """A diary with real commits."""
    return Diary()


def at_once(cabinet, *acts: Callable[[], object]) -> list[object]:
    """What each act answers (or the class of what it raises), all released together."""
    gate, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        with cabinet:
            gate.wait()
            try:
                answers[place] = act()
            except MediDeskError as error:
                answers[place] = type(error).__name__
        connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def some_visits(diary, count):
    """As many patients, on one Monday and the next ones."""
    diary.hours.end_minute = 24 * 60
    diary.hours.save()
    diary.alma.works_on_holidays = True
    diary.alma.save()
    with told_together():
        for n in range(count):
            patient = make_patient(first_names=f"P{n}", email=f"p{n // 2}@x.example")
            start = at(9) + timedelta(minutes=30 * (n % 30), weeks=n // 30)
            diary.book(start, patient_id=patient.id)


def test_two_secretaries_send_one_absence(diary, throwaway_cabinet):
    some_visits(diary, 2)
    draft = prepare(scope(diary), actor=STAFF, now=NOW)

    answers = at_once(throwaway_cabinet, *[lambda: bool(send(draft.id, actor=STAFF, now=NOW))] * 2)

    assert sorted(map(str, answers)) == ["AlreadySent", "True"]
    assert Appointment.objects.filter(status="confirmed").count() == 2


def test_two_workers_settle_each_household_once(diary, throwaway_cabinet):
    some_visits(diary, 12)
    send(prepare(scope(diary), actor=STAFF, now=NOW).id, actor=STAFF, now=NOW)

    answers = at_once(throwaway_cabinet, *[lambda: carry_out_due(AFTER)] * 2)

    assert sum(answers) == 12
    assert JournalEntry.objects.filter(act="cancelled").count() == 12
    assert Message.objects.filter(kind="absence").count() == 6


def test_a_stop_and_the_worker_agree(diary, throwaway_cabinet):
    some_visits(diary, 4)
    mass = send(prepare(scope(diary), actor=STAFF, now=NOW).id, actor=STAFF, now=NOW)

    at_once(
        throwaway_cabinet,
        lambda: carry_out_due(AFTER),
        lambda: bool(again_after_deadlock(lambda: undo(mass.id, actor=STAFF, now=AFTER))),
    )
    carry_out_due(AFTER)

    assert set(Appointment.objects.values_list("status", flat=True)) == {"confirmed"}
    assert set(MassAbsenceLine.objects.values_list("state", flat=True)) <= {"spared", "undone"}
    assert MassAbsence.objects.get().state == "undone"


def test_a_patient_chooses_while_the_cabinet_undoes(diary, throwaway_cabinet):
    some_visits(diary, 1)
    visit = Appointment.objects.get()
    mass = send(prepare(scope(diary), actor=STAFF, now=NOW).id, actor=STAFF, now=NOW)
    carry_out_due(AFTER)

    def chosen():
        return bool(rebook(visit.id, start=at(9, day=NEXT_MONDAY), practitioner_id=diary.alma.id, now=LATER))

    def put_back():
        undo(mass.id, actor=STAFF, now=LATER)
        return carry_out_due(LATER)

    at_once(throwaway_cabinet, chosen, put_back)

    assert Appointment.objects.filter(status="confirmed").count() == 1


def test_two_taps_at_once_book_one_visit(diary, throwaway_cabinet):
    some_visits(diary, 1)
    visit = Appointment.objects.get()
    send(prepare(scope(diary), actor=STAFF, now=NOW).id, actor=STAFF, now=NOW)
    carry_out_due(AFTER)
    taps = [lambda minute=minute: bool(rebook(visit.id, start=at(9, minute, NEXT_MONDAY), practitioner_id=diary.alma.id, now=LATER))
            for minute in (0, 30)]  # fmt: skip

    assert sorted(map(str, at_once(throwaway_cabinet, *taps))) == ["AlreadyRebooked", "True"]


def test_two_hundred_visits_are_settled_in_bounded_time(diary):
    some_visits(diary, 200)
    started = time.monotonic()

    mass = send(prepare(scope(diary, end=at(20) + timedelta(weeks=7)), actor=STAFF, now=NOW).id, actor=STAFF, now=NOW)
    prepared = time.monotonic() - started
    settled = carry_out_due(AFTER)
    took = time.monotonic() - started

    print(f"prepared in {prepared:.2f} s, settled in {took - prepared:.2f} s")
    assert (settled, mass.lines.filter(state="done").count()) == (200, 200)
    assert Message.objects.filter(kind="absence").count() == 100
    assert took < SECONDS_FOR_TWO_HUNDRED
