"""Bodies: named fields, lists and objects, and everything that is wrong with them told at once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from medidesk.api.kinds import Impossible, Kind, Schema, WrongType

REQUIRED = object()


@dataclass(frozen=True)
class Flaw:
    """One thing wrong with a request, and where; `malformed` makes it a 400."""

    pointer: str
    code: str
    detail: str
    malformed: bool = field(default=False, compare=False)


class Flawed(ValueError):
    """Several values are wrong, each with its pointer from here."""

    def __init__(self, flaws: list[Flaw]) -> None:
        super().__init__("flawed")
        self.flaws = flaws


def read_into(flaws: list[Flaw], pointer: str, read: Callable[[Any], Any], value: Any) -> Any:
    """The value read; what is wrong with it is added to `flaws` under its pointer."""
    try:
        return read(value)
    except WrongType as error:
        flaws.append(Flaw(pointer, "wrong-type", str(error), malformed=True))
    except Impossible as error:
        flaws.append(Flaw(pointer, error.code, error.detail))
    except Flawed as error:
        flaws.extend(Flaw(pointer + flaw.pointer, flaw.code, flaw.detail, flaw.malformed) for flaw in error.flaws)
    return None


def _escaped(name: str) -> str:
    """A member's name inside a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


@dataclass(frozen=True)
class ListOf(Kind):
    """A list of one kind; `distinct` refuses repeats. In a query: separated by commas."""

    kind: Kind
    max_items: int = 200
    distinct: bool = True

    def read(self, value: Any) -> list[Any]:
        """The items in their order; raises Flawed with the pointers of those that are wrong."""
        if not isinstance(value, list):
            raise WrongType(_("Une liste est attendue."))
        if len(value) > self.max_items:
            raise Impossible("too-many", _("Au plus %(count)d éléments.") % {"count": self.max_items})
        flaws: list[Flaw] = []
        items = [read_into(flaws, f"/{index}", self.kind.read, item) for index, item in enumerate(value)]
        if flaws:
            raise Flawed(flaws)
        if self.distinct and any(item in items[:index] for index, item in enumerate(items)):
            raise Impossible("repeated", _("Un élément est répété."))
        return items

    def read_text(self, text: str) -> list[Any]:
        """The items out of a query."""
        parts = [part for part in text.split(",") if part]
        if len(parts) > self.max_items:
            raise Impossible("too-many", _("Au plus %(count)d éléments.") % {"count": self.max_items})
        return [self.kind.read_text(part) for part in parts]

    def schema(self) -> Schema:
        """An array."""
        return {"type": "array", "items": self.kind.schema(), "maxItems": self.max_items}


@dataclass(frozen=True)
class Field:
    """A named value of a body. `default` holds for absent and null; without one the field is required."""

    name: str
    kind: Kind
    default: Any = REQUIRED
    doc: str = ""

    @property
    def required(self) -> bool:
        """Must it be there?"""
        return self.default is REQUIRED

    def schema(self) -> Schema:
        """The kind's schema, null allowed where it means the default."""
        schema = self.kind.schema()
        if not self.required:
            schema = {"anyOf": [schema, {"type": "null"}]}
        return {**schema, "description": self.doc} if self.doc else schema


@dataclass(frozen=True)
class Record(Kind):
    """An object with fields of its own."""

    fields: tuple[Field, ...]
    partial: bool = False

    def read(self, value: Any) -> dict[str, Any]:
        """The fields that are there (and, unless partial, the defaults of the others); raises Flawed with every flaw."""
        if not isinstance(value, dict):
            raise WrongType(_("Un objet est attendu."))
        known = {one.name: one for one in self.fields}
        flaws = [
            Flaw(f"/{_escaped(name)}", "not-writable", _("Ce champ n’existe pas ou ne s’écrit pas.")) for name in value if name not in known
        ]
        read: dict[str, Any] = {}
        for name, one in known.items():
            if value.get(name) is not None:
                read[name] = read_into(flaws, f"/{name}", one.kind.read, value[name])
            elif name in value or not self.partial:
                self._read_nothing(one, name in value, read, flaws)
        if flaws:
            raise Flawed(flaws)
        return read

    def _read_nothing(self, one: Field, is_null: bool, read: dict[str, Any], flaws: list[Flaw]) -> None:
        if not one.required:
            read[one.name] = one.default() if callable(one.default) else one.default
        elif is_null:
            flaws.append(Flaw(f"/{one.name}", "wrong-type", _("Ce champ ne peut pas être null."), malformed=True))
        else:
            flaws.append(Flaw(f"/{one.name}", "required", _("Ce champ est obligatoire.")))

    def schema(self) -> Schema:
        """An object that admits no other field."""
        properties = {one.name: one.schema() for one in self.fields}
        required = [] if self.partial else [one.name for one in self.fields if one.required]
        schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        return {**schema, "required": required} if required else schema
