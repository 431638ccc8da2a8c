"""Absences closed where platforms take busy times, opened when they are deleted or shortened; visits stay out of what is closed."""

from datetime import timedelta

import pytest

from agenda.models import Absence
from integrations.comparison.pulling import pull_due
from integrations.models import ClosedAbsence, Connection
from integrations.outgoing.absences_out import close_absences
from medidesk import clock
from medidesk.due.models import DuePointer
from tests.integrations.house import monday

DOCTOLIB = {"platform": "doctolib"}


@pytest.fixture
def away(house):
    """Absences flow to Doctolib."""
    Connection.objects.filter(**DOCTOLIB).update(absences=True)
    return house


def absence(house, start=monday, **changes) -> Absence:
    values = {"practitioner": house.alma, "start": monday(9), "end": monday(12)} | changes
    return Absence.objects.create(**values)


def told(checking: bool = False) -> int:
    return close_absences(Connection.objects.get(**DOCTOLIB), clock.now(), checking=checking)


def test_an_absence_closes_its_time_once(away):
    absence(away)

    assert [told(), told()] == [1, 0]
    assert (away.busy("doctolib"), away.busy("maiia")) == ([(monday(9), monday(12))], [])


def test_an_absence_that_is_deleted_opens_its_time(away):
    row = absence(away)
    told()

    Absence.objects.filter(pk=row.pk).update(deleted_at=clock.now())
    row.refresh_from_db()
    row.save()
    told()

    assert away.busy("doctolib") == []
    assert not ClosedAbsence.objects.exists()


def test_an_absence_that_is_shortened_opens_the_rest(away):
    row = absence(away)
    told()

    row.end = monday(10)
    row.save()
    told()

    assert away.busy("doctolib") == [(monday(9), monday(10))]


def test_several_days_are_closed_day_by_day(away):
    absence(away, end=monday(12) + timedelta(days=2))

    told()

    midnights = [(monday(0) + timedelta(days=n)).replace(hour=0) for n in (1, 2)]
    assert away.busy("doctolib") == [
        (monday(9), midnights[0]), (midnights[0], midnights[1]), (midnights[1], monday(12) + timedelta(days=2)),
    ]  # fmt: skip


def test_the_closure_of_the_only_site_closes_its_practitioners(away):
    absence(away, practitioner=None, site=away.sites)

    told()

    assert away.busy("doctolib") == [(monday(9), monday(12))]


def test_a_visit_that_stands_there_stays_out_of_what_is_closed(away):
    away.book_there("doctolib", monday(10))
    away.settle()
    absence(away)

    told()

    assert away.busy("doctolib") == [(monday(9), monday(10)), (monday(10, 30), monday(12))]
    assert told() == 0


def test_a_visit_nobody_knew_of_comes_in_and_stays_out_of_what_is_closed(away):
    away.simulators["doctolib"].order_fault("drop", times=None)
    there = away.book_there("doctolib", monday(10))
    absence(away)

    told()

    assert away.visit("doctolib", there).start == monday(10)
    assert away.busy("doctolib") == [(monday(9), monday(10)), (monday(10, 30), monday(12))]


@pytest.mark.parametrize("fault", ["answer-lost", "500", "reset"])
def test_a_lost_answer_closes_nothing_twice(away, fault):
    absence(away)
    away.simulators["doctolib"].order_fault(fault, "POST /busy")
    told()
    ClosedAbsence.objects.update(tried_at=clock.now() - timedelta(minutes=2))

    told()

    assert away.busy("doctolib") == [(monday(9), monday(12))]
    assert told() == 0


def test_what_somebody_opened_there_is_closed_again_at_night(away):
    absence(away)
    told()
    external_id = ClosedAbsence.objects.get().external_id
    away.api["doctolib"].delete(f"/busy/{external_id}").raise_for_status()

    assert [told(), told(checking=True)] == [0, 1]
    assert away.busy("doctolib") == [(monday(9), monday(12))]


def test_the_flow_switched_off_opens_everything(away):
    absence(away)
    told()

    Connection.objects.filter(**DOCTOLIB).update(absences=False)
    told()

    assert away.busy("doctolib") == []


def test_nothing_is_written_by_one_that_only_reads(away):
    Connection.objects.filter(**DOCTOLIB).update(mode="in")
    absence(away)

    assert told() == 0
    assert away.busy("doctolib") == []


def test_an_absence_is_looked_at_as_soon_as_it_is_written(away):
    connection = Connection.objects.get(**DOCTOLIB)
    DuePointer.objects.filter(reference=connection.id, kind="pull").update(due_at=clock.now() + timedelta(hours=1))

    absence(away)
    pull_due(clock.now())

    assert away.busy("doctolib") == [(monday(9), monday(12))]
