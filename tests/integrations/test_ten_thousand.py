"""A cabinet with ten thousand visits on a platform: read whole the first time, compared again, each within its time.

What is judged is this process's own time, as other work on the machine makes any clock on the wall say nothing; both are printed.
"""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from agenda.models import Appointment
from integrations.comparison.reconciliation import Figures, reconcile
from integrations.connections.connecting import connect
from integrations.connections.going_live import go_live
from medidesk import clock
from tests.integrations.house import House, monday

VISITS, A_DAY = 10_000, 36
FIRST_SECONDS, AGAIN_SECONDS = 60.0, 20.0


@pytest.mark.slow
def test_ten_thousand_visits_come_within_a_minute_and_are_compared_within_twenty_seconds(cabinet, hooks, doctolib):
    house = House(hooks)
    doctolib.simulator.preload([_visit(number) for number in range(VISITS)])
    connection = connect(
        platform="doctolib", base_url=doctolib.simulator.url + "/v1", api_key="sim-doctolib-key", mode="both",
        practitioners={house.alma.id: "pra_001"}, reasons={house.reason.id: "mot_1"}, now=clock.now(),
    )  # fmt: skip
    seen: list[tuple[int, int]] = []

    first, first_seconds = _timed("first", lambda: reconcile(connection, clock.now(), watch=lambda done, of: seen.append((done, of))))
    go_live(connection, clock.now())
    again, again_seconds = _timed("again", lambda: reconcile(connection, clock.now()))

    assert (first.complete, first.drift, first.repaired, Appointment.objects.count()) == (True, VISITS, VISITS, VISITS)
    assert (again.complete, again.drift, again.repaired, again.conflicts) == (True, 0, 0, 0)
    assert seen == [(done, VISITS) for done in range(0, VISITS + 1, 250)]
    assert (first_seconds < FIRST_SECONDS, again_seconds < AGAIN_SECONDS) == (True, True)


def _timed(name: str, act: Callable[[], Figures]) -> tuple[Figures, float]:
    """What it answers, and the seconds of this process that it took."""
    own, wall = time.process_time(), time.monotonic()
    answer = act()
    own = time.process_time() - own
    print(f"\n{VISITS} visits, {name}: {own:.1f} s of this process, {time.monotonic() - wall:.1f} s on the wall")
    return answer, own


def _visit(number: int) -> dict:
    """Twenty minutes each, 36 a day, of people who come again and again."""
    day, place = divmod(number, A_DAY)
    start = monday(8) + timedelta(days=day, minutes=20 * place)
    who = number % 2_500
    person = {
        "first_name": f"Prénom{who}",
        "last_name": f"Nom{who}",
        "birth_date": str(monday(8).date().replace(year=1930) + timedelta(days=9 * who)),
    }
    return {
        "id": f"many_{number:05d}", "practitioner": "pra_001", "start": start.isoformat(), "duration": 20, "motive": "mot_1",
        "patient": person | {"phone": None, "email": f"p{who}@patients.example"},
    }  # fmt: skip
