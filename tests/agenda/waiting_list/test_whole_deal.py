"""From a cancellation to the other platforms: the time goes from one patient to the next by itself, through the real doors."""

import hmac
from datetime import timedelta

import orjson
import pytest

from agenda.models import Appointment
from agenda.tasks import tend_waiting_list
from integrations.connections.connecting import connect
from integrations.models import OutboundChange
from medidesk.due.pointers import cabinets_due
from medidesk.messaging.incoming import incoming_secret
from medidesk.messaging.models import IncomingMessage, OutboxEntry
from medidesk.messaging.tasks import listen_to_incoming, send_due_messages
from tests.agenda.diary import NOW
from tests.agenda.waiting_list.people import TEN, give_back, make_person, wait

SMS = {"from": "+33639980001", "text": "Oui merci", "id": "sms-1", "at": "2026-03-01T12:03:00+01:00"}


def knock(client, body, signature=None, content_type="application/json"):
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    signed = "sha256=" + hmac.new(incoming_secret().encode(), raw, "sha256").hexdigest() if signature is None else signature
    return client.post("/api/sms/incoming", raw, content_type=content_type, headers={"x-signature-256": signed})


@pytest.fixture
def connected(diary, settings):
    """Doctolib is told of closed times."""
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = True
    connection = connect(
        platform="doctolib", base_url="http://127.0.0.1:9", api_key="k", mode="both", practitioners={diary.alma.id: "pra_001"},
        reasons={diary.reason.id: "mot_1"}, now=NOW,
    )  # fmt: skip
    connection.mode = "both"
    connection.save()
    return connection


def test_cancelled_told_answered_booked_and_closed_elsewhere(diary, client, cabinet, connected):
    wait(diary, make_person(1))
    give_back(diary.book(TEN))
    assert ("waiting-list", cabinet.schema_name) in cabinets_due(NOW)

    tend_waiting_list.apply()
    send_due_messages.apply()
    assert "Répondez OUI" in OutboxEntry.objects.get(to="+33639980001").text
    assert knock(client, SMS).status_code == 202
    listen_to_incoming.apply()

    visit = Appointment.objects.get(status="confirmed")
    assert (visit.start, visit.patient.phone) == (TEN, "+33639980001")
    assert set(OutboundChange.objects.filter(subject=visit.id).values_list("connection__platform", flat=True)) == {"doctolib"}
    send_due_messages.apply()
    assert OutboxEntry.objects.filter(to="+33639980001", text__startswith="Rendez-vous confirmé").count() == 1
    assert ("waiting-list", cabinet.schema_name) not in cabinets_due(NOW + timedelta(days=1))


def test_the_demo_answers_through_the_same_door(diary, client):
    wait(diary, make_person(1))
    give_back(diary.book(TEN))
    tend_waiting_list.apply()
    send_due_messages.apply()
    entry = OutboxEntry.objects.get(to="+33639980001")

    page = client.get("/_dev/outbox").content.decode()
    answer = client.post(f"/_dev/outbox/{entry.operation_id}/repondre", {"text": "oui"})
    listen_to_incoming.apply()

    assert f'action="/_dev/outbox/{entry.operation_id}/repondre"' in page
    assert (answer.status_code, answer.url) == (302, f"/_dev/outbox#m-{entry.operation_id}")
    assert Appointment.objects.get(status="confirmed").start == TEN


def test_door_takes_a_form_too(client, cabinet):
    form = b"from=%2B33639980001&text=Bonjour&id=7"

    assert knock(client, form, content_type="application/x-www-form-urlencoded").status_code == 202
    assert IncomingMessage.objects.values_list("message_id", "sender", "text").get() == ("7", "+33639980001", "Bonjour")


def test_door_stores_once_and_answers_2xx_to_what_it_has(client, cabinet):
    assert [knock(client, SMS).status_code for _ in range(2)] == [202, 200]
    assert IncomingMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "signature", "status"),
    [(SMS, "sha256=00", 401), (SMS, "", 401), (b"{", None, 400), ({"from": "1"}, None, 400), ([], None, 400), (b"x" * 20_000, None, 413)],
)
def test_door_refuses(client, cabinet, body, signature, status):
    assert knock(client, body, signature).status_code == status
    assert not IncomingMessage.objects.exists()


def test_door_answers_405_to_a_look(client, cabinet):
    assert client.get("/api/sms/incoming").status_code == 405


def test_secret_of_one_cabinet_is_worth_nothing_in_another(client, other_client, cabinet, other_cabinet):
    raw = orjson.dumps(SMS)
    signature = "sha256=" + hmac.new(incoming_secret().encode(), raw, "sha256").hexdigest()

    answer = other_client.post("/api/sms/incoming", raw, content_type="application/json", headers={"x-signature-256": signature})

    assert answer.status_code == 401
