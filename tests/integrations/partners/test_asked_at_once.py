"""Real connections: the same call many times at once, the same stranger twice at once."""

import threading
from collections.abc import Callable
from typing import Any

import time_machine
from django.core.cache import caches
from django.db import connection

from agenda.models import Appointment
from integrations.models import KeptAnswer
from patients.models import Patient
from tests.agenda.diary import NOW, Diary, at
from tests.partners import Partner

HOST = "jetable.localhost"


def at_once(cabinet: Any, calls: list[Callable[[], Any]]) -> list[Any]:
    """All calls released together, each in its own thread and connection; their answers in the order of `calls`."""
    start, answers = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index: int) -> None:
        with cabinet:
            try:
                start.wait()
                answers[index] = calls[index]()
            finally:
                leave()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def leave() -> None:
    """Close what this thread has opened: its database connection and its caches' own."""
    connection.close()
    for cache in caches.all(initialized_only=True):
        cache._cache.get_client(None, write=True).connection_pool.disconnect()


def test_one_key_at_once_books_once_and_every_other_is_a_replay_or_in_progress(throwaway_cabinet):
    diary, partner = Diary(), Partner(HOST)
    body = {"visit_reason": str(diary.reason.id), "start": at(9).isoformat(), "patient": str(diary.nour.id)}

    with time_machine.travel(NOW, tick=False):
        answers = at_once(throwaway_cabinet, [lambda: partner.post("appointments", body, Idempotency_Key="k")] * 8)

    booked = {one.content for one in answers if one.status_code == 201}
    told = {one.json()["code"] for one in answers if one.status_code != 201}
    assert (len(booked), told <= {"idempotency-in-progress"}) == (1, True)
    assert (Appointment.objects.count(), KeptAnswer.objects.count()) == (1, 1)


def test_the_same_stranger_at_once_becomes_one_file(throwaway_cabinet):
    diary, partner = Diary(), Partner(HOST)
    details = {"first_names": "Zoé", "birth_name": "Petit", "birth_date": "2001-02-03", "phone": "06 39 98 00 09"}

    def book(hour: int) -> Callable[[], Any]:
        body = {"visit_reason": str(diary.reason.id), "start": at(hour).isoformat(), "patient_details": details}
        return lambda: partner.post("appointments", body)

    with time_machine.travel(NOW, tick=False):
        answers = at_once(throwaway_cabinet, [book(9), book(10), book(11)])

    assert [one.status_code for one in answers] == [201, 201, 201]
    assert Patient.objects.filter(first_names="Zoé").count() == 1
