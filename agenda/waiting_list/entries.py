"""Reading an entry to change it, and saving it under a new version."""

from datetime import datetime
from uuid import UUID

from agenda.models import WaitingListEntry
from agenda.waiting_list.errors import NoSuchEntry, StaleEntry
from medidesk import live


def lock_entry(entry_id: UUID, expected_version: int | None = None) -> WaitingListEntry:
    """The entry, nobody else writing on it until the transaction ends. Raises NoSuchEntry, StaleEntry."""
    rows = WaitingListEntry.objects.select_for_update(of=("self",)).select_related("patient", "appointment")
    entry = rows.filter(pk=entry_id, deleted_at=None).first()
    if entry is None:
        raise NoSuchEntry
    if expected_version is not None and entry.version != expected_version:
        raise StaleEntry(entry.version)
    return entry


def save_entry(entry: WaitingListEntry, now: datetime, *fields: str) -> None:
    """Save the changed fields under a new version, and tell the open pages."""
    entry.version += 1
    entry.updated_at = now
    entry.save(update_fields=[*fields, "version", "updated_at"])
    tell_pages(entry)


def tell_pages(entry: WaitingListEntry) -> None:
    """The list has changed: ids only."""
    live.publish("waiting-list", id=entry.id, version=entry.version)
