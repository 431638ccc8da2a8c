"""A message is planned once and withdrawn when what it tells is over."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from medidesk.due.models import DuePointer
from medidesk.messaging.ledger import Plan, cancel_messages_of, plan_message, plan_messages, send_now
from medidesk.messaging.models import Message

VISIT = uuid4()


def reminder(due_at, **fields):
    return Plan(kind="reminder", channel="sms", due_at=due_at, about=VISIT, about_kind="appointment", **fields)


@pytest.fixture(autouse=True)
def _in_cabinet(cabinet):
    """Everything here happens in Tourcoing."""


def test_plan_message_writes_the_row_and_its_pointer(cabinet, now):
    plan_message(reminder(now), now=now)

    message = Message.objects.get()
    assert (message.about, message.kind, message.channel, message.due_at, message.status) == (VISIT, "reminder", "sms", now, "planned")
    assert list(DuePointer.objects.values_list("schema", "kind", "reference", "due_at")) == [
        (cabinet.schema_name, "messages", message.id, now)
    ]


def test_plan_message_twice_writes_one(now):
    plan_message(reminder(now), now=now)
    plan_message(reminder(now), now=now)

    assert (Message.objects.count(), DuePointer.objects.count()) == (1, 1)


def test_plan_message_again_after_it_was_withdrawn(now):
    plan_message(reminder(now), now=now)
    operation = Message.objects.get().operation_id
    cancel_messages_of(VISIT, why="moved")

    plan_message(reminder(now, facts={"start": "later"}), now=now)

    message = Message.objects.get()
    assert (message.status, message.outcome, message.facts, message.operation_id) == ("planned", "", {"start": "later"}, operation)
    assert DuePointer.objects.count() == 1


def test_plan_message_again_after_it_was_sent_sends_nothing(now):
    plan_message(reminder(now), now=now)
    Message.objects.update(status="sent")
    DuePointer.objects.all().delete()

    plan_message(reminder(now), now=now)

    assert (Message.objects.get().status, DuePointer.objects.count()) == ("sent", 0)


def test_plan_messages_at_another_time_writes_another(now):
    plan_messages([reminder(now), reminder(now + timedelta(minutes=1))], now=now)

    assert Message.objects.count() == 2


def test_plan_messages_of_nothing_asks_nothing(django_assert_num_queries, now):
    with django_assert_num_queries(0):
        plan_messages([], now=now)


def test_plan_messages_is_one_statement(django_assert_num_queries, now):
    with django_assert_num_queries(1):
        plan_messages([reminder(now + timedelta(days=n)) for n in range(1, 4)], now=now)
        connection.send_held()


def test_plan_message_refuses_an_unknown_channel(now):
    with pytest.raises(ValueError, match="pigeon"):
        plan_message(Plan(kind="reminder", channel="pigeon", due_at=now), now=now)


def test_send_now_plans_two_codes_to_one_number(now):
    send_now(to="+33639980012", channel="sms", kind="code", text="Votre code : 123456", now=now, secret=True)
    send_now(to="+33639980012", channel="sms", kind="code", text="Votre code : 123456", now=now, secret=True)

    assert [message.text for message in Message.objects.all()] == ["Votre code : 123456"] * 2


def test_cancel_messages_of_withdraws_with_the_reason(now):
    plan_messages([reminder(now), Plan(kind="confirmation", channel="sms", due_at=now, about=VISIT)], now=now)

    cancelled = cancel_messages_of(VISIT, why="moved", kinds=["reminder"])

    assert [message.kind for message in cancelled] == ["reminder"]
    assert set(Message.objects.values_list("kind", "status", "outcome")) == {
        ("reminder", "cancelled", "moved"),
        ("confirmation", "planned", ""),
    }
    assert DuePointer.objects.count() == 1


def test_cancel_messages_of_leaves_the_messages_of_others(now):
    plan_message(reminder(now), now=now)

    assert cancel_messages_of(uuid4(), why="moved") == []
    assert Message.objects.get().status == "planned"


def test_ledger_of_another_cabinet_is_empty(other_cabinet, now):
    plan_message(reminder(now), now=now)

    with other_cabinet:
        assert Message.objects.count() == 0
