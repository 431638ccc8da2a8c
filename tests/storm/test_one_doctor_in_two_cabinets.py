"""The two cabinets of one doctor, booked at once with real commits: each hour goes to one of them."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from agenda.actors import Actor
from agenda.errors import SlotTaken
from agenda.models import Practitioner
from agenda.setup.sharing import share_time
from medidesk.cabinets.models import Cabinet
from medidesk.shared_time.models import SharedTime
from tests.agenda.diary import NOW, Diary, at
from tests.conftest import _drop, make_cabinet

RPPS = "10002673894"
HOURS = 6
RIVALS = 4  # for each hour, in each cabinet


@pytest.fixture
def second_cabinet(throwaway_cabinet: Cabinet) -> Iterator[Cabinet]:
    """Another cabinet of its own, not entered."""
    cabinet = make_cabinet("jetable-deux", "Deuxième cabinet", "jetable-deux.localhost")
    connection.set_tenant(throwaway_cabinet)
    yield cabinet
    connection.set_schema_to_public()
    _drop(cabinet)


def opened(cabinet: Cabinet) -> Diary:
    """The doctor's mornings there, shared."""
    with cabinet:
        diary = Diary()
        Practitioner.objects.filter(pk=diary.alma.pk).update(rpps=RPPS)
        share_time(diary.alma.id, agreed=True, actor=Actor.system(), now=NOW)
    return diary


def race(cabinets: list[Cabinet], *, hours: int = HOURS, rivals: int = RIVALS) -> Counter[tuple[int, str]]:
    """All rivals released together; counts who got which hour, and who was told that it is taken."""
    diaries = [opened(cabinet) for cabinet in cabinets]
    tries = [(hour, cabinet, diary) for hour in range(hours) for cabinet, diary in zip(cabinets, diaries, strict=True)] * rivals
    gate, told, guard = threading.Barrier(len(tries)), Counter[tuple[int, str]](), threading.Lock()

    def book(hour: int, cabinet: Cabinet, diary: Diary) -> str:
        with cabinet:
            gate.wait()
            try:
                diary.book(at(9) + timedelta(minutes=30 * hour))
            except SlotTaken:
                return "taken"
            return "booked"

    def attempt(hour: int, cabinet: Cabinet, diary: Diary) -> None:
        try:
            answer = book(hour, cabinet, diary)
        finally:
            connection.close()
        with guard:
            told[hour, answer] += 1

    _all(attempt, tries)
    return told


def _all(work: Callable[..., None], arguments: list[tuple[Any, ...]]) -> None:
    threads = [threading.Thread(target=work, args=one) for one in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_each_hour_goes_to_exactly_one_of_the_two(throwaway_cabinet, second_cabinet):
    told = race([throwaway_cabinet, second_cabinet])

    expected = {(hour, "booked"): 1 for hour in range(HOURS)} | {(hour, "taken"): 2 * RIVALS - 1 for hour in range(HOURS)}
    assert told == expected
    assert SharedTime.objects.count() == HOURS


@pytest.fixture
def without_lock(monkeypatch):
    """Nobody waits for the other cabinet; worse, both write only once both have looked."""
    both_have_looked, calls = threading.Barrier(2), threading.local()

    def instead(people: Any) -> None:
        calls.number = getattr(calls, "number", 0) + 1
        if calls.number == 2 and threading.current_thread() is not threading.main_thread():
            both_have_looked.wait(timeout=30)

    monkeypatch.setattr("medidesk.shared_time.ranges.lock_people", instead)


def test_without_lock_the_constraint_has_the_last_word(throwaway_cabinet, second_cabinet, without_lock):
    told = race([throwaway_cabinet, second_cabinet], hours=1, rivals=1)

    assert (told, SharedTime.objects.count()) == ({(0, "booked"): 1, (0, "taken"): 1}, 1)


def test_without_lock_and_constraint_both_get_the_hour(throwaway_cabinet, second_cabinet, without_lock):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE public.shared_time_sharedtime DROP CONSTRAINT shared_time_never_in_two_cabinets")
    try:
        told = race([throwaway_cabinet, second_cabinet], hours=1, rivals=1)
    finally:
        _guard_again()

    assert told == {(0, "booked"): 2}


def _guard_again() -> None:
    """Put the constraint back for the tests that follow."""
    SharedTime.objects.all().delete()
    [constraint] = SharedTime._meta.constraints
    with connection.schema_editor() as editor:
        editor.execute(str(constraint.create_sql(SharedTime, editor)).replace('"shared_time_sharedtime"', "public.shared_time_sharedtime"))
