"""What the simulators send: signed, retried, and wrong only when ordered."""

import time

import httpx
import pytest
from standardwebhooks import WebhookVerificationError

from tests.integrations.simulators.processes import SECRET, Receiver, Running, free_port

START = "2027-03-01T09:00:00Z"


def test_what_a_patient_does_is_told_signed_and_in_order(doctolib: Running, subscribed: Receiver) -> None:
    booked = doctolib.simulator.book("pra_001", START, motive="mot_1")
    doctolib.simulator.move(booked["id"], "2027-03-01T10:00:00Z")
    doctolib.simulator.cancel(booked["id"])
    doctolib.simulator.drain()

    told = [
        (each["event"], each["data"]["appointment"]["version"], each["data"]["appointment"]["status"]) for each in subscribed.verified()
    ]
    assert told == [
        ("appointment.created", 1, "confirmed"),
        ("appointment.updated", 2, "confirmed"),
        ("appointment.cancelled", 3, "cancelled"),
    ]


def test_the_message_id_is_the_event_id(doctolib: Running, subscribed: Receiver) -> None:
    doctolib.simulator.book("pra_001", START)
    doctolib.simulator.drain()

    assert [headers["webhook-id"] for headers, _ in subscribed.received] == [each["event_id"] for each in subscribed.events]


def test_maiia_tells_in_its_own_words(maiia: Running, receiver: Receiver) -> None:
    maiia.api.post("/subscriptions", json={"callbackUrl": receiver.url, "secret": SECRET}).raise_for_status()
    booked = maiia.simulator.book("p-7", START)
    maiia.simulator.drain()

    (event,) = receiver.verified()
    assert (event["type"], event["appointment"]) == ("APPOINTMENT_CREATED", maiia.api.get(f"/appointments/{booked['id']}").json())


def test_a_change_through_the_api_comes_back_unless_switched_off(doctolib: Running, subscribed: Receiver) -> None:
    wanted = {"practitioner_id": "pra_001", "start_time": START, "duration": 20, "patient": {"first_name": "N", "last_name": "H"}}
    identifier = doctolib.api.post("/appointments", json=wanted).json()["appointment"]["id"]
    doctolib.simulator.setup(echo=False)
    doctolib.api.delete(f"/appointments/{identifier}")
    doctolib.simulator.drain()

    assert [each["event"] for each in subscribed.events] == ["appointment.created"]


def test_a_refused_webhook_is_sent_again(doctolib: Running, subscribed: Receiver) -> None:
    subscribed.status = 503
    doctolib.simulator.book("pra_001", START)
    while not subscribed.received:
        time.sleep(0.01)
    subscribed.status = 202
    doctolib.simulator.drain()

    attempts = [(each["attempt"], each["status"]) for each in doctolib.simulator.ledger()["webhooks"]]
    assert attempts == [(2, 202), (1, 503)]


def test_a_cabinets_host_name_reaches_this_machine(doctolib: Running, receiver: Receiver) -> None:
    url = f"http://tourcoing.localhost:{receiver.port}/hook"
    doctolib.api.post("/webhooks", json={"url": url, "secret": SECRET})
    doctolib.simulator.book("pra_001", START)
    doctolib.simulator.drain()

    assert [headers["host"] for headers, _ in receiver.received] == [f"tourcoing.localhost:{receiver.port}"]


def test_a_second_registration_replaces_the_secret(doctolib: Running, subscribed: Receiver) -> None:
    doctolib.api.post("/webhooks", json={"url": subscribed.url, "secret": "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    doctolib.simulator.book("pra_001", START)
    doctolib.simulator.drain()

    assert len(subscribed.received) == 1
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        subscribed.verified()


@pytest.mark.parametrize("kind", ["forge", "stale"])
def test_a_spoilt_signature_does_not_verify(doctolib: Running, subscribed: Receiver, kind: str) -> None:
    doctolib.simulator.order_fault(kind)
    doctolib.simulator.book("pra_001", START)
    doctolib.simulator.drain()

    with pytest.raises(WebhookVerificationError):
        subscribed.verified()


def test_a_duplicate_is_the_same_event(doctolib: Running, subscribed: Receiver) -> None:
    doctolib.simulator.order_fault("duplicate", n=3)
    doctolib.simulator.book("pra_001", START)
    doctolib.simulator.drain()

    assert len(subscribed.received) == 3
    assert len({each["event_id"] for each in subscribed.verified()}) == 1


def test_a_reordered_event_comes_after_the_next(doctolib: Running, subscribed: Receiver) -> None:
    doctolib.simulator.order_fault("reorder")
    booked = doctolib.simulator.book("pra_001", START)
    doctolib.simulator.cancel(booked["id"])
    doctolib.simulator.drain()

    assert [each["event"] for each in subscribed.verified()] == ["appointment.cancelled", "appointment.created"]


def test_a_dropped_event_is_never_sent_but_in_the_ledger(doctolib: Running, subscribed: Receiver) -> None:
    doctolib.simulator.order_fault("drop", on="webhook appointment.created")
    booked = doctolib.simulator.book("pra_001", START)
    doctolib.simulator.cancel(booked["id"])
    doctolib.simulator.drain()

    assert [each["event"] for each in subscribed.events] == ["appointment.cancelled"]
    outcomes = [each["outcome"] for each in doctolib.simulator.ledger(appointment=booked["id"])["webhooks"]]
    assert outcomes == ["delivered", "dropped"]


def test_an_event_may_miss_fields(doctolib: Running, subscribed: Receiver) -> None:
    doctolib.simulator.order_fault("omit", on="webhook", fields=["version", "event_id", "occurred_at"])
    doctolib.simulator.book("pra_001", START)
    doctolib.simulator.drain()

    (event,) = subscribed.verified()
    assert sorted(event) == ["data", "event"]
    assert "version" not in event["data"]["appointment"]


def test_an_old_event_is_sent_again_on_order(doctolib: Running, subscribed: Receiver) -> None:
    doctolib.simulator.book("pra_001", START)
    doctolib.simulator.drain()
    doctolib.simulator.resend(subscribed.events[0]["event_id"])
    doctolib.simulator.drain()

    assert subscribed.events[0] == subscribed.events[1]


def test_any_body_can_be_sent_by_hand(doctolib: Running, subscribed: Receiver) -> None:
    answer = doctolib.simulator.send("not json", headers={"webhook-signature": "v1,AAAA"})

    assert answer["status"] == 202
    assert [(headers["webhook-signature"], body) for headers, body in subscribed.received] == [("v1,AAAA", b"not json")]


def test_webhooks_waiting_at_a_kill_are_sent_after_it(tmp_path) -> None:
    running, port = Running("doctolib", tmp_path / "store.sqlite").start(), free_port()
    running.api.post("/webhooks", json={"url": f"http://127.0.0.1:{port}/hook", "secret": SECRET})
    booked = running.simulator.book("pra_001", START)
    running.kill()
    receiver = Receiver(port)
    running.start()
    try:
        running.simulator.drain()
        assert [each["data"]["appointment"]["id"] for each in receiver.verified()] == [booked["id"]]
        assert running.simulator.appointment(booked["id"]) == booked
    finally:
        running.kill()
        receiver.close()


def test_only_the_cabinets_own_visits_are_told_to_it(doctolib: Running, receiver: Receiver) -> None:
    doctolib.simulator.setup(accounts=[{"api_key": "volcan", "practitioners": ["pra_002"]}])
    httpx.post(f"{doctolib.api.base_url}webhooks", json={"url": receiver.url, "secret": SECRET}, headers={"Authorization": "Bearer volcan"})
    doctolib.simulator.book("pra_001", START)
    doctolib.simulator.book("pra_002", START)
    doctolib.simulator.drain()

    assert [each["data"]["practitioner"]["id"] for each in receiver.events] == ["pra_002"]
