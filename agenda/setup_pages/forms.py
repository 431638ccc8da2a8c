"""The one form of all settings pages: made of a section's entries."""

from typing import Any

from django import forms

from agenda.setup_pages.choices import Choices
from agenda.setup_pages.entries import Entry
from agenda.setup_pages.section import Group, Section
from medidesk.errors import MediDeskError


class SetupForm(forms.Form):
    """What is typed for one row; `version` is that of the row when it was shown."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, section: Section, choices: Choices, data: Any = None, *, values: dict[str, Any] | None = None, version: int = 0
    ) -> None:
        shown = {name: value for entry in section.entries for name, value in entry.write(values).items()} if values else {}
        super().__init__(data, initial=shown | {"version": version or None})
        self.section = section
        self.owners: dict[str, Entry] = {}
        for entry in section.entries:
            for name, field in entry.fields(choices).items():
                self.fields[name] = field
                self.owners[name] = entry

    @property
    def groups(self) -> list[tuple[Group, list[forms.BoundField]]]:
        """Each group with its fields, in their order."""
        found = []
        for group in self.section.groups:
            fields = [self[name] for name, owner in self.owners.items() if owner in group.entries]
            found.append((group, fields))
        return found

    def clean(self) -> dict[str, Any]:
        """What was typed; values that cannot be put together are said beside their first field."""
        typed = self.cleaned_data
        self.row_values: dict[str, Any] = {}
        for entry in self.section.entries:
            mine = [name for name, owner in self.owners.items() if owner is entry]
            if any(name in self.errors for name in mine):
                continue
            try:
                self.row_values |= entry.read({name: typed[name] for name in mine})
            except forms.ValidationError as error:
                self.add_error(mine[0], error)
        return typed

    def blame(self, error: MediDeskError) -> None:
        """Put a verb's refusal beside the field that it points at, or at the head of the form."""
        parts = (error.pointer or "").strip("/").split("/")
        named = next(("_".join(parts[:n]) for n in range(len(parts), 0, -1) if "_".join(parts[:n]) in self.fields), None)
        named = named or next((name for name, owner in self.owners.items() if parts[0] in owner.names), None)
        self.add_error(named, forms.ValidationError(error.message))
