"""Sites, practitioners, resources, reasons, hours, quotas and absences over REST: one table each, the same five operations."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern

from agenda import setup
from agenda.api.shapes import SHAPES
from agenda.setup.practitioners import rpps_checked
from medidesk.api.doors import Answer, Call, Operation, door, path_id
from medidesk.api.fields import Record
from medidesk.api.paging import PAGING, page
from medidesk.api.problems import not_found
from medidesk.cabinets.current import current_zone

Shown = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """One kind of set-up row as a resource: its route, who reads it, how its values are shown."""

    route: str
    kind: setup.Kind
    label: str
    read_scopes: tuple[str, ...] = ("agenda:read", "settings:read")
    prefetch: tuple[str, ...] = ()
    shown: Callable[[Shown], Shown] = dict

    def render(self, rows: list[Any]) -> list[Shown]:
        """The JSON of each row: values under the contract's names, then id and version."""
        return [self._render_one(row) for row in rows]

    def _render_one(self, row: Any) -> Shown:
        shown = self.shown(self.kind.values_of(row))
        return {"id": row.id, "version": row.version, **shown, "updated_at": row.updated_at}

    def find(self, call: Call) -> Any:
        """The living row that the path names."""
        row = self.kind.model._default_manager.filter(pk=path_id(call), deleted_at=None).prefetch_related(*self.prefetch).first()
        if row is None:
            raise not_found()
        return row

    def read(self, row_id: Any) -> Any:
        """The row as it now is, its links read again."""
        return self.kind.model._default_manager.prefetch_related(*self.prefetch).get(pk=row_id)

    def list(self, call: Call) -> Answer:
        """One page."""
        return page(call, self.kind.model._default_manager.prefetch_related(*self.prefetch), self.render)

    def get(self, call: Call) -> Answer:
        """One row."""
        return Answer.json(self._render_one(call.subject), version=call.subject.version)

    def create(self, call: Call) -> Answer:
        """A new row."""
        row = self.read(setup.create(self.kind, call.body, now=call.now).id)
        return Answer.json(self._render_one(row), 201, version=row.version, location=f"/api/v1/{self.route}/{row.id}")

    def change(self, call: Call) -> Answer:
        """The row, changed."""
        row = setup.change(self.kind, call.subject.id, call.body, now=call.now, expected_version=call.expected_version)
        row = self.read(row.id)
        return Answer.json(self._render_one(row), version=row.version)

    def delete(self, call: Call) -> Answer:
        """The row, ended."""
        setup.delete(self.kind, call.subject.id, now=call.now, expected_version=call.expected_version)
        return Answer(204)


def _practitioner(values: Shown) -> Shown:
    rpps = values["rpps"]
    return {**values, "rpps": rpps or None, "rpps_checked": rpps_checked(rpps)}


def _hours(values: Shown) -> Shown:
    """What has a start, an end and a release in wall time."""
    release = values["release"]
    if release is not None:
        release = {"days_before": release["days_before"], "at": _wall_time(release["at"])}
    return {**values, "start": _wall_time(values["start"]), "end": _wall_time(values["end"]), "release": release}


def _absence(values: Shown) -> Shown:
    zone = current_zone()
    start, end = (values[name].astimezone(zone) for name in ("start", "end"))
    return {**values, "start": start, "end": end, "rrule": values["rrule"] or None}


def _site(values: Shown) -> Shown:
    return {**values, "phone": values["phone"] or None}


def _wall_time(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


TABLES = (
    Table("sites", setup.SITES, "lieux", shown=_site),
    Table("practitioners", setup.PRACTITIONERS, "praticiens", prefetch=("sites",), shown=_practitioner),
    Table("resources", setup.RESOURCES, "salles et équipements"),
    Table("visit-reasons", setup.REASONS, "motifs de consultation", prefetch=("offers",)),
    Table("opening-hours", setup.HOURS, "horaires", ("settings:read",), ("visit_reasons",), _hours),
    Table("quotas", setup.QUOTAS, "quotas de canaux", ("settings:read",), ("visit_reasons",), _hours),
    Table("absences", setup.ABSENCES, "absences et fermetures", ("settings:read",), shown=_absence),
)


def doors_of(table: Table) -> list[URLPattern]:
    """The collection and the item."""
    shape = SHAPES[table.route]
    partial = Record(shape.writable, partial=True)
    reader, *other_readers = table.read_scopes
    collection = door(
        table.route,
        GET=Operation(table.list, f"Lister les {table.label}", reader, query=PAGING, shows=shape.listing(), or_scopes=tuple(other_readers)),
        POST=Operation(
            table.create,
            f"Créer ({table.label})",
            "settings:write",
            201,
            body=Record(shape.writable),
            shows=shape.schema(),
            refusals=(409, 422),
        ),
    )
    item = door(
        f"{table.route}/<str:id>",
        GET=Operation(
            table.get, f"Lire ({table.label})", reader, find=table.find, shows=shape.schema(), or_scopes=tuple(other_readers)
        ),
        PATCH=Operation(
            table.change, f"Modifier ({table.label})", "settings:write", body=partial, find=table.find, if_match="needed",
            shows=shape.schema(), refusals=(409, 422),
        ),
        DELETE=Operation(
            table.delete, f"Supprimer ({table.label})", "settings:write", 204, find=table.find, if_match="needed", refusals=(409,)
        ),
    )  # fmt: skip
    return [collection, item]
