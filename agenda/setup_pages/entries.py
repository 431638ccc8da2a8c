"""One value (or a few that belong together) of a set-up row, as fields of a form: how it is asked, read, and shown again."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agenda.setup.bounds import BOUNDS
from agenda.setup_pages.choices import Choices, Pair

Words: TypeAlias = str | Promise
Fields = dict[str, forms.Field]
Values = Mapping[str, Any]
_TIME = re.compile(r"\s*(\d{1,2})\s*(?:[:hH.]\s*(\d{2})?)?\s*", re.ASCII)
NOT_A_NUMBER = gettext_lazy("Saisissez un nombre entier.")


@dataclass(frozen=True, slots=True)
class Entry:
    """`names` are the row's values that it asks for; `fields` makes the form's fields, `read` turns what was typed into the values,
    `write` the values into what is shown. A refusal that points at a value is said beside the first field of its entry, or beside the
    field that has the pointer's name."""

    names: tuple[str, ...]
    fields: Callable[[Choices], Fields]
    read: Callable[[Values], dict[str, Any]]
    write: Callable[[Values], dict[str, Any]]


def one(name: str, field: Callable[[Choices], forms.Field], *, empty: Any = None) -> Entry:
    """A value that is one field; `empty` is what nothing typed means."""

    def read(typed: Values) -> dict[str, Any]:
        return {name: empty if typed[name] in (None, "") else typed[name]}

    return Entry((name,), lambda choices: {name: field(choices)}, read, lambda values: {name: values[name]})


class Boxes(forms.CheckboxSelectMultiple):
    """Several boxes in a fieldset that a link of the error summary can reach."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """The fieldset's own id when no box is meant."""
        return id_ if index is None else super().id_for_label(id_, index)


class Times(forms.CharField):
    """A time of the day as people write it: `8:30`, `8h30`, `8h`; minutes from midnight. `24:00` only where a range ends."""

    def __init__(self, *, midnight: bool = False, **kwargs: Any) -> None:
        super().__init__(max_length=10, widget=forms.TextInput({"class": "input", "inputmode": "text", "autocomplete": "off"}), **kwargs)
        self.last = 1440 if midnight else 1439

    def clean(self, value: Any) -> int | None:
        """The minutes; None when nothing is typed and nothing need be."""
        text = super().clean(value)
        if not text:
            return None
        parts = _TIME.fullmatch(text)
        minutes = int(parts[1]) * 60 + int(parts[2] or 0) if parts else -1
        if parts is None or int(parts[2] or 0) > 59 or minutes > self.last:
            raise forms.ValidationError(_("Saisissez une heure, par exemple 8:30."))
        return minutes

    def prepare_value(self, value: Any) -> Any:
        """Minutes as `08:30`; what was typed as it was typed."""
        return clock_text(value) if isinstance(value, int) else value


def clock_text(minutes: int) -> str:
    """`08:30` of minutes from midnight."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _attributes(**more: Any) -> dict[str, Any]:
    return {"class": "input", "autocomplete": "off", **more}


def text(name: str, label: Words, most: int, *, needed: bool = False, hint: Words = "") -> Entry:
    """A line of text."""
    return one(name, lambda _choices: text_field(label, most, needed=needed, hint=hint), empty="")


def text_field(label: Words, most: int, *, needed: bool = False, hint: Words = "") -> forms.CharField:
    """A line of text."""
    messages = {
        "required": _("Ce champ est obligatoire."),
        "max_length": _("Écrivez %(count)d caractères au plus.") % {"count": most},
        "null_characters_not_allowed": _("Ce texte contient un caractère interdit."),
    }
    return forms.CharField(
        label=label, help_text=hint, max_length=most, required=needed, widget=forms.TextInput(_attributes()), error_messages=messages
    )


def number(name: str, label: Words, *, needed: bool = False, hint: Words = "", empty: int | None = None, bounds: str = "") -> Entry:
    """A whole number within the contract's bounds; `empty` is what nothing typed means."""
    return one(name, lambda _choices: number_field(label, bounds or name, needed=needed, hint=hint), empty=empty)


def number_field(label: Words, bounds: str | tuple[int, int], *, needed: bool = False, hint: Words = "") -> forms.IntegerField:
    """A whole number."""
    low, high = BOUNDS[bounds] if isinstance(bounds, str) else bounds
    within = _("Entre %(low)d et %(high)d.") % {"low": low, "high": high}
    messages = {"required": _("Ce champ est obligatoire."), "invalid": NOT_A_NUMBER, "min_value": within, "max_value": within}
    return forms.IntegerField(
        label=label, help_text=hint, min_value=low, max_value=high, required=needed, error_messages=messages,
        widget=forms.NumberInput(_attributes(inputmode="numeric")),
    )  # fmt: skip


def yes(name: str, label: Words, *, hint: Words = "") -> Entry:
    """A box to tick."""
    return one(name, lambda _choices: forms.BooleanField(label=label, help_text=hint, required=False), empty=False)


def choice(name: str, label: Words, options: Iterable[tuple[str, Words]], *, hint: Words = "") -> Entry:
    """One of a few words."""
    return one(name, lambda _choices: choice_field(label, list(options), hint=hint))


def choice_field(label: Words, options: list[tuple[str, Words]], *, needed: bool = True, hint: Words = "") -> forms.ChoiceField:
    """One of a few words."""
    missing = dict.fromkeys(("required", "invalid_choice"), _("Choisissez dans la liste."))
    return forms.ChoiceField(
        label=label, help_text=hint, choices=options, required=needed, widget=forms.Select({"class": "input"}), error_messages=missing
    )


def boxes(name: str, label: Words, options: Iterable[tuple[str, Words]], *, hint: Words = "") -> Entry:
    """Any of a few words."""
    return one(name, lambda _choices: _several(label, list(options), str, hint), empty=[])


def reference(name: str, label: Words, among: Callable[[Choices], list[Pair]], *, needed: bool = True, hint: Words = "") -> Entry:
    """Another row."""

    def field(choices: Choices) -> forms.Field:
        missing = dict.fromkeys(("required", "invalid_choice"), _("Choisissez dans la liste."))
        return forms.TypedChoiceField(
            label=label, help_text=hint, choices=[("", "—"), *among(choices)], coerce=UUID, empty_value=None, required=needed,
            widget=forms.Select({"class": "input"}), error_messages=missing,
        )  # fmt: skip

    return one(name, field)


def references(name: str, label: Words, among: Callable[[Choices], list[Pair]], *, hint: Words = "") -> Entry:
    """Several other rows."""
    return one(name, lambda choices: _several(label, list(among(choices)), UUID, hint), empty=[])


def _several(label: Words, options: list[Any], coerce: Callable[[str], Any], hint: Words) -> forms.TypedMultipleChoiceField:
    messages = dict.fromkeys(("invalid_choice", "invalid_list"), _("Choisissez dans la liste."))
    return forms.TypedMultipleChoiceField(
        label=label, help_text=hint, choices=options, coerce=coerce, required=False, empty_value=[], widget=Boxes(), error_messages=messages
    )


def day(name: str, label: Words, *, hint: Words = "") -> Entry:
    """A date, or none."""
    return one(name, lambda _choices: day_field(label, hint=hint))


def day_field(label: Words, *, needed: bool = False, hint: Words = "") -> forms.DateField:
    """A date."""
    messages = {"required": _("Saisissez une date."), "invalid": _("Saisissez une date, par exemple 24/11/2026.")}
    return forms.DateField(
        label=label, help_text=hint, required=needed, input_formats=["%Y-%m-%d", "%d/%m/%Y"], error_messages=messages,
        widget=forms.DateInput({"class": "input", "type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
