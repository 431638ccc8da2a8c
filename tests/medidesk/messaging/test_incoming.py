"""SMS that come in: stored first, shown to those who listen, kept for people, never dropped and never done twice."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from medidesk.due.pointers import cabinets_due
from medidesk.messaging import incoming
from medidesk.messaging.incoming import incoming_secret, is_signed, listen_to_due, register_listener, settle, store_sms
from medidesk.messaging.models import IncomingMessage


@pytest.fixture(autouse=True)
def _nobody_listens(monkeypatch):
    monkeypatch.setattr(incoming, "_listeners", [])


@pytest.fixture
def stored(cabinet, now):
    """A message that waits to be understood."""
    store_sms(message_id="1", sender="+33639980012", text="Bonjour", sent_at=now, now=now)


def state():
    return IncomingMessage.objects.values_list("state", "outcome").get()


def test_stored_is_due_at_once(cabinet, stored, now):
    assert cabinets_due(now) == [("incoming-sms", cabinet.schema_name)]


def test_the_first_who_understands_has_it(stored, now):
    heard = []
    for word in (None, "first", "second"):
        register_listener(lambda message, _now, word=word: heard.append(message.text) or word)

    assert listen_to_due(now) == 1
    assert (state(), heard) == (("understood", "first"), ["Bonjour", "Bonjour"])
    assert listen_to_due(now) == 0


def test_what_nobody_understands_waits_for_a_person_who_settles_it(stored, now):
    listen_to_due(now)
    assert state() == ("for_people", "")

    settle(IncomingMessage.objects.get().id, by="Basile")
    assert IncomingMessage.objects.values_list("state", "settled_by").get() == ("settled", "Basile")


def test_a_listener_that_stumbles_is_asked_once_more_then_people_read_it(stored, now):
    def stumbles(message, now):
        raise ZeroDivisionError

    register_listener(stumbles)
    listen_to_due(now)
    assert state() == ("received", "accident")

    listen_to_due(now + timedelta(minutes=1))

    assert state()[0] == "for_people"
    assert listen_to_due(now + timedelta(hours=1)) == 0


def test_a_known_id_is_not_stored_again(stored, now):
    assert store_sms(message_id="1", sender="+33639980013", text="autre", sent_at=now, now=now) is False
    assert IncomingMessage.objects.values_list("text", flat=True).get() == "Bonjour"


def test_secret_is_printed_and_bound_to_its_cabinet(cabinet, other_cabinet, capsys):
    call_command("sms_secret", "tourcoing")
    printed = capsys.readouterr().out.strip()
    with cabinet:
        ours = incoming_secret()
    with other_cabinet:
        assert (printed, incoming_secret() != ours) == (ours, True)
        assert is_signed(b"x", "sha256=" + "0" * 64) is False


def test_secret_of_an_unknown_cabinet(db):
    with pytest.raises(CommandError, match="Aucun cabinet"):
        call_command("sms_secret", "nulle-part")
