"""A patient's visits, asked of whoever keeps the diary: this app knows no appointment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One visit on the timeline of a record. `start` is on the cabinet's wall; `tone` colours the state's tag."""

    start: datetime
    title: str
    practitioner: str
    state: str
    tone: str
    icon: str
    detail: str
    url: str
    coming: bool
    current: bool


Provider = Callable[[UUID, Any, datetime], list[VisitLine]]
_providers: list[Provider] = []


def register_visits_provider(provider: Provider) -> None:
    """Let `provider` tell a patient's visits: called with the patient's id, who looks, and now."""
    _providers.append(provider)


def visits_of(patient_id: UUID, reader: Any, now: datetime) -> list[VisitLine]:
    """The visits that this reader may see, newest first."""
    lines = [line for provider in _providers for line in provider(patient_id, reader, now)]
    return sorted(lines, key=lambda line: line.start, reverse=True)
