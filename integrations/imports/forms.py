"""What the owner says about a file: which column is what, who and what its texts are."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agenda.models import Practitioner, VisitReason
from integrations.imports.headings import fields_of
from integrations.imports.names import texts_of
from integrations.imports.reading import Table
from integrations.models.imports import ImportKind, ImportRun

SAMPLE = 5


class FileForm(forms.Form):
    """A file, and what its lines are."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Que contient ce fichier\u00a0?"), choices=ImportKind.choices,
        initial=ImportKind.PATIENTS, widget=forms.RadioSelect,
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("Fichier"),
        help_text=gettext_lazy("CSV (5 Mo et 20 000 lignes au plus), ou iCalendar pour des rendez-vous."),
        error_messages={
            "required": gettext_lazy("Choisissez un fichier, de 5 Mo au plus."),
            "missing": gettext_lazy("Choisissez un fichier, de 5 Mo au plus."),
        },
        widget=forms.FileInput(attrs={"class": "input", "accept": ".csv,.tsv,.txt,.ics,text/csv,text/calendar"}),
    )


class MappingForm(forms.Form):
    """A choice per column of the file; for visits also per practitioner and reason that it names."""

    def __init__(self, run: ImportRun, table: Table, data: Any = None) -> None:
        super().__init__(data)
        self._table, self._run = table, run
        columns = run.mapping["columns"]
        chosen = {number: name for name, number in columns.items()}
        what = [("", _("Ne pas reprendre")), *((field.name, str(field.label)) for field in fields_of(run.kind))]
        for number, heading in enumerate(table.headings):
            self.fields[f"column_{number}"] = _choice(heading, what, chosen.get(number, ""))
        self._texts: dict[str, dict[str, str]] = {"practitioners": {}, "reasons": {}}
        if run.kind == ImportKind.VISITS:
            self._ask_about_visits(columns)

    def _ask_about_visits(self, columns: dict[str, int]) -> None:
        people = [("", _("Personne du cabinet")), *((str(one.id), one.name) for one in Practitioner.objects.filter(deleted_at=None))]
        reasons = [("", _("Sans motif")), *((str(one.id), str(one)) for one in VisitReason.objects.filter(deleted_at=None))]
        self._texts = {
            "practitioners": texts_of(self._table, columns.get("practitioner")),
            "reasons": texts_of(self._table, columns.get("reason")),
        }
        for kind, choices in (("practitioners", people), ("reasons", reasons)):
            said = self._run.mapping.get(kind, {})
            for number, (key, text) in enumerate(self._texts[kind].items()):
                self.fields[f"{kind}_{number}"] = _choice(f"«\u00a0{text[:100]}\u00a0»", choices, said.get(key, ""))
        self.fields["practitioner"] = _choice(
            _("Praticien des lignes qui n’en disent rien"), people, self._run.mapping.get("practitioner", "")
        )
        self.fields["duration"] = forms.IntegerField(
            label=_("Durée des lignes qui n’en disent rien, en minutes"), min_value=1, max_value=24 * 60,
            initial=self._run.mapping.get("duration", 30), widget=forms.NumberInput(attrs={"class": "input"}),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Nothing is told by two columns."""
        cleaned = super().clean() or {}
        seen: dict[str, str] = {}
        for number, heading in enumerate(self._table.headings):
            name = cleaned.get(f"column_{number}")
            if name and name in seen:
                self.add_error(f"column_{number}", _("La colonne «\u00a0%(other)s\u00a0» dit déjà cela.") % {"other": seen[name]})
            elif name:
                seen[name] = heading
        return cleaned

    @property
    def mapping(self) -> dict[str, Any]:
        """What was said, as the verbs take it; only once the form is valid."""
        said = self.cleaned_data
        columns = {said[f"column_{number}"]: number for number in range(len(self._table.headings)) if said[f"column_{number}"]}
        if self._run.kind != ImportKind.VISITS:
            return {"columns": columns}
        texts = {kind: {key: said[f"{kind}_{n}"] for n, key in enumerate(found)} for kind, found in self._texts.items()}
        return {"columns": columns, **texts, "practitioner": said["practitioner"], "duration": said["duration"]}

    def columns(self) -> Iterator[tuple[forms.BoundField, list[str]]]:
        """Each column with what stands in its first lines."""
        for number in range(len(self._table.headings)):
            yield self[f"column_{number}"], [row.cells[number] for row in self._table.rows[:SAMPLE]]

    def people(self) -> list[forms.BoundField]:
        """The practitioners that the file names."""
        return [self[f"practitioners_{number}"] for number in range(len(self._texts["practitioners"]))]

    def reasons(self) -> list[forms.BoundField]:
        """The reasons that it names."""
        return [self[f"reasons_{number}"] for number in range(len(self._texts["reasons"]))]

    def others(self) -> list[forms.BoundField]:
        """What holds for lines that do not say."""
        return [self[name] for name in ("practitioner", "duration") if name in self.fields]


def _choice(label: str, choices: list[tuple[str, str]], initial: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, initial=initial, required=False, widget=forms.Select(attrs={"class": "input"}))
