"""The development outbox shows every message as it was sent, and only in development."""

from uuid import uuid4

import pytest

from medidesk.messaging.ledger import Plan, plan_message, send_now
from medidesk.messaging.models import OutboxEntry
from medidesk.messaging.sending import send_due

VISIT = uuid4()


@pytest.fixture
def sms(cabinet, now):
    """A reminder that has left."""
    text = "Rappel : rendez-vous mardi 24/11 à 9h20"
    plan = {"kind": "reminder", "channel": "sms", "due_at": now, "to": "+33639980012", "about": VISIT, "about_kind": "appointment"}
    plan_message(Plan(text=text, **plan), now=now)
    send_due(now)
    return OutboxEntry.objects.get()


@pytest.fixture
def mail(cabinet, now):
    """An e-mail that has left."""
    send_now(to="nour@patients.example", channel="email", kind="code", subject="Code", text="123456", html="<p>123456</p>", now=now)
    send_due(now)
    return OutboxEntry.objects.get()


def test_outbox_json_lists_what_was_sent(client, sms):
    assert client.get("/_dev/outbox.json").json() == {
        "results": [
            {
                "id": str(sms.operation_id),
                "to": "+33639980012",
                "channel": "sms",
                "subject": "",
                "text": "Rappel : rendez-vous mardi 24/11 à 9h20",
                "kind": "reminder",
                "appointment": str(VISIT),
                "sent_at": sms.received_at.isoformat(),
                "segments": 1,
            }
        ]
    }


def test_outbox_json_of_one_number(client, sms):
    assert client.get("/_dev/outbox.json", {"to": "+33639980099"}).json() == {"results": []}


def test_outbox_shows_sms_with_their_segments(client, sms):
    page = client.get("/_dev/outbox").content.decode()
    assert "Rappel : rendez-vous mardi 24/11 à 9h20" in page
    assert "1 segment (GSM-7, 39 caractères), environ 0,065\u00a0€" in page


def test_outbox_shows_emails_and_their_layout(client, mail):
    page = client.get("/_dev/outbox").content.decode()
    layout = client.get(f"/_dev/outbox/{mail.operation_id}")

    assert f"/_dev/outbox/{mail.operation_id}" in page
    assert layout.content == b"<p>123456</p>"
    assert "default-src 'none'" in layout["Content-Security-Policy"]


def test_outbox_of_another_cabinet_is_empty(other_client, sms):
    assert other_client.get("/_dev/outbox.json").json() == {"results": []}
    assert other_client.get(f"/_dev/outbox/{sms.operation_id}").status_code == 404


@pytest.mark.parametrize("path", ["/_dev/outbox", "/_dev/outbox.json", f"/_dev/outbox/{VISIT}"])
def test_outbox_does_not_exist_in_production(client, settings, path):
    settings.MEDIDESK_DEV_PAGES = False

    assert client.get(path).status_code == 404


def test_outbox_asks_as_much_for_many_messages_as_for_one(client, sms, now, django_assert_num_queries):
    for _ in range(30):
        send_now(to="+33639980012", channel="sms", kind="code", text="Votre code", now=now)
    send_due(now)

    client.get("/_dev/outbox")  # the host is known from now on

    with django_assert_num_queries(2):
        client.get("/_dev/outbox")
