"""Several workers, real commits: each message once, whatever they do at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

from django.db import connection

from medidesk import clock
from medidesk.due.models import DuePointer
from medidesk.messaging.ledger import Plan, plan_messages
from medidesk.messaging.models import Message, OutboxEntry
from medidesk.messaging.sending import send_due
from medidesk.messaging.tasks import restore_message_pointers, send_due_messages

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def plan(count, due_at):
    fields = {"kind": "reminder", "channel": "sms", "to": "+33639980012", "due_at": due_at}
    plan_messages([Plan(text=f"n{n}", about=uuid4(), **fields) for n in range(count)], now=due_at)


def test_four_workers_send_each_message_once(throwaway_cabinet):
    def work():
        with throwaway_cabinet:
            try:
                while send_due(NOW, limit=7):
                    pass
            finally:
                connection.close()

    plan(100, NOW)
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work) for _ in range(4)]:
            done.result()

    assert sorted(entry.text for entry in OutboxEntry.objects.all()) == sorted(f"n{n}" for n in range(100))
    assert (Message.objects.filter(status="sent", attempts=1).count(), DuePointer.objects.count()) == (100, 0)


def test_task_sends_all_that_is_due(cabinet):
    plan(90, clock.now())

    send_due_messages.apply()

    assert OutboxEntry.objects.count() == 90


def test_task_points_again_after_a_restore(cabinet):
    plan(3, clock.now())
    DuePointer.objects.all().delete()

    restore_message_pointers.apply()

    assert DuePointer.objects.count() == 3
