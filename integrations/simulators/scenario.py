"""A scenario: what patients and platforms do, when, written in YAML and played on running simulators. The same seed plays the same.

    seed: 7
    steps:
      - {at: 0s, on: doctolib, do: book, as: first, day: 3, time: "09:30"}
      - {at: 5s, on: doctolib, do: move, visit: first, day: 4, time: "10:00"}
      - {at: 8s, on: maiia, do: fault, kind: "503", times: 3}
      - {at: 10s, on: maiia, do: book, repeat: 20, every: 500ms}

docs/operations.md has the whole vocabulary.
"""

import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import yaml

from integrations.simulators.client import Simulator

MOST_ACTS = 10_000
MOST_BYTES = 1_000_000
TRIES_FOR_A_TIME = 20
_WHEN = {"day", "time", "start"}
_BOOKING = {"as", "practitioner", "motive", "duration", "patient", "force"} | _WHEN
# What each act may be told, beside `at`, `on`, `do`, `repeat`, `every`. A fault also takes the options of its kind.
ACTS: dict[str, set[str] | None] = {
    "book": _BOOKING,
    "move": {"visit", "practitioner", "duration", "force"} | _WHEN,
    "cancel": {"visit"},
    "status": {"visit", "status"},
    "fault": None,
    "clear-faults": set(),
    "drain": {"timeout"},
}
_COMMON = {"at", "on", "do", "repeat", "every"}
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min)?")
_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, None: 1.0}
_FIRST_NAMES = ("Adèle", "Bakary", "Clémence", "Driss", "Élodie", "Farid", "Gaëlle", "Hugo", "Inès", "Jules", "Khadija", "Léon")
_LAST_NAMES = ("Amsellem", "Brunet", "Carlier", "Diallo", "Evrard", "Fournier", "Guérin", "Haddad", "Imbert", "Joly", "Kaya", "Leroy")


class _Words(yaml.SafeLoader):
    """Plain YAML in which `on` is a word: YAML 1.1 takes it for true. A time without quotes stays a number, and is refused later."""


_Words.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Words.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


class ScenarioError(Exception):
    """The scenario cannot be played as it is written; the message says which step, in French."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do, `at` seconds after the beginning. `chance` is its own: it does not depend on how the others went."""

    at: float
    on: str
    do: str
    step: int
    round: int
    values: Mapping[str, Any]
    seed: str

    @property
    def chance(self) -> random.Random:
        """Fresh, and the same each time."""
        return random.Random(f"{self.seed}/{self.step}/{self.round}")


@dataclass(slots=True)
class Played:
    """What has been played so far: the visits booked on each platform, those with a name, and the counts."""

    visits: dict[str, list[str]] = field(default_factory=dict)
    named: dict[tuple[str, str], str] = field(default_factory=dict)
    done: int = 0
    refused: int = 0


def read_scenario(text: str, seed: str | None = None) -> list[Act]:
    """The acts in the order of their times; `seed` replaces the one that is written. Raises ScenarioError."""
    if len(text.encode()) > MOST_BYTES:
        raise ScenarioError("ce scénario dépasse 1 Mo")
    try:
        read = yaml.load(text, _Words)
    except yaml.YAMLError as error:
        raise ScenarioError(f"ce n’est pas du YAML lisible ({str(error).splitlines()[0]})") from error
    steps = read.get("steps") if isinstance(read, dict) else None
    if not isinstance(steps, list) or not steps:
        raise ScenarioError("il faut une liste « steps »")
    chosen = str(seed if seed is not None else read.get("seed", 0))
    acts = [act for number, step in enumerate(steps, 1) for act in _acts(step, number, chosen)]
    if len(acts) > MOST_ACTS:
        raise ScenarioError(f"plus de {MOST_ACTS} gestes, répétitions comprises")
    return sorted(acts, key=lambda act: act.at)


def play(
    acts: list[Act], simulators: Mapping[str, Simulator], tell: Callable[[str], object], *, speed: float = 1.0,
    wait: Callable[[float], object] = time.sleep,
) -> Played:  # fmt: skip
    """Do every act at its time, `speed` times as fast, and tell each in a line. Raises ScenarioError for a platform without simulator."""
    for act in acts:
        if act.on not in simulators:
            raise ScenarioError(f"étape {act.step} : aucun simulateur « {act.on} » en marche ({', '.join(simulators) or 'aucun'})")
    played, begun = Played(), time.monotonic()
    for act in acts:
        if (left := act.at / speed - (time.monotonic() - begun)) > 0:
            wait(left)
        try:
            said = _do(act, simulators[act.on], played)
        except httpx.HTTPStatusError as refusal:
            played.refused += 1
            said = f"refusé ({refusal.response.status_code})"
        except (httpx.HTTPError, TimeoutError) as error:
            played.refused += 1
            said = f"sans réponse ({type(error).__name__})"
        else:
            played.done += 1
        tell(f"{act.at:8.2f} s  {act.on:<10} {act.do:<12} {said}")
    return played


def _acts(step: Any, number: int, seed: str) -> Iterator[Act]:
    if not isinstance(step, dict):
        raise ScenarioError(f"étape {number} : il faut des clés et des valeurs")
    do = str(step.get("do"))
    if do not in ACTS:
        raise ScenarioError(f"étape {number} : « do » est l’un de {', '.join(ACTS)}")
    if not step.get("on"):
        raise ScenarioError(f"étape {number} : « on » dit sur quelle plateforme")
    allowed = ACTS[do]
    if allowed is not None and (unknown := set(step) - _COMMON - allowed):
        raise ScenarioError(f"étape {number} : « {do} » ne connaît pas {', '.join(sorted(map(str, unknown)))}")
    if do == "fault" and not step.get("kind"):
        raise ScenarioError(f"étape {number} : « fault » demande un « kind »")
    times = step.get("repeat", 1)
    if not isinstance(times, int) or not 1 <= times <= MOST_ACTS:
        raise ScenarioError(f"étape {number} : « repeat » est un nombre de 1 à {MOST_ACTS}")
    at, every = _seconds(step.get("at", 0), number), _seconds(step.get("every", 1), number)
    values = {str(name): value for name, value in step.items() if name not in _COMMON}
    for turn in range(times):
        yield Act(at + turn * every, str(step["on"]), do, number, turn, values, seed)


def _seconds(text: Any, number: int) -> float:
    """`500ms`, `2s`, `1min`, or a number of seconds."""
    found = _LENGTH.fullmatch(str(text).strip())
    if found is None:
        raise ScenarioError(f"étape {number} : « {text} » n’est pas une durée (500ms, 2s, 1min)")
    return float(found[1]) * _SECONDS[found[2]]


def _do(act: Act, simulator: Simulator, played: Played) -> str:
    """Do it and say what came of it."""
    values = dict(act.values)
    if act.do == "book":
        return _book(act, simulator, played)
    if act.do == "fault":
        order = simulator.order_fault(str(values.pop("kind")), values.pop("call", None), **values)
        return f"{order['kind']} sur {order['on']}"
    if act.do == "clear-faults":
        simulator.clear_faults()
        return "plus aucune panne"
    if act.do == "drain":
        simulator.drain(float(values.get("timeout", 10)))
        return "tout est parti"
    visit = _visit(act, played)
    if act.do == "cancel":
        simulator.cancel(visit)
        played.visits[act.on] = [one for one in played.visits.get(act.on, []) if one != visit]
    elif act.do == "status":
        simulator.mark(visit, str(values.get("status", "done")))
    else:
        _at_a_free_time(act, simulator, lambda start: simulator.move(visit, start, **_given(values, "practitioner", "duration", "force")))
    return visit


def _book(act: Act, simulator: Simulator, played: Played) -> str:
    """Book, at the time that is said or at one that chance finds free."""
    state, chance = simulator.state(), act.chance
    practitioner = str(act.values.get("practitioner") or chance.choice(state["practitioners"])["id"])
    motive = str(act.values.get("motive") or chance.choice(state["motives"])["id"])
    rest = {"motive": motive, "patient": act.values.get("patient") or _somebody(chance), **_given(act.values, "duration", "force")}
    booked = _at_a_free_time(act, simulator, lambda start: simulator.book(practitioner, start, **rest))
    played.visits.setdefault(act.on, []).append(booked["id"])
    if name := act.values.get("as"):
        played.named[act.on, str(name)] = booked["id"]
    return f"{booked['id']} {booked['start']}"


def _at_a_free_time(act: Act, simulator: Simulator, ask: Callable[[str], Any]) -> Any:
    """Ask for the time that is said; or for one after another that chance draws, until one is free."""
    if "start" in act.values:
        return ask(str(act.values["start"]))
    zone = ZoneInfo(simulator.state()["time_zone"])
    today = datetime.fromisoformat(simulator.health()["now"]).astimezone(zone)
    chance = act.chance
    is_said = "day" in act.values and "time" in act.values
    for left in range(0 if is_said else TRIES_FOR_A_TIME - 1, -1, -1):
        day = int(act.values.get("day", chance.randint(1, 20)))
        wall = str(act.values.get("time", f"{chance.randint(8, 17):02d}:{chance.choice((0, 15, 30, 45)):02d}"))
        try:
            return ask(_moment(today, day, wall, act.step).isoformat())
        except httpx.HTTPStatusError as refusal:
            if left == 0 or refusal.response.status_code != 409:
                raise
    raise AssertionError("unreachable")


def _moment(today: datetime, day: int, wall: str, step: int) -> datetime:
    """That wall time, `day` working days from today."""
    moment = today
    while day > 0:
        moment += timedelta(days=1)
        day -= moment.weekday() < 5
    try:
        at = datetime.strptime(wall, "%H:%M")
    except ValueError:
        raise ScenarioError(f'étape {step} : « time » s’écrit entre guillemets, "09:30"') from None
    return datetime(moment.year, moment.month, moment.day, at.hour, at.minute, tzinfo=today.tzinfo)


def _visit(act: Act, played: Played) -> str:
    """The visit that the act names; any of those booked on the platform when it names none."""
    name = act.values.get("visit", "any")
    if name != "any":
        if (act.on, str(name)) not in played.named:
            raise ScenarioError(f"étape {act.step} : aucun rendez-vous « {name} » n’a été pris sur {act.on}")
        return played.named[act.on, str(name)]
    if not played.visits.get(act.on):
        raise ScenarioError(f"étape {act.step} : aucun rendez-vous n’a été pris sur {act.on}")
    return act.chance.choice(played.visits[act.on])


def _somebody(chance: random.Random) -> dict[str, str]:
    """Somebody who does not exist; 06 39 98 is the range that the regulator (Arcep) keeps for fiction."""
    first, last = chance.choice(_FIRST_NAMES), chance.choice(_LAST_NAMES)
    born = f"{chance.randint(1935, 2015)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
    return {"first_name": first, "last_name": last, "birth_date": born, "phone": f"+3363998{chance.randint(0, 9999):04d}"}


def _given(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}
