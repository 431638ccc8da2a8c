"""The statements that write one row of a model, for `medidesk.db.prepared.run`, and rows read by a statement of one's own."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import orjson
from django.db import connection
from django.db.models import JSONField, Model
from psycopg2.extras import Json

from medidesk.db.prepared import Statement, run

Row = TypeVar("Row", bound=Model)
_Columns = list[tuple[str, str, bool]]  # column, attribute, is it JSON?
_inserts: dict[type[Model], tuple[str, _Columns]] = {}


def insert_of(row: Model) -> Statement:
    """The INSERT of a new row; an id that Postgres counts itself is left to it. The row counts as saved from now on."""
    model = type(row)
    if model not in _inserts:
        _inserts[model] = _insert(model)
    sql, columns = _inserts[model]
    row._state.adding, row._state.db = False, connection.alias
    return sql, _values(row, columns)


def update_of(row: Model, fields: Sequence[str]) -> Statement:
    """The UPDATE of these fields of a row."""
    sql, columns = _update(type(row), fields)
    return sql, [*_values(row, columns), row.pk]


def columns_of(model: type[Model]) -> str:
    """The columns that a statement answers for `rows_read`, in their order."""
    return ", ".join(f'"{column}"' for column, _, _ in _columns(model).values())


def rows_read(model: type[Row], sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[Row]:
    """The rows that a statement answers under `columns_of`; prepared, where a queryset's is understood and planned at each use."""
    columns = list(_columns(model).values())
    names = [attribute for _, attribute, _ in columns]
    places = [number for number, (_, _, is_json) in enumerate(columns) if is_json]
    found = []
    for answered in run((sql, values)):
        read = list(answered)
        for place in places:
            read[place] = orjson.loads(read[place]) if isinstance(read[place], str) else read[place]
        found.append(model.from_db(connection.alias, names, read))
    return found


def _values(row: Model, columns: _Columns) -> list[Any]:
    found = ((getattr(row, attribute), is_json) for _, attribute, is_json in columns)
    return [Json(value, dumps=to_json) if is_json and value is not None else value for value, is_json in found]


def to_json(value: Any) -> str:
    """JSON for the driver, four times faster than its own."""
    return orjson.dumps(value).decode()


def _insert(model: type[Model]) -> tuple[str, _Columns]:
    columns = [column for column in _columns(model).values() if column[0] != _counted(model)]
    names, places = ", ".join(f'"{column}"' for column, _, _ in columns), ", ".join(["%s"] * len(columns))
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})', columns


def _update(model: type[Model], fields: Sequence[str]) -> tuple[str, _Columns]:
    columns = [_columns(model)[name] for name in fields]
    changes = ", ".join(f'"{column}" = %s' for column, _, _ in columns)
    return f'UPDATE "{model._meta.db_table}" SET {changes} WHERE id = %s', columns


def _columns(model: type[Model]) -> dict[str, tuple[str, str, bool]]:
    return {field.name: (field.column, field.attname, isinstance(field, JSONField)) for field in model._meta.concrete_fields}


def _counted(model: type[Model]) -> str | None:
    """The column that a sequence fills."""
    return model._meta.auto_field.column if model._meta.auto_field else None
