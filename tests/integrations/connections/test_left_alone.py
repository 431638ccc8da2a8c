"""Not to be related, on purpose: decided, nothing to settle; related later, everything comes in."""

import json

from agenda.models import Appointment
from integrations.connections.health import tasks
from integrations.connections.mapping import Decision, save_mappings
from integrations.incoming import inbox
from integrations.models import ExternalReference, InboundEvent
from medidesk import clock
from tests.integrations.connections.test_health_pages import shown
from tests.integrations.connections.test_mapping import EVENT, address, there
from tests.integrations.house import BASILE

__all__ = ["there"]


def hear(connection) -> str:
    """A visit with somebody there comes in; what became of it."""
    inbox.store(connection, json.dumps(EVENT).encode(), "m1", clock.now())
    inbox.apply_due(clock.now())
    return InboundEvent.objects.get().state


def test_somebody_left_alone_counts_as_decided_and_is_asked_no_more(owner, diary, there):
    owner.post(address(there), {"praticien:pra_9": str(diary.alma.pk), "praticien:pra_8": "leave", "motif:mot_8": "leave"})

    page = shown(owner.get(address(there))).replace("\u00a0", " ")

    assert "1 sur 2 reliés, 1 laissé de côté" in page
    assert "0 motifs sur 2, 1 laissé de côté" in page
    assert page.count("Laissé de côté") == 2


def test_the_visits_of_a_reason_left_alone_count_as_covered(owner, diary, there):
    visit = diary.book(clock.now().replace(hour=9, minute=0, second=0, microsecond=0))
    ExternalReference.objects.create(connection=there, kind="visit", external_id="a1", appointment=visit, content={"reason": "mot_8"})

    owner.post(address(there), {"motif:mot_8": "leave"})

    assert "100 % des rendez-vous reçus" in shown(owner.get(address(there))).replace("\u00a0", " ")


def test_what_waited_for_somebody_left_alone_is_no_task_any_more(connection, diary):
    assert hear(connection) == "unmapped"

    save_mappings(connection, practitioners={"pra_9": Decision.LEAVE}, reasons={}, actor=BASILE, now=clock.now())
    inbox.apply_due(clock.now())

    assert InboundEvent.objects.get().state == "left_alone"
    assert "practitioner-not-mapped" not in [task.kind for task in tasks(clock.now())]


def test_somebody_left_alone_and_related_later_comes_in(connection, diary):
    save_mappings(connection, practitioners={"pra_001": None, "pra_9": Decision.LEAVE}, reasons={}, actor=BASILE, now=clock.now())
    assert hear(connection) == "left_alone"

    save_mappings(connection, practitioners={"pra_9": diary.alma.pk}, reasons={}, actor=BASILE, now=clock.now())
    inbox.apply_due(clock.now())

    assert Appointment.objects.get().practitioner == diary.alma
    assert not connection.left_alone.exists()


def test_saving_the_same_decision_twice_changes_nothing(connection):
    wanted = {"practitioners": {"pra_9": Decision.LEAVE}, "reasons": {"mot_8": Decision.LEAVE}, "actor": BASILE, "now": clock.now()}

    assert [save_mappings(connection, **wanted), save_mappings(connection, **wanted)] == [2, 0]
