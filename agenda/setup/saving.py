"""What creating, changing and deleting have in common: versions, references, unchanged rows left alone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agenda.errors import UnknownReference
from agenda.setup.opening import Days, telling_what_opens
from medidesk.db.versioned import Versioned
from medidesk.errors import Conflicting, NotFound, Stale

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of set-up row. `values_of` reads a row under the contract's names; `columns_of` checks complete values and gives the
    model's columns; `links` are those of the values that live in other tables, stored by `store_links`; `let_go` refuses or prepares
    a deletion; `days_of` says on which days a row has a say about open hours."""

    model: type[Versioned]
    defaults: Values
    values_of: Callable[[Any], Values]
    columns_of: Callable[[Values], Values]
    links: tuple[str, ...] = ()
    store_links: Callable[[Any, Values], None] | None = None
    let_go: Callable[[Any, datetime], None] | None = None
    days_of: Callable[[Values], Days] | None = None

    def days_decided(self, *rows: Values) -> list[Days]:
        """On which days rows with these values may open time; none for what opens no time."""
        return [self.days_of(values) for values in rows] if self.days_of else []


class NoSuchRow(NotFound):
    """No living row has this id."""

    def __init__(self) -> None:
        super().__init__(_("Cet élément n’existe pas."))


class StaleRow(Stale):
    """The row has changed since the caller read it."""

    def __init__(self, current: int) -> None:
        super().__init__(_("Cet élément a changé entre-temps."), current=current)


class InUse(Conflicting):
    """Something else still needs the row."""

    code = "in-use"


@transaction.atomic
def create(kind: Kind, values: Values, *, now: datetime) -> Any:
    """A new row; absent values and None take their default. Raises Refused (the code says which bound) and UnknownReference."""
    complete = {**kind.defaults, **_given(kind, values)}
    columns = kind.columns_of(complete)
    row = kind.model(**columns, created_at=now, updated_at=now)
    with telling_what_opens(kind.days_decided(complete), now):
        row.save(force_insert=True)
        _store_links(kind, row, complete)
    return row


@transaction.atomic
def change(kind: Kind, row_id: UUID, changes: Values, *, now: datetime, expected_version: int | None = None) -> Any:
    """Change what `changes` names; the version grows only when something is different.

    Raises NoSuchRow, StaleRow, and what `create` raises.
    """
    row = _locked(kind, row_id, expected_version)
    before = kind.values_of(row)
    complete = {**before, **_given(kind, changes)}
    columns = kind.columns_of(complete)
    changed = [name for name, value in columns.items() if getattr(row, name) != value]
    links_changed = any(_set_of(complete[name]) != _set_of(before[name]) for name in kind.links)
    if not changed and not links_changed:
        return row
    for name in changed:
        setattr(row, name, columns[name])
    with telling_what_opens(kind.days_decided(before, complete), now):
        _bump(row, now, *changed)
        if links_changed:
            _store_links(kind, row, complete)
    return row


@transaction.atomic
def delete(kind: Kind, row_id: UUID, *, now: datetime, expected_version: int | None = None) -> None:
    """End a row; it stays readable to those who ask what changed. Raises NoSuchRow, StaleRow, InUse."""
    row = _locked(kind, row_id, expected_version)
    if kind.let_go:
        kind.let_go(row, now)
    row.deleted_at = now
    with telling_what_opens(kind.days_decided(kind.values_of(row)), now):
        _bump(row, now, "deleted_at")


def retire(rows: Iterable[Versioned], now: datetime) -> None:
    """End rows that cannot live without the one being deleted."""
    for row in rows:
        row.deleted_at = now
        _bump(row, now, "deleted_at")


def bump(rows: Iterable[Versioned], now: datetime) -> None:
    """What these rows show has changed."""
    for row in rows:
        _bump(row, now)


def known(model: type[Versioned], ids: Iterable[UUID], pointer: str, *, each: bool = True) -> None:
    """Raise UnknownReference, with the pointer of the first id that names no living row."""
    wanted = list(ids)
    found = set(model._default_manager.filter(pk__in=wanted, deleted_at=None).values_list("pk", flat=True))
    for index, one in enumerate(wanted):
        if one not in found:
            raise UnknownReference(f"{pointer}/{index}" if each else pointer)


def _store_links(kind: Kind, row: Versioned, complete: Values) -> None:
    if kind.store_links:
        kind.store_links(row, {name: complete[name] for name in kind.links})


def _given(kind: Kind, values: Values) -> Values:
    """None means what is meant by saying nothing on creation."""
    return {name: kind.defaults.get(name) if value is None else value for name, value in values.items()}


def _locked(kind: Kind, row_id: UUID, expected_version: int | None) -> Any:
    row = kind.model._default_manager.select_for_update(no_key=True).filter(pk=row_id, deleted_at=None).first()
    if row is None:
        raise NoSuchRow
    if expected_version is not None and row.version != expected_version:
        raise StaleRow(row.version)
    return row


def _bump(row: Versioned, now: datetime, *columns: str) -> None:
    row.version += 1
    row.updated_at = now
    row.save(update_fields=[*columns, "version", "updated_at"])


def _set_of(items: Iterable[Any]) -> set[Any]:
    """Links have no order."""
    return {tuple(sorted(item.items())) if isinstance(item, dict) else item for item in items}
