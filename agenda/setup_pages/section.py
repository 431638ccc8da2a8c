"""What a page of the settings is made of: a kind of set-up row, its words, its fields in groups, its line in a list."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from agenda import setup
from agenda.setup_pages import lines
from agenda.setup_pages.choices import Choices, Pair, pairs
from agenda.setup_pages.entries import Entry, Words


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one legend; `in_threes` when three of them make a line."""

    legend: Words
    entries: tuple[Entry, ...]
    hint: Words = ""
    in_threes: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One kind on its pages. `line` says a row in a list; `saved` and `gone` what the change means; `is_single` rows are only changed."""

    slug: str
    kind: setup.Kind
    title: Words
    hint: Words
    new: Words
    groups: tuple[Group, ...]
    saved: Words
    gone: Words = ""
    line: Callable[[Any, Choices], lines.Line] = lines.named
    prefetch: tuple[str, ...] = ()
    order: tuple[str, ...] = ("id",)
    is_single: bool = False
    icon: str = "settings"
    entries: tuple[Entry, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "entries", tuple(entry for group in self.groups for entry in group.entries))


def sites(choices: Choices) -> list[Pair]:
    """For fields that choose among sites."""
    return pairs(choices.sites)


def people(choices: Choices) -> list[Pair]:
    """Among practitioners."""
    return pairs(choices.practitioners)


def reasons(choices: Choices) -> list[Pair]:
    """Among reasons."""
    return pairs(choices.reasons)
