"""The kinds of values that travel: how each is read from JSON or from a query, and how OpenAPI describes it.

Only the shape is looked at here: whether a thing exists or a rule allows it is for the verbs.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

Schema = dict[str, Any]
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})?", re.ASCII)
LAST_YEAR = 5000  # minutes since the epoch stay below 2**31 for another thousand years
_WALL_TIME = re.compile(r"(\d{2}):(\d{2})", re.ASCII)


class WrongType(ValueError):
    """The value is of another type, or cannot be parsed: 400."""


class Impossible(ValueError):
    """Well-formed, but no such value can be: 422 with this code and sentence."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def unknown_reference() -> Impossible:
    """The id names nothing in this cabinet."""
    return Impossible("unknown-reference", _("Cet identifiant n’existe pas."))


class Kind:
    """A kind of value. `read` takes what JSON gave, `read_text` what a query gave; both raise WrongType or Impossible."""

    def read(self, value: Any) -> Any:
        """The value as Python knows it."""
        raise NotImplementedError

    def read_text(self, text: str) -> Any:
        """The value out of a query."""
        return self.read(text)

    def schema(self) -> Schema:
        """JSON Schema 2020-12."""
        raise NotImplementedError


@dataclass(frozen=True)
class Text(Kind):
    """A text without NUL, trimmed. `pattern` is matched whole; `code` names what is wrong when it does not match."""

    max_length: int
    min_length: int = 0
    pattern: str = ""
    code: str = "format-not-valid"

    def read(self, value: Any) -> str:
        """The trimmed text."""
        if not isinstance(value, str):
            raise WrongType(_("Un texte est attendu."))
        text = value.strip()
        if "\0" in text:
            raise Impossible("text-not-valid", _("Ce texte contient un caractère interdit."))
        if len(text) < self.min_length:
            raise Impossible("required", _("Ce champ est obligatoire."))
        if len(value) > self.max_length:
            raise Impossible("too-long", _("Au plus %(count)d caractères.") % {"count": self.max_length})
        if self.pattern and text and not re.fullmatch(self.pattern, text):
            raise Impossible(self.code, _("Cette écriture n’est pas valable."))
        return text

    def schema(self) -> Schema:
        """A string with its bounds."""
        schema: Schema = {"type": "string", "maxLength": self.max_length}
        if self.min_length:
            schema["minLength"] = self.min_length
        if self.pattern:
            schema["pattern"] = f"^({self.pattern})$"
        return schema


@dataclass(frozen=True)
class Choice(Kind):
    """One of a few words."""

    values: Sequence[str]

    def read(self, value: Any) -> str:
        """The word."""
        if not isinstance(value, str):
            raise WrongType(_("Un texte est attendu."))
        if value not in self.values:
            raise Impossible("not-a-choice", _("Valeurs possibles : %(values)s.") % {"values": ", ".join(self.values)})
        return value

    def schema(self) -> Schema:
        """An enumeration."""
        return {"type": "string", "enum": list(self.values)}


@dataclass(frozen=True)
class Integer(Kind):
    """A whole number within bounds."""

    minimum: int
    maximum: int

    def read(self, value: Any) -> int:
        """The number; `30.0` is one, `true` is not."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if type(value) is not int:
            raise WrongType(_("Un nombre entier est attendu."))
        if not self.minimum <= value <= self.maximum:
            limits = {"low": self.minimum, "high": self.maximum}
            raise Impossible("out-of-bounds", _("Entre %(low)d et %(high)d.") % limits)
        return value

    def read_text(self, text: str) -> int:
        """The number out of a query."""
        if not re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
            raise WrongType(_("Un nombre entier est attendu."))
        return self.read(int(text))

    def schema(self) -> Schema:
        """An integer with its bounds."""
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True)
class Boolean(Kind):
    """True or false."""

    def read(self, value: Any) -> bool:
        """The truth value."""
        if not isinstance(value, bool):
            raise WrongType(_("true ou false est attendu."))
        return value

    def schema(self) -> Schema:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class Day(Kind):
    """A date of the cabinet's calendar, `YYYY-MM-DD`; `last_year` is more where nothing is reckoned from the date."""

    last_year: int = 9000

    def read(self, value: Any) -> date:
        """The date."""
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise WrongType(_("Une date AAAA-MM-JJ est attendue."))
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise Impossible("date-not-valid", _("Cette date n’existe pas.")) from None
        if not 1800 <= day.year <= self.last_year:
            raise Impossible("date-not-valid", _("Cette date est hors du calendrier."))
        return day

    def schema(self) -> Schema:
        """A full-date."""
        return {"type": "string", "format": "date"}


@dataclass(frozen=True)
class Instant(Kind):
    """An instant, RFC 3339 with its offset."""

    def read(self, value: Any) -> datetime:
        """The instant, in UTC: Postgres knows fewer offsets than people write."""
        if not isinstance(value, str) or not (parts := _INSTANT.fullmatch(value)):
            raise WrongType(_("Un instant RFC 3339 avec son décalage est attendu."))
        if not parts.group(3):
            raise Impossible("offset-missing", _("Le décalage horaire manque (par exemple +01:00)."))
        try:
            instant = datetime.fromisoformat(value.upper().replace(",", ".")).astimezone(UTC)
        except (ValueError, OverflowError):
            raise Impossible("instant-not-valid", _("Cet instant n’existe pas.")) from None
        if not 1900 <= instant.year <= LAST_YEAR:
            raise Impossible("instant-not-valid", _("Cet instant est hors du calendrier."))
        return instant

    def read_text(self, text: str) -> datetime:
        """The instant out of a query, where an unescaped `+` arrives as a space."""
        return self.read(re.sub(r" (\d{2}:\d{2})$", r"+\1", text))

    def schema(self) -> Schema:
        """A date-time."""
        return {"type": "string", "format": "date-time"}


@dataclass(frozen=True)
class DayOrInstant(Kind):
    """A date, or an instant: where a window may begin or end at either."""

    def read(self, value: Any) -> date | datetime:
        """The date or the aware datetime."""
        return Day().read(value) if isinstance(value, str) and _DAY.fullmatch(value) else Instant().read(value)

    def read_text(self, text: str) -> date | datetime:
        """The same out of a query."""
        return Day().read(text) if _DAY.fullmatch(text) else Instant().read_text(text)

    def schema(self) -> Schema:
        """Either format."""
        return {"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]}


@dataclass(frozen=True)
class WallTime(Kind):
    """`HH:MM` of the cabinet's clock, as minutes from midnight; `24:00` only where a range may end."""

    midnight: bool = False

    def read(self, value: Any) -> int:
        """Minutes from midnight."""
        if not isinstance(value, str) or not (parts := _WALL_TIME.fullmatch(value)):
            raise WrongType(_("Une heure HH:MM est attendue."))
        hours, minutes = int(parts.group(1)), int(parts.group(2))
        if minutes > 59 or hours * 60 + minutes > (1440 if self.midnight else 1439):
            raise Impossible("time-not-valid", _("Cette heure n’existe pas."))
        return hours * 60 + minutes

    def schema(self) -> Schema:
        """A text of five characters."""
        return {"type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]" + ("|24:00" if self.midnight else "") + ")$"}


@dataclass(frozen=True)
class Id(Kind):
    """The opaque id of another thing; whether it exists is for the verb to say."""

    of: str

    def read(self, value: Any) -> UUID:
        """The id; a text that cannot be one is an unknown reference."""
        if not isinstance(value, str):
            raise WrongType(_("Un identifiant est attendu."))
        if not _UUID.fullmatch(value):
            raise unknown_reference()
        return UUID(value)

    def schema(self) -> Schema:
        """An opaque text."""
        return {"type": "string", "maxLength": 64, "description": f"id: {self.of}"}
