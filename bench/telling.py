"""Bookings at a steady pace while production's worker tells two platforms of them: how long from the commit until a platform was told."""

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from bench.answers import Answers
from bench.booking import Desk, free_times
from bench.figures import Figures, figures_of
from bench.stage import Stage, running
from integrations.simulators.client import Simulator
from medidesk.services import platform
from medidesk.services.ports import free_port

A_SECOND = 10
PATHS = {"doctolib": "/v1", "maiia": "/v2"}
TOLD_WITHIN_SECONDS = 60.0
# From before the commit until the platform's answer was written down: a little more than what is asked for, never less.
_DELAYS = "SELECT coalesce(extract(epoch FROM finished_at - created_at), -1), state FROM {schema}.integrations_outboundchange"


def flaws(booked: Sequence[str], told: Mapping[str, Sequence[str]], states: Counter[str]) -> list[str]:
    """What is wrong: a visit that a platform was not told of or was told of twice, a change that is not done.

    `told`: the visits behind the closed times of each platform.
    """
    wrong = []
    for name, references in told.items():
        counts = Counter(references)
        lost, twice = set(booked) - set(counts), [one for one, count in counts.items() if count > 1]
        wrong += [f"{name} was not told of {len(lost)} visits"] if lost else []
        wrong += [f"{name} was told twice of {len(twice)} visits"] if twice else []
        strange = set(counts) - set(booked)
        wrong += [f"{name} shows {len(strange)} visits that nobody booked"] if strange else []
    return wrong + [f"{count} changes are {state}" for state, count in states.items() if state != "done"]


def measure(stage: Stage, cabinet: dict[str, Any], bookings: int) -> tuple[Figures, list[str]]:
    """Book, wait until everything is told, compare."""
    with _telling(stage, cabinet) as simulators:
        booked, wrong = _book(stage, cabinet, bookings)
        seconds = bookings / A_SECOND
        deadline = time.monotonic() + TOLD_WITHIN_SECONDS
        while time.monotonic() < deadline and any(state == "waiting" for _, state in _changes(stage, cabinet)):
            time.sleep(0.2)
        changes = _changes(stage, cabinet)
        told = {name: [busy["client_reference"] for busy in each.state()["busy"]] for name, each in simulators.items()}
    wrong += flaws(booked, told, Counter(state for _, state in changes))
    return figures_of([int(delay * 1e9) for delay, state in changes if state == "done"], seconds, 0.0), wrong


def _book(stage: Stage, cabinet: dict[str, Any], bookings: int) -> tuple[list[str], list[str]]:
    """The visits, ten a second; and what was wrong."""
    answers = Answers(stage)
    desk = Desk(stage, cabinet, islice(free_times(answers, cabinet), bookings), seed=11)
    booked, wrong, started = list[str](), list[str](), time.perf_counter()
    for number, when in enumerate(desk.times):
        time.sleep(max(0.0, started + number / A_SECOND - time.perf_counter()))
        body, key = desk.attempt(*when)
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        answered = answers.ask(cabinet, "/api/v1/appointments", "POST", body, **headers)
        if answered.status == 201:
            booked.append(json.loads(answered.body)["id"])
        else:
            wrong.append(f"a booking was answered {answered.status}")
    return booked, wrong + ([f"{len(booked)} of {bookings} could be tried"] if len(desk.times) < bookings else [])


def _changes(stage: Stage, cabinet: dict[str, Any]) -> list[tuple[float, str]]:
    return [(float(delay), str(state)) for delay, state in stage.sql(_DELAYS.format(schema=cabinet["schema"]))]


@contextmanager
def _telling(stage: Stage, cabinet: dict[str, Any]) -> Iterator[dict[str, Simulator]]:
    """The two platforms, played, with the cabinet's practitioners; worker and beat as in production."""
    var = Path(stage.environment["MEDIDESK_VAR"])
    ports = platform.Ports(web=stage.port, live=free_port(), doctolib=free_port(), maiia=free_port())
    environment = stage.environment | {"MEDIDESK_ALLOW_PRIVATE_TARGETS": "on"}
    with ExitStack() as stack:
        simulators = {}
        for program in platform.simulators(var, ports):
            stack.enter_context(running(program, environment))
            simulators[program.name] = Simulator(platform.addresses(ports)[program.name])
            stack.callback(simulators[program.name].close)
            simulators[program.name].setup(practitioners=[_theirs(program.name, one) for one in cabinet["practitioners"]])
            move = f"UPDATE {cabinet['schema']}.integrations_connection SET base_url = %s WHERE platform = %s"
            stage.sql(move, [simulators[program.name].url + PATHS[program.name], program.name])
        for program in platform.processes(var, ports):
            if program.name in ("worker", "beat"):
                stack.enter_context(running(program, environment))
        yield simulators


def _theirs(name: str, practitioner: str) -> dict[str, Any]:
    return {"id": f"{name}-{practitioner}", "name": "Dr Delcourt"}
