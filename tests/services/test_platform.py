"""What the processes of the platform are told."""

import time

import pytest

from medidesk.services.errors import ServiceError
from medidesk.services.platform import Ports, addresses, choose_ports, environment, simulators

PORTS = Ports(web=1, live=2, doctolib=3, maiia=4)


def test_a_faked_clock_has_one_anchor_for_all_processes(tmp_path):
    told = environment(tmp_path, PORTS, {}, {"MEDIDESK_FAKE_NOW": "2026-11-24T10:35:00+01:00"})

    assert float(told["MEDIDESK_FAKE_NOW_AT"]) == pytest.approx(time.time(), abs=60)


def test_an_anchor_that_is_given_is_kept(tmp_path):
    told = environment(tmp_path, PORTS, {}, {"MEDIDESK_FAKE_NOW": "2026-11-24T10:35:00+01:00", "MEDIDESK_FAKE_NOW_AT": "1700000000"})

    assert told["MEDIDESK_FAKE_NOW_AT"] == "1700000000"


def test_the_demo_plays_two_platforms(tmp_path):
    assert [program.name for program in simulators(tmp_path, choose_ports({}))] == ["doctolib", "maiia"]


def test_further_platforms_are_played_when_they_are_named(tmp_path):
    ports = choose_ports({"MEDIDESK_SIMULATORS": "docorga, clickdoc,docorga"})

    assert [program.name for program in simulators(tmp_path, ports)] == ["doctolib", "maiia", "docorga", "clickdoc"]
    assert environment(tmp_path, ports, {}, {})["MEDIDESK_CLICKDOC_URL"] == f"http://127.0.0.1:{ports.further['clickdoc']}"
    assert addresses(ports)["docorga"] == f"http://localhost:{ports.further['docorga']}"


def test_a_platform_that_there_is_not_is_told():
    with pytest.raises(ServiceError, match="minitel"):
        choose_ports({"MEDIDESK_SIMULATORS": "minitel"})
