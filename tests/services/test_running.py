"""The whole platform, by its real command, in a folder of its own."""

import os
import signal
import subprocess
import sys
import urllib.request

import pytest

from medidesk.services.processes import is_running
from medidesk.services.register import Register
from medidesk.services.root import ROOT
from medidesk.services.running import running

pytestmark = pytest.mark.slow
NAMES = ("web", "live", "worker", "beat", "doctolib", "maiia", "postgres", "valkey")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A platform for the tests that leave it running."""
    with running(var=tmp_path_factory.mktemp("lasting"), seed=False) as started:
        yield started


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    """A data folder for the tests that start and stop: only its first start migrates."""
    return tmp_path_factory.mktemp("stopping")


def test_every_process_runs_and_the_web_is_well(demo):
    with urllib.request.urlopen(demo.web_url + "/healthz") as answer:
        status = answer.status
    assert (status, [is_running(demo.process(name).pid) for name in NAMES]) == (200, [True] * len(NAMES))


@pytest.mark.parametrize("name", NAMES)
def test_a_killed_process_comes_back(demo, name):
    before = demo.process(name)
    assert demo.kill(name).pid != before.pid


def test_a_second_command_gives_the_addresses_of_the_first(demo):
    argv = [sys.executable, "-m", "medidesk.services", "demo"]
    said = subprocess.run(
        argv, cwd=ROOT, env={**os.environ, "MEDIDESK_VAR": str(demo.var)}, capture_output=True, text=True, check=True
    ).stdout
    assert said.startswith(f"MediDesk tourne déjà : {demo.web_url} ")


def test_everything_stops_with_the_supervisor(var):
    with running(var=var, seed=False) as demo:
        pids = [demo.process(name).pid for name in NAMES]
    assert [is_running(pid) for pid in pids] == [False] * len(NAMES)


def test_after_a_kill_of_the_supervisor_the_next_start_leaves_no_orphan(var):
    with running(var=var, seed=False) as demo:
        pids = [demo.process(name).pid for name in NAMES]
        os.kill(demo.supervisor.pid, signal.SIGKILL)
        demo.supervisor.wait()
    with running(var=var, seed=False) as demo:
        now = {demo.process(name).pid for name in NAMES}
        assert [pid for pid in pids if is_running(pid) and pid not in now] == []


def test_a_clean_stop_leaves_no_address(var):
    with running(var=var, seed=False):
        pass
    assert Register(var).read("addresses") == {}
