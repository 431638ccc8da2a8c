"""200 rivals on 20 times through four doors: one normal visit a time, everybody told the truth, nothing lost."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from agenda.desk.to_settle import matters
from agenda.free_times.availability import free_slots
from agenda.free_times.openings import Visitor
from agenda.models import Appointment, Occupancy
from integrations.models import InboundEvent
from medidesk import clock
from tests.storm.rivals import SLOTS, Ring

pytestmark = pytest.mark.storm

SEED = 20261124


def overlapping_pairs() -> int:
    """Pairs of normal occupancies of one resource that share time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM agenda_occupancy a JOIN agenda_occupancy b ON a.resource = b.resource AND a.id < b.id"
            " AND a.span && b.span WHERE a.lane = 'normal' AND b.lane = 'normal'"
        )
        return cursor.fetchone()[0]


def test_twenty_times_are_free_before_the_storm(cabinet):
    ring = Ring.open()

    offers = free_slots(
        visit_reason_id=ring.reason.id, start_date=ring.start.date(), end_date=ring.start.date() + timedelta(days=1), now=clock.now(),
        visitor=Visitor(),
    )  # fmt: skip

    assert [slot.start for offer in offers for slot in offer.slots] == [ring.at(number) for number in range(SLOTS)]


def weather(cabinet) -> Ring:
    """The whole storm."""
    ring = Ring.open()
    ring.storm(cabinet, SEED)
    return ring


def check_that_everybody_was_told_the_truth(ring: Ring) -> None:
    """One normal visit a time; who was told yes has it, who came by a platform and was late waits in conflict; nothing is lost."""
    lanes = Counter(Appointment.objects.values_list("lane", "start"))
    assert [lanes["normal", ring.at(number)] for number in range(SLOTS)] == [1] * SLOTS
    assert overlapping_pairs() == 0
    told_yes = ring.answers("site")[302] + ring.answers("api")[201]
    told = ring.answers("site") + ring.answers("api")
    assert told == Counter({302: ring.answers("site")[302], 201: ring.answers("api")[201], 409: 120 - told_yes})
    assert ring.answers("doctolib", "maiia") == {202: 80}
    assert set(ring.answers("form")) == {302}
    by_webhook = SLOTS - told_yes
    assert Appointment.objects.filter(source__in=("doctolib", "maiia"), lane="conflict").count() == 80 - by_webhook
    assert Appointment.objects.count() == 80 + told_yes
    assert set(InboundEvent.objects.values_list("state", flat=True)) == {"applied"}
    conflicts = [matter for matter in matters(clock.now()) if matter.grave]
    assert len(conflicts) == 80 - by_webhook


@pytest.fixture
def without_locks(monkeypatch: pytest.MonkeyPatch):
    """Nobody waits for anybody."""
    monkeypatch.setattr("medidesk.db.locks._keys", lambda schema, things: [])


def drop_the_constraint() -> None:
    """The table believes whatever it is told."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE agenda_occupancy DROP CONSTRAINT occupancy_never_double")


def test_each_time_has_one_normal_visit_and_every_rival_a_true_answer(throwaway_cabinet):
    check_that_everybody_was_told_the_truth(weather(throwaway_cabinet))


def test_without_the_constraint_the_locks_hold(throwaway_cabinet):
    drop_the_constraint()

    check_that_everybody_was_told_the_truth(weather(throwaway_cabinet))


def test_without_the_locks_the_constraint_holds_but_rivals_wait_for_each_other_in_vain(throwaway_cabinet, without_locks):
    ring = weather(throwaway_cabinet)

    assert overlapping_pairs() == 0
    assert set(ring.answers("site") + ring.answers("api")) <= {201, 302, 409, 500}  # a deadlock is what the locks are there for
    told_yes = ring.answers("site")[302] + ring.answers("api")[201]
    assert Appointment.objects.filter(source__in=("partner", "website"), lane="normal").count() == told_yes


def test_without_locks_and_constraint_times_are_doubled(throwaway_cabinet, without_locks):
    drop_the_constraint()

    weather(throwaway_cabinet)

    assert overlapping_pairs() > 0
    assert Occupancy.objects.filter(lane="normal").count() > SLOTS
