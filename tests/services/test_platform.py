"""What the processes of the platform are told."""

import time

import pytest

from medidesk.services.platform import Ports, environment

PORTS = Ports(web=1, live=2, doctolib=3, maiia=4)


def test_a_faked_clock_has_one_anchor_for_all_processes(tmp_path):
    told = environment(tmp_path, PORTS, {}, {"MEDIDESK_FAKE_NOW": "2026-11-24T10:35:00+01:00"})

    assert float(told["MEDIDESK_FAKE_NOW_AT"]) == pytest.approx(time.time(), abs=60)


def test_an_anchor_that_is_given_is_kept(tmp_path):
    told = environment(tmp_path, PORTS, {}, {"MEDIDESK_FAKE_NOW": "2026-11-24T10:35:00+01:00", "MEDIDESK_FAKE_NOW_AT": "1700000000"})

    assert told["MEDIDESK_FAKE_NOW_AT"] == "1700000000"
