"""What a resource looks like on the wire: its writable fields, and what else is shown."""

from dataclasses import dataclass, field
from typing import Any

from medidesk.api.fields import Field
from medidesk.api.kinds import Schema

ID: Schema = {"type": "string"}
NULLABLE_ID: Schema = {"type": ["string", "null"]}
TEXT: Schema = {"type": "string"}
NULLABLE_TEXT: Schema = {"type": ["string", "null"]}
INSTANT: Schema = {"type": "string", "format": "date-time"}
INTEGER: Schema = {"type": "integer"}
BOOLEAN: Schema = {"type": "boolean"}


def list_of(schema: Schema) -> Schema:
    """An array of that."""
    return {"type": "array", "items": schema}


def object_of(**properties: Schema) -> Schema:
    """An object that always has all of these."""
    return {"type": "object", "properties": properties, "required": list(properties)}


@dataclass(frozen=True)
class Shape:
    """A resource: `writable` fields are shown under the same names unless `shown` says otherwise; id, version, updated_at are added."""

    name: str
    writable: tuple[Field, ...]
    shown: dict[str, Schema] = field(default_factory=dict)
    versioned: bool = True

    def schema(self) -> Schema:
        """One of them, as answered."""
        always: dict[str, Any] = {"id": ID}
        if self.versioned:
            always |= {"version": {"type": "integer", "minimum": 1}, "updated_at": INSTANT}
        properties = {**always, **{one.name: one.schema() for one in self.writable}, **self.shown}
        return {"title": self.name, **object_of(**properties)}

    def listing(self) -> Schema:
        """A page of them; a deleted row, shown under `changed_since`, says when."""
        one = self.schema()
        rows = {**one, "properties": {**one["properties"], "deleted_at": INSTANT}}
        return object_of(results=list_of(rows), next=NULLABLE_TEXT)
