"""What is due leaves once, if it is still true, at an hour when it may."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from medidesk.due.models import DuePointer
from medidesk.messaging import composing, sending
from medidesk.messaging.composing import Content, Withdrawal, register_composer
from medidesk.messaging.errors import ProviderRefused, ProviderUnavailable
from medidesk.messaging.ledger import Plan, plan_message, plan_messages
from medidesk.messaging.models import Message, OutboxEntry
from medidesk.messaging.sending import MOST_ATTEMPTS, restore_pointers, send_due

LEASE = timedelta(seconds=60)
EVENING = datetime(2026, 11, 24, 20, tzinfo=UTC)  # 21:00 in Tourcoing
NEXT_EIGHT = datetime(2026, 11, 25, 7, tzinfo=UTC)


class Network:
    """A provider outside: it keeps what it was given and answers as told."""

    name = "network"
    parallel = True
    received: list = []
    answer: Exception | None = None

    def send(self, parcel):
        """Keep the parcel, then answer."""
        Network.received.append(parcel)
        if Network.answer is not None:
            raise Network.answer
        return f"n-{parcel.text}"


@pytest.fixture
def network(settings, monkeypatch):
    """SMS go out by the network."""
    settings.MEDIDESK_SMS_PROVIDER = f"{__name__}.Network"
    monkeypatch.setattr(Network, "received", [])
    monkeypatch.setattr(Network, "answer", None)
    return Network


@pytest.fixture(autouse=True)
def _in_cabinet(cabinet, monkeypatch):
    """Everything here happens in Tourcoing; composers are forgotten afterwards."""
    monkeypatch.setattr(composing, "_composers", {})


def sms(due_at, text="Bonjour", **fields):
    return Plan(**{"kind": "reminder", "channel": "sms", "due_at": due_at, "to": "+33639980012", "text": text, "about": uuid4()} | fields)


def outbox():
    return [entry.text for entry in OutboxEntry.objects.all()]


def test_send_due_sends_and_forgets_the_pointer(now):
    plan_message(sms(now), now=now)

    assert send_due(now) == 1

    message = Message.objects.get()
    assert (message.status, message.sent_at, message.segments, message.provider, outbox()) == ("sent", now, 1, "outbox", ["Bonjour"])
    assert DuePointer.objects.count() == 0


def test_send_due_leaves_what_is_not_due(now):
    plan_message(sms(now + timedelta(seconds=1)), now=now)

    assert (send_due(now), outbox()) == (0, [])


def test_send_due_twice_sends_once(now):
    plan_message(sms(now), now=now)

    assert (send_due(now), send_due(now), outbox()) == (1, 0, ["Bonjour"])


def test_send_due_again_after_a_kill_before_the_provider(now):
    plan_message(sms(now), now=now)
    sending._claim(now, 10)  # the worker dies here

    assert send_due(now + LEASE - timedelta(seconds=1)) == 0
    assert send_due(now + LEASE) == 1
    assert outbox() == ["Bonjour"]


def test_send_due_again_after_a_kill_before_the_mark(now):
    plan_message(sms(now), now=now)
    [(message, _)] = list(sending._handed_over(sending._compose(sending._claim(now, 10), now)))  # given to the provider, then killed

    assert Message.objects.get().status == "sending"
    assert send_due(now + LEASE) == 1
    assert (outbox(), Message.objects.get().status) == (["Bonjour"], "sent")


def test_send_due_gives_every_attempt_the_same_operation_id(network, now):
    plan_message(sms(now), now=now)
    network.answer = ProviderUnavailable("busy")
    send_due(now)
    network.answer = None

    send_due(now + timedelta(minutes=1))

    assert len({parcel.operation_id for parcel in network.received}) == 1
    assert len(network.received) == 2
    assert Message.objects.get().provider_id == "n-Bonjour"


def test_send_due_waits_longer_after_each_failure(network, now):
    plan_message(sms(now), now=now)
    network.answer = ProviderUnavailable("busy")
    waits = []
    for _ in range(4):
        send_due(now)
        due_again = Message.objects.get().next_at
        waits.append((due_again - now).total_seconds())
        now = due_again

    assert [24 * 2**n <= wait <= 36 * 2**n for n, wait in enumerate(waits)] == [True] * 4


def test_send_due_gives_up_in_plain_sight(network, now):
    plan_message(sms(now), now=now)
    Message.objects.update(attempts=MOST_ATTEMPTS - 1)
    network.answer = ProviderUnavailable("busy")

    send_due(now)

    assert Message.objects.values_list("status", "outcome").get() == ("failed", "gave up: busy")
    assert DuePointer.objects.count() == 0


def test_send_due_does_not_repeat_what_is_refused(network, now):
    plan_message(sms(now), now=now)
    network.answer = ProviderRefused("no such number")

    send_due(now)

    assert Message.objects.values_list("status", "outcome").get() == ("failed", "refused: no such number")


def test_send_due_keeps_a_message_whose_provider_stumbles(network, now):
    plan_message(sms(now), now=now)
    network.answer = KeyError("surprise")

    send_due(now)

    assert Message.objects.values_list("status", "outcome").get() == ("planned", "KeyError")


def test_send_due_asks_whether_it_is_still_true(now):
    register_composer("visit", lambda messages, now: {m.id: Withdrawal("cancelled") for m in messages})
    plan_message(sms(now, composer="visit"), now=now)

    send_due(now)

    assert (Message.objects.values_list("status", "outcome").get(), outbox()) == (("cancelled", "cancelled"), [])


def test_send_due_withdraws_what_nobody_answers_for(now):
    register_composer("visit", lambda messages, now: {})
    plan_message(sms(now, composer="visit"), now=now)

    send_due(now)

    assert Message.objects.values_list("status", "outcome").get() == ("cancelled", "gone")


def test_send_due_sends_what_the_composer_says(now):
    register_composer("visit", lambda messages, now: {m.id: Content("nour@patients.example", "texte", "sujet", "<p>") for m in messages})
    plan_message(sms(now, composer="visit", channel="email"), now=now)

    send_due(now)

    assert OutboxEntry.objects.values_list("to", "subject", "text", "html").get() == ("nour@patients.example", "sujet", "texte", "<p>")


def test_send_due_is_not_held_up_by_one_bad_message(now):
    def stumble(messages, now):
        if any(m.text == "bad" for m in messages):
            raise ZeroDivisionError
        return {m.id: Content(m.to, m.text) for m in messages}

    register_composer("visit", stumble)
    plan_messages([sms(now, text, composer="visit") for text in ("one", "bad", "two")], now=now)

    send_due(now)

    assert sorted(outbox()) == ["one", "two"]
    assert Message.objects.values_list("status", "outcome").get(text="bad") == ("planned", "ZeroDivisionError")


def test_send_due_holds_reminders_until_the_morning():
    plan_messages([sms(EVENING, "rappel", by_day_only=True), sms(EVENING, "code")], now=EVENING)

    send_due(EVENING)
    assert (outbox(), Message.objects.get(text="rappel").next_at) == (["code"], NEXT_EIGHT)

    send_due(NEXT_EIGHT)
    assert outbox() == ["code", "rappel"]


def test_send_due_uses_the_hours_of_the_cabinet(other_cabinet):
    noon_in_reunion = datetime(2026, 11, 24, 5, tzinfo=UTC)  # 09:00 there, 06:00 in Tourcoing
    with other_cabinet:
        plan_message(sms(noon_in_reunion, by_day_only=True), now=noon_in_reunion)
        send_due(noon_in_reunion)
        assert outbox() == ["Bonjour"]


def test_send_due_forgets_a_secret_once_sent(now):
    plan_message(sms(now, "Votre code : 123456", secret=True), now=now)

    send_due(now)

    assert (Message.objects.get().text, outbox()) == ("", ["Votre code : 123456"])


def test_send_due_lightens_a_long_sms(now):
    plan_message(sms(now, "Empêché ? " + "a" * 100), now=now)

    send_due(now)

    assert (outbox(), Message.objects.get().segments) == (["Empeché ? " + "a" * 100], 1)


def test_send_due_drops_pointers_to_nothing(cabinet, now):
    DuePointer.objects.create(schema=cabinet.schema_name, kind="messages", reference=uuid4(), due_at=now)

    send_due(now)

    assert DuePointer.objects.count() == 0


def test_restore_pointers_points_to_every_unfinished_message(now):
    plan_messages([sms(now), sms(now + timedelta(days=1))], now=now)
    DuePointer.objects.all().delete()

    assert restore_pointers() == 2
    assert DuePointer.objects.count() == 2


def test_without_the_same_operation_id_a_kill_would_double(now):
    """The negative control of the test above: take the guard away and the patient is told twice."""
    plan_message(sms(now), now=now)
    list(sending._handed_over(sending._compose(sending._claim(now, 10), now)))
    Message.objects.update(operation_id=uuid4())

    send_due(now + LEASE)

    assert outbox() == ["Bonjour", "Bonjour"]
