"""What awaits a person, and how the connections feel: collected from those above the diary."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to settle: a short title, one sentence, where to do it."""

    kind: str
    title: str
    detail: str
    url: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lamp:
    """The state of one connection: `ok`, `late` or `down`, and the sentence that says it."""

    label: str
    state: str
    sentence: str


_tasks: list[Callable[[datetime], list[Task]]] = []
_lamps: list[Callable[[datetime], list[Lamp]]] = []


def register_tasks_provider(provider: Callable[[datetime], list[Task]]) -> None:
    """Add somebody who knows of things to settle."""
    _tasks.append(provider)


def register_lamps_provider(provider: Callable[[datetime], list[Lamp]]) -> None:
    """Add somebody who knows how connections feel."""
    _lamps.append(provider)


def tasks(now: datetime) -> list[Task]:
    """All that awaits a person, from every provider."""
    return [task for provider in _tasks for task in provider(now)]


def lamps(now: datetime) -> list[Lamp]:
    """The state of every connection."""
    return [lamp for provider in _lamps for lamp in provider(now)]
