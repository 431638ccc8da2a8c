"""What the desk's people fill in to find a place for a family or a care path."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agenda.bundles.wishes import MOST_DAYS
from agenda.models import Bundle, Practitioner, VisitReason

ROWS, PREFIX = 4, "r"
USUAL_DAYS = 14
UNITS = ((1, gettext_lazy("minutes")), (60, gettext_lazy("heures")), (1440, gettext_lazy("jours")))
ARRANGEMENTS = (("in_turn", gettext_lazy("l’un après l’autre")), ("at_once", gettext_lazy("en même temps")))


def _input(**attributes: str) -> dict[str, str]:
    return {"class": "input", **attributes}


class BundleForm(forms.Form):
    """What holds the visits together, when, and how far apart."""

    genre = forms.ChoiceField(label=gettext_lazy("Pour"), choices=Bundle.Kind.choices, widget=forms.Select(attrs=_input()))
    ordre = forms.ChoiceField(label=gettext_lazy("Les rendez-vous"), choices=ARRANGEMENTS, widget=forms.Select(attrs=_input()))
    du = forms.DateField(label=gettext_lazy("Du"), widget=forms.DateInput(format="%Y-%m-%d", attrs=_input(type="date")))
    au = forms.DateField(label=gettext_lazy("Au"), widget=forms.DateInput(format="%Y-%m-%d", attrs=_input(type="date")))
    au_moins = forms.IntegerField(label=gettext_lazy("Écart, au moins"), min_value=0, widget=forms.NumberInput(attrs=_input()))
    au_plus = forms.IntegerField(label=gettext_lazy("Écart, au plus"), min_value=0, widget=forms.NumberInput(attrs=_input()))
    unite = forms.TypedChoiceField(label=gettext_lazy("en"), choices=UNITS, coerce=int, widget=forms.Select(attrs=_input()))

    def clean(self) -> dict[str, Any]:
        """The window and the gaps make sense together."""
        data = super().clean() or {}
        if "du" in data and "au" in data and not timedelta(0) <= data["au"] - data["du"] < timedelta(days=MOST_DAYS):
            self.add_error("au", _("La période va de son premier à son dernier jour, 92 jours au plus."))
        if "au_moins" in data and "au_plus" in data and data["au_plus"] < data["au_moins"]:
            self.add_error("au_plus", _("L’écart le plus grand est au moins le plus petit."))
        return data


def first_values(today: date) -> dict[str, Any]:
    """What the form shows first."""
    last = today + timedelta(days=USUAL_DAYS)
    return {"genre": "family", "ordre": "in_turn", "du": today, "au": last, "au_moins": 0, "au_plus": 30, "unite": 1}


class RowForm(forms.Form):
    """One member; a row without a reason does not count. Without a patient: the first row's."""

    q = forms.CharField(label=gettext_lazy("Chercher un patient"), required=False, max_length=100, widget=forms.TextInput(attrs=_input()))
    patient = forms.ChoiceField(label=gettext_lazy("Patient"), required=False, widget=forms.Select(attrs=_input()))
    motif = forms.ChoiceField(label=gettext_lazy("Motif"), required=False, widget=forms.Select(attrs=_input()))
    praticien = forms.ChoiceField(label=gettext_lazy("Praticien"), required=False, widget=forms.Select(attrs=_input()))

    def __init__(
        self, *args: Any, reasons: Iterable[VisitReason], practitioners: Sequence[Practitioner], patients: Iterable[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        names = [(str(one.id), f"{one.name}, {one.birth_date:%d/%m/%Y}" if one.birth_date else one.name) for one in patients]
        self.fields["patient"].choices = names or [("", _("à chercher") if self.prefix == f"{PREFIX}0" else _("comme le premier"))]
        self.fields["motif"].choices = [("", "—"), *((str(one.id), str(one)) for one in reasons)]
        self.fields["praticien"].choices = [("", _("peu importe")), *((str(one.id), one.name) for one in practitioners)]
