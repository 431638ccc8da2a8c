"""A child of the supervisor: restarted when it dies, given up when it dies too often, ended with its group."""

import os
import signal
import sys
import time

import pytest

from medidesk.services.errors import ServiceError
from medidesk.services.processes import is_running
from medidesk.services.register import Register
from medidesk.services.supervised import Program, Supervised

SLEEPS = (sys.executable, "-S", "-c", "import time; time.sleep(60)")
DIES = (sys.executable, "-S", "-c", "raise SystemExit('plus de place')")
HAS_A_CHILD = (sys.executable, "-S", "-c", "import os, time; os.fork(); time.sleep(60)")


@pytest.fixture
def supervise(tmp_path):
    register = Register(tmp_path)
    register.folder.mkdir()
    made = []

    def make(argv, answers=lambda: True):
        made.append(Supervised(Program("worker", argv, answers), env=dict(os.environ), logs=tmp_path, register=register))
        made[-1].start()
        return made[-1]

    yield make
    for child in made:
        child.wait_stopped(at_once=True)


def test_a_child_that_lives_is_left_alone(supervise):
    assert supervise(SLEEPS).look(0, limit=5) is None


def test_a_killed_child_comes_back_after_a_pause(supervise):
    child = supervise(SLEEPS)
    before = child.process
    before.kill()
    before.wait()
    said = child.look(100.0, limit=5)
    child.look(100.2, limit=5)
    assert (said, child.process is not before, child.process.poll()) == ("worker s'est arrêté (signal 9), il repart.", True, None)


def test_pauses_grow_with_deaths_and_stay_under_five_seconds(supervise):
    child = supervise(SLEEPS)
    assert [child._count_death(0.0, 99, 1) for _ in range(8)] == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_six_deaths_in_a_minute_are_too_many(supervise):
    child = supervise(DIES)
    child.process.wait()
    for second in range(5):
        child._count_death(second, 5, 1)
    with pytest.raises(ServiceError, match=r"worker s'est arrêté 6 fois en une minute \(code 1 : plus de place\)"):
        child.look(6.0, limit=5)


def test_deaths_of_the_minute_before_do_not_count(supervise):
    child = supervise(SLEEPS)
    for second in range(5):
        child._count_death(second, 5, 1)
    assert child._count_death(70.0, 5, 1) == 0.1


def test_a_child_that_ends_at_the_start_says_why(supervise):
    child = supervise(DIES, answers=lambda: False)
    with pytest.raises(ServiceError, match="worker s'est arrêté au démarrage \\(plus de place\\)"):
        child.wait_until_it_answers(10)


def test_a_silent_child_is_not_waited_for_for_ever(supervise):
    with pytest.raises(ServiceError, match="worker ne répond pas"):
        supervise(SLEEPS, answers=lambda: False).wait_until_it_answers(0.1)


def test_the_children_of_a_child_end_with_it(supervise):
    child = supervise(HAS_A_CHILD)
    group = child.process.pid
    child.ask_to_stop()
    child.wait_stopped()
    with pytest.raises(ProcessLookupError):
        wait_for_an_empty_group(group)


def wait_for_an_empty_group(group: int) -> None:
    for _ in range(100):  # raises once nobody is left
        os.killpg(group, 0)
        time.sleep(0.02)


def test_what_a_killed_supervisor_left_is_ended_by_the_next(supervise):
    child = supervise(SLEEPS)
    assert (child.register.end_leftovers(), child.process.wait(5)) == (["worker"], -signal.SIGTERM)


def test_a_number_that_is_another_process_by_now_is_left_alone(supervise):
    child = supervise(SLEEPS)
    (child.register.folder / "worker.pid").write_text(f"{child.process.pid} another-birth")
    assert (child.register.end_leftovers(), is_running(child.process.pid)) == ([], True)
