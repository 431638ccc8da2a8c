"""A complete window compared: drift counted, repaired in the safe direction, a great part of an agenda never cancelled by a run."""

import json

import pytest
from django.core.management import call_command

from agenda.models import Appointment
from integrations.comparison.pulling import pull
from integrations.comparison.reconciliation import reconcile
from integrations.models import Connection, ExternalReference
from medidesk import clock
from tests.integrations.house import monday


def figures(house, platform: str = "doctolib", **options) -> dict:
    """What a run prints, without the connection's id."""
    found = reconcile(Connection.objects.get(platform=platform), clock.now(), **options).as_json()
    found.pop("connection")
    return found


NOTHING = {"complete": True, "drift": 0, "repaired": 0, "held": 0, "conflicts": 0}


@pytest.mark.parametrize("platform", ["doctolib", "maiia"])
def test_in_step_there_is_nothing_to_repair(house, platform):
    house.book(monday(9))
    house.book_there(platform, monday(10))
    house.settle()

    assert figures(house, platform) == NOTHING


@pytest.mark.parametrize("platform", ["doctolib", "maiia"])
def test_webhooks_that_never_came_are_made_good(house, platform):
    simulator = house.simulators[platform]
    moved, cancelled = house.book_there(platform, monday(10)), house.book_there(platform, monday(11))
    house.settle()
    simulator.order_fault("drop", times=None)
    simulator.move(moved, monday(15).isoformat())
    simulator.cancel(cancelled)
    new = house.book_there(platform, monday(12))

    assert figures(house, platform) == NOTHING | {"drift": 3, "repaired": 3}
    assert [house.visit(platform, each).start for each in (moved, new)] == [monday(15), monday(12)]
    assert house.visit(platform, cancelled).status == "cancelled"
    assert figures(house, platform) == NOTHING


@pytest.mark.parametrize("fault", ["truncate", "truncate-silent", "500", "maintenance"])
@pytest.mark.parametrize("platform", ["doctolib", "maiia"])
def test_an_incomplete_read_cancels_nothing(house, platform, fault):
    for hour in (9, 10, 11):
        house.book_there(platform, monday(hour))
    house.settle()
    house.simulators[platform].order_fault(fault, "GET /appointments")

    found = figures(house, platform)

    assert (found["complete"], found["drift"]) == (False, 0)
    assert set(Appointment.objects.values_list("status", flat=True)) == {"confirmed"}


def test_a_list_that_lies_about_being_complete_cancels_nothing(house):
    for hour in (9, 10, 11):
        house.book_there("maiia", monday(hour))
    house.settle()
    house.simulators["maiia"].order_fault("truncate-lying", "GET /appointments")

    found = figures(house, "maiia")

    assert found["complete"] is False
    assert set(Appointment.objects.values_list("status", flat=True)) == {"confirmed"}


def test_the_brake_holds_a_great_part_of_an_agenda(house):
    there = [house.book_there("doctolib", monday(9 + hour)) for hour in range(7)]
    house.settle()
    house.simulators["doctolib"].order_fault("drop", times=None)
    for each in there[:6]:
        house.simulators["doctolib"].cancel(each)

    assert figures(house) == NOTHING | {"drift": 6, "held": 6}
    assert set(Appointment.objects.values_list("status", flat=True)) == {"confirmed"}
    assert Connection.objects.get(platform="doctolib").brake_held[0]["cancellations"] == 6

    assert figures(house, released=True) == NOTHING | {"drift": 6, "repaired": 6}
    assert Appointment.objects.filter(status="cancelled").count() == 6
    assert Connection.objects.get(platform="doctolib").brake_held == []


def test_the_brake_holds_in_a_pull_too(house):
    there = [house.book_there("doctolib", monday(9 + hour)) for hour in range(7)]
    house.settle()
    house.simulators["doctolib"].order_fault("drop", times=None)
    for each in there:
        house.simulators["doctolib"].cancel(each)

    pull(Connection.objects.get(platform="doctolib"), clock.now())

    assert set(Appointment.objects.values_list("status", flat=True)) == {"confirmed"}


def test_a_pull_reads_what_was_never_told(house):
    house.simulators["doctolib"].order_fault("drop", times=None)
    there = house.book_there("doctolib", monday(10))

    pull(Connection.objects.get(platform="doctolib"), clock.now())

    assert house.visit("doctolib", there).start == monday(10)


def test_a_closed_time_that_vanished_there_is_closed_again(house):
    house.book(monday(10))
    house.settle()
    reference = ExternalReference.objects.get(connection__platform="doctolib", kind="busy")
    house.api["doctolib"].delete(f"/busy/{reference.external_id}").raise_for_status()

    assert figures(house) == NOTHING | {"drift": 1, "repaired": 1}
    house.settle()

    assert house.busy("doctolib") == [(monday(10), monday(10, 30))]


def test_a_conflict_is_counted(house):
    house.book(monday(10))
    house.book_there("doctolib", monday(10))
    house.settle()

    assert figures(house)["conflicts"] == 1


def test_the_command_prints_a_line_per_connection_and_exits_3_when_incomplete(house, cabinet, capsys):
    house.simulators["maiia"].order_fault("truncate", "GET /appointments")
    house.book_there("maiia", monday(10))

    with pytest.raises(SystemExit) as ended:
        call_command("reconcile", cabinet.slug)

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert ended.value.code == 3
    assert [line["complete"] for line in lines] == [True, False]
    assert list(lines[0]) == ["connection", "complete", "drift", "repaired", "held", "conflicts"]
