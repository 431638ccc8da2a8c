"""What others say at the head of a record: this app does not know why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class RecordNotice:
    """One sentence, its tone (`info`, `warning`, `danger`), and (label, address) of what may be done about it."""

    text: str
    tone: str = "info"
    links: tuple[tuple[str, str], ...] = ()


Provider = Callable[[UUID, Any, datetime], list[RecordNotice]]
_providers: list[Provider] = []


def register_notices_provider(provider: Provider) -> None:
    """Let `provider` speak at the head of records: called with the patient's id, who looks, and now."""
    _providers.append(provider)


def notices_of(patient_id: UUID, reader: Any, now: datetime) -> list[RecordNotice]:
    """Everything that is to be said to this reader."""
    return [notice for provider in _providers for notice in provider(patient_id, reader, now)]
