"""Connecting: rehearsal first, then live once; who is who; what is kept until somebody says."""

from datetime import timedelta
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection as database

from agenda.external import appointments_linked_to, links_of
from agenda.models import Appointment
from agenda.scheduling import undo_last
from agenda.worklist import lamps, tasks
from integrations.comparison.reconciliation import reconcile
from integrations.connections.connecting import connect, map_practitioner
from integrations.errors import SecretUnreadable, TargetNotAllowed
from integrations.models import Connection, InboundEvent, Mode, OutboundChange
from integrations.outgoing.draining import drain
from integrations.retention import forget_settled
from medidesk import clock
from medidesk.errors import Refused
from tests.integrations.house import BASILE, THEIRS, House, monday
from tests.integrations.simulators.processes import PREFIXES

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def command(*words: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue().splitlines()[-1]


@pytest.fixture
def rehearsing(cabinet, hooks, doctolib) -> House:
    """Doctolib connected as a new connection is."""
    house = House(hooks)
    house.simulators = {"doctolib": doctolib.simulator}
    house.api = {"doctolib": doctolib.api}
    house.connections = {"doctolib": house.connect(doctolib, mode=Mode.REHEARSAL)}
    return house


def test_rehearsal_writes_nothing_there_not_even_a_webhook(rehearsing):
    rehearsing.book(monday(10))

    drain()

    assert rehearsing.simulators["doctolib"].writes() == []
    assert not OutboundChange.objects.exists()


def test_rehearsal_counts_what_would_have_been_written(rehearsing):
    rehearsing.book(monday(10))
    rehearsing.book_there("doctolib", monday(11))

    reconcile(rehearsing.connections["doctolib"], clock.now())

    report = Connection.objects.get().rehearsal
    assert (report["visits"], report["closed_times"]) == (0, 1)
    assert [lamp.sentence for lamp in lamps(clock.now())] == ["Doctolib : répétition, 1 écriture(s) retenue(s)"]


def test_going_live_tells_the_future_once(rehearsing):
    rehearsing.book(monday(10))
    rehearsing.book(monday(11))
    there = rehearsing.book_there("doctolib", monday(12))
    url = rehearsing.connections["doctolib"].base_url

    for _twice in range(2):
        command("connect_platform", "tourcoing", "doctolib", "--base-url", url, "--api-key", "sim-doctolib-key", "--mode", "both")
        rehearsing.settle()

    assert rehearsing.busy("doctolib") == [(monday(10), monday(10, 30)), (monday(11), monday(11, 30))]
    assert rehearsing.visit("doctolib", there).start == monday(12)
    assert [call["path"] for call in rehearsing.simulators["doctolib"].writes()] == ["/webhooks", "/busy", "/busy"]
    assert Connection.objects.count() == 1


def test_the_command_prints_the_id_and_maps_who_is_who(cabinet, hooks, doctolib):
    house = House(hooks)
    practitioner, motive = THEIRS["doctolib"]

    printed = command(
        *("connect_platform", "tourcoing", "doctolib", "--base-url", doctolib.simulator.url + PREFIXES["doctolib"]),
        *("--api-key", "sim-doctolib-key", "--webhook-secret", SECRET, "--mode", "both"),
        *("--map-practitioner", f"{house.alma.id}={practitioner}", "--map-reason", f"{house.reason.id}={motive}"),
    )

    made = Connection.objects.get()
    assert UUID(printed) == made.id
    assert (made.platform, made.mode, made.api_key) == ("doctolib", "both", "sim-doctolib-key")
    assert {secret.value for secret in made.webhook_secrets.all()} > {SECRET}
    assert made.practitioners.get().external_id == practitioner


def test_a_platform_that_is_away_is_connected_all_the_same(cabinet, hooks, capsys):
    command("connect_platform", "tourcoing", "maiia", "--base-url", "http://127.0.0.1:9/v2", "--api-key", "k", "--mode", "both")

    assert Connection.objects.get().webhook_registered_at is None


@pytest.mark.parametrize(
    "words",
    [
        ("nowhere", "doctolib"),
        ("tourcoing", "doctolib", "--webhook-secret", "plain"),
        ("tourcoing", "doctolib", "--map-practitioner", "alma"),
        ("tourcoing", "doctolib", "--base-url", "http://127.0.0.1:9", "--map-practitioner", "7c1d6f5e-0000-4000-8000-000000000000=pra_1"),
        ("tourcoing", "doctolib", "--base-url", "ftp://example.org"),
    ],
)
def test_a_wrong_word_is_one_clear_line(cabinet, hooks, words):
    with pytest.raises(CommandError):
        call_command("connect_platform", *words)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/v1", "http://localhost:8000", "http://10.0.0.8", "http://[::1]/v1", "http://169.254.169.254/latest"]
)
def test_addresses_inside_our_network_are_refused(cabinet, settings, address):
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = False

    with pytest.raises(TargetNotAllowed):
        connect(platform="doctolib", base_url=address, api_key="k", now=clock.now())


def test_an_unknown_platform_is_refused(cabinet):
    with pytest.raises(Refused) as refused:
        connect(platform="minitel", base_url="https://example.org", api_key="k", now=clock.now())

    assert refused.value.code == "unknown-platform"


def test_a_practitioner_not_mapped_is_kept_shown_and_applied_when_mapped(house):
    there = house.book_there("doctolib", monday(10), practitioner="pra_002")
    house.simulators["doctolib"].move(there, monday(11).isoformat())
    house.settle()
    assert not Appointment.objects.exists()
    assert [task.title for task in tasks(clock.now())] == ["Praticien Doctolib non relié"]

    map_practitioner(house.connections["doctolib"], house.alma.id, "pra_002", now=clock.now())
    house.settle()

    assert house.visit("doctolib", there).start == monday(11)
    assert tasks(clock.now()) == []


def test_an_unmapped_reason_leaves_the_visit_without_reason_nor_buffers(house):
    house.reason.buffer_after_minutes = 10
    house.reason.save()

    there = house.book_there("doctolib", monday(10), motive="mot_2", duration=45)
    house.settle()

    visit = house.visit("doctolib", there)
    assert (visit.visit_reason, visit.end) == (None, monday(10, 45))
    assert house.busy("maiia") == [(monday(10), monday(10, 45))]


def test_the_seeds_own_example_works_as_it_is(house):
    data = {
        "appointment": {"id": "apt_123456", "start_time": monday(14).isoformat(), "duration": 45, "status": "confirmed"},
        "patient": {"id": "pat_789", "first_name": "Jean", "last_name": "Dupont", "email": "jean@x.example", "phone": "+33639980012"},
        "practitioner": {"id": "pra_001", "name": "Dr. Martin"},
    }
    house.simulators["doctolib"].send({"event": "appointment.created", "data": data})
    house.settle()

    visit = house.visit("doctolib", "apt_123456")
    assert (visit.start, visit.end, visit.patient.provisional) == (monday(14), monday(14, 45), True)


def test_twins_are_shown_under_their_newest_id_and_closed_times_never(house):
    visit = house.book(monday(9))
    there = house.book_there("doctolib", monday(10))
    house.settle()
    twin = house.visit("doctolib", there)

    assert links_of([visit.id, twin.id]) == {twin.id: [{"platform": "doctolib", "id": there}]}
    assert appointments_linked_to("doctolib", there) == [twin.id]


def test_lamps_say_how_each_connection_feels(house):
    sentences = [lamp.sentence for lamp in lamps(clock.now())]

    assert [sentence.split(" lu ")[0] for sentence in sentences] == ["Doctolib", "Maiia"]
    assert all(sentence.endswith(", 0 écart") for sentence in sentences)


def test_keys_are_sealed_for_their_cabinet_and_row(house):
    made = Connection.objects.get(platform="doctolib")
    with database.cursor() as cursor:
        cursor.execute("SELECT api_key_sealed FROM integrations_connection WHERE id = %s", [made.id])
        assert b"sim-doctolib-key" not in bytes(cursor.fetchone()[0])

    other = Connection.objects.get(platform="maiia")
    other.api_key_sealed = made.api_key_sealed
    with pytest.raises(SecretUnreadable):
        _ = other.api_key


def test_what_was_given_up_is_shown_and_can_be_replayed(house, monkeypatch):
    house.simulators["doctolib"].setup(practitioners=[{"id": "pra_009", "name": "Dr Autre"}])
    house.book(monday(10))
    house.settle()
    assert [task.title for task in tasks(clock.now())] == ["Doctolib n’a pas pris un changement"]

    house.simulators["doctolib"].setup(practitioners=[{"id": "pra_001", "name": "Dr Hélène Aubry"}])
    assert command("replay_outbound", "tourcoing") == "1"
    house.settle()

    assert house.busy("doctolib") == [(monday(10), monday(10, 30))]
    assert tasks(clock.now()) == []


def test_rotating_the_secret_tells_the_platform_at_once(house):
    printed = command("rotate_webhook_secret", str(house.connections["doctolib"].id))

    house.book_there("doctolib", monday(10))
    house.settle()

    assert house.statuses == [202]
    assert house.connections["doctolib"].webhook_secrets.get(expires_at=None).value == printed


def test_events_of_another_platform_or_connection_are_not_found(house):
    assert house.post("/api/webhooks/keldoc", {}, b"{}") == 404
    assert house.post(f"/api/webhooks/maiia/{house.connections['doctolib'].id}", {}, b"{}") == 404
    assert house.post("/api/webhooks/maiia", {}, b"{}") == 401
    assert not InboundEvent.objects.exists()


def test_unsigned_events_pass_only_from_where_they_are_allowed(house):
    connection = house.connections["doctolib"]
    body = b'{"event": "appointment.created", "data": {"appointment": {"id": "a1"}}}'

    Connection.objects.filter(pk=connection.pk).update(unsigned_from=["192.0.2.0/24"])
    assert house.post("/api/webhooks/doctolib", {}, body) == 401

    Connection.objects.filter(pk=connection.pk).update(unsigned_from=["127.0.0.0/8"])
    assert [house.post("/api/webhooks/doctolib", {}, body) for _twice in range(2)] == [202, 200]


def test_what_was_settled_long_ago_is_forgotten_and_what_awaits_a_person_stays(house):
    house.book_there("doctolib", monday(10))
    house.book_there("doctolib", monday(11), practitioner="pra_002")
    house.settle()

    forget_settled(clock.now() + timedelta(days=91))

    assert [event.state for event in InboundEvent.objects.all()] == ["unmapped"]
    assert not OutboundChange.objects.exists()


def test_a_cancellation_taken_back_at_the_desk_closes_the_time_there(house):
    there = house.book_there("doctolib", monday(10))
    house.settle()
    visit = house.cancel(house.visit("doctolib", there))
    house.settle()

    undo_last(appointment_id=visit.id, actor=BASILE, now=clock.now())
    house.settle()

    assert house.simulators["doctolib"].appointment(there)["status"] == "cancelled"
    assert house.busy("doctolib") == house.busy("maiia") == [(monday(10), monday(10, 30))]
