"""The bell rings at commit, once for all that commits before the task begins; without Valkey nothing breaks."""

import pytest
import redis
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from medidesk import clock
from medidesk.due import bell, registry
from medidesk.due.bell import answer, queue, ring
from medidesk.due.pointers import point
from medidesk.due.tasks import sweep
from tests.medidesk.due.test_pointers import ROW

KIND = "messages"


@pytest.fixture
def queued():
    """How many tasks wait for the workers; the queue is emptied before."""
    broker = redis.Redis.from_url(settings.REDIS_URL)
    broker.delete("medidesk:messages")
    yield lambda: broker.llen("medidesk:messages")
    broker.delete("medidesk:messages")
    broker.close()


def test_ring_queues_one_task_after_the_commit(cabinet, queued, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        ring(KIND)
        ring(KIND)
        assert queued() == 0

    assert queued() == 1


def test_ring_after_the_task_began_queues_another(cabinet, queued):
    queue(KIND, cabinet.schema_name)
    answer(KIND)

    assert (queue(KIND, cabinet.schema_name), queued()) == (True, 2)


def test_ring_of_a_transaction_that_fails_is_not_heard(cabinet, queued, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError), transaction.atomic():
        ring(KIND)
        raise ZeroDivisionError

    assert queued() == 0


def test_queue_of_work_that_nobody_does(cabinet, queued, monkeypatch):
    monkeypatch.setattr(registry, "_tasks", {})

    assert (queue(KIND, cabinet.schema_name), queued()) == (False, 0)


def test_queue_without_valkey_says_so_and_goes_on(cabinet):
    with override_settings(REDIS_URL="redis://127.0.0.1:1/0"):
        assert queue(KIND, cabinet.schema_name) is False
        answer(KIND)


def test_sweep_queues_the_work_of_cabinets_that_have_some_due(cabinet, queued):
    point(KIND, [ROW], clock.now())

    sweep.apply()
    sweep.apply()

    assert queued() == 1


def test_a_lost_task_is_queued_again_in_time():
    assert bell.WAITING_SECONDS <= 30
