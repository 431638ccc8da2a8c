"""A patient on the wire, field by field."""

from medidesk.api.fields import Field, Record
from medidesk.api.kinds import Boolean, Choice, Day, Text
from medidesk.api.shapes import BOOLEAN, ID, Shape, list_of
from patients.models import Sex

_NAMES = (Field("birth_name", Text(100), ""), Field("used_name", Text(100), ""), Field("first_names", Text(100, 1)))
_CONTACT = (
    Field("sex", Choice(Sex.values), Sex.UNKNOWN.value),
    Field("email", Text(254), ""),
    Field("phone", Text(40), "", doc="toute écriture ; rendu en E.164"),
    Field("language", Text(5, 2, "[a-z]{2}(-[A-Z]{2})?", "language-not-valid"), "fr"),
)
# What somebody says to be when booking; the contact is checked by the verb.
DETAILS = Record((*_NAMES, Field("birth_date", Day()), *_CONTACT))

PATIENT = Shape(
    "Patient",
    (*_NAMES, Field("birth_date", Day(), None), *_CONTACT),
    shown={"known": BOOLEAN, "provisional": BOOLEAN, "duplicates_of": list_of(ID)},
)
# `known` is the cabinet's own word: only its keys may write it.
KNOWN = Field("known", Boolean(), None, doc="clés du cabinet : déjà suivi ici")
