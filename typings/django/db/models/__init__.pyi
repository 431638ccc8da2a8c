# The members of a TextChoices are members of an enumeration and strings, not the tuples they are written as.
import enum
from typing import Any

class _ChoicesMeta(enum.EnumMeta):
    choices: list[tuple[Any, str]]
    labels: list[str]
    values: list[Any]

class TextChoices(str, enum.Enum, metaclass=_ChoicesMeta):
    _value_: str
    @property
    def label(self) -> str: ...

class IntegerChoices(int, enum.Enum, metaclass=_ChoicesMeta):
    _value_: int
    @property
    def label(self) -> str: ...

def __getattr__(name: str) -> Any: ...
