"""What the desk's people fill in to plan a series."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agenda.models import Practitioner, VisitReason
from agenda.series.patterns import MOST_OCCURRENCES, Pattern

WEEKDAYS = tuple(
    enumerate(
        (
            gettext_lazy("lundi"), gettext_lazy("mardi"), gettext_lazy("mercredi"), gettext_lazy("jeudi"), gettext_lazy("vendredi"),
            gettext_lazy("samedi"), gettext_lazy("dimanche"),
        )
    )
)  # fmt: skip
RHYTHMS = (
    (1, gettext_lazy("chaque semaine")), (2, gettext_lazy("une semaine sur deux")), (3, gettext_lazy("une semaine sur trois")),
    (4, gettext_lazy("une semaine sur quatre")),
)  # fmt: skip
USUAL_COUNT = 6


def _input(**attributes: str) -> dict[str, str]:
    return {"class": "input", **attributes}


class SeriesForm(forms.Form):
    """Which days, at what time, how many times."""

    motif = forms.ChoiceField(label=gettext_lazy("Motif"), widget=forms.Select(attrs=_input()))
    praticien = forms.ChoiceField(label=gettext_lazy("Praticien"), widget=forms.Select(attrs=_input()))
    jours = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Jours"), choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choisissez au moins un jour.")},
    )  # fmt: skip
    heure = forms.TimeField(
        label=gettext_lazy("Heure"), widget=forms.TimeInput(format="%H:%M", attrs=_input(type="time", step="300")),
        error_messages={"required": gettext_lazy("Saisissez l’heure.")},
    )  # fmt: skip
    du = forms.DateField(
        label=gettext_lazy("À partir du"), widget=forms.DateInput(format="%Y-%m-%d", attrs=_input(type="date")),
        error_messages={"required": gettext_lazy("Saisissez le premier jour.")},
    )  # fmt: skip
    nombre = forms.IntegerField(
        label=gettext_lazy("Nombre de séances"), min_value=1, max_value=MOST_OCCURRENCES, widget=forms.NumberInput(attrs=_input()),
        error_messages={
            "required": gettext_lazy("Saisissez le nombre de séances."), "min_value": gettext_lazy("Au moins une séance."),
            "max_value": gettext_lazy("Une série compte %(limit_value)s séances au plus."),
        },
    )  # fmt: skip
    rythme = forms.TypedChoiceField(
        label=gettext_lazy("Rythme"), choices=RHYTHMS, coerce=int, widget=forms.Select(attrs=_input())
    )  # fmt: skip

    def __init__(self, *args: Any, reasons: Iterable[VisitReason], practitioners: Sequence[Practitioner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["motif"].choices = [(str(one.id), str(one)) for one in reasons]
        self.fields["praticien"].choices = [(str(one.id), one.name) for one in practitioners]

    @property
    def pattern(self) -> Pattern:
        """The times as they were said."""
        data = self.cleaned_data
        minute = data["heure"].hour * 60 + data["heure"].minute
        return Pattern(data["du"], tuple(data["jours"]), minute, data["nombre"], data["rythme"])


class AddForm(forms.Form):
    """One more visit of a series."""

    date = forms.DateField(label=gettext_lazy("Jour"), widget=forms.DateInput(format="%Y-%m-%d", attrs=_input(type="date")))
    heure = forms.TimeField(label=gettext_lazy("Heure"), widget=forms.TimeInput(format="%H:%M", attrs=_input(type="time", step="300")))


def first_values(day: date, at: datetime | None = None) -> dict[str, Any]:
    """What the form shows first: the day and time of a visit from which one plans, when there is one."""
    values: dict[str, Any] = {"du": day, "nombre": USUAL_COUNT, "rythme": 1}
    return values | ({"jours": [at.weekday()], "heure": at.time()} if at else {})


def chosen_starts(data: Any, count: int) -> list[datetime]:
    """The starts that were chosen in the preview, ascending; lines left out are not among them. Raises ValidationError."""
    starts = []
    for number in range(1, count + 1):
        text = data.get(f"debut_{number}", "")
        try:
            start = datetime.fromisoformat(text) if text else None
        except ValueError:
            start = None
        if start is not None and start.tzinfo is not None:
            starts.append(start)
    if not starts:
        raise forms.ValidationError(_("Choisissez au moins une heure."))
    return sorted(starts)
