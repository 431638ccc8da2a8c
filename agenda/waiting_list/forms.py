"""What somebody who waits, or the desk for them, fills in: days and half-days that suit, dates, with whom."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from agenda.models import Practitioner, Priority, VisitReason, WaitingListEntry, WaitingListRules

NOON, MIDNIGHT = 720, 1440
WEEK = range(7)
DAYS = [
    ("0", _("Lundi")), ("1", _("Mardi")), ("2", _("Mercredi")), ("3", _("Jeudi")), ("4", _("Vendredi")), ("5", _("Samedi")),
]  # fmt: skip
HALVES = {"matin": (0, NOON), "apres-midi": (NOON, MIDNIGHT)}


def _date(label: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"class": "input", "type": "date"})
    return forms.DateField(label=label, required=False, widget=widget, error_messages={"invalid": _("Saisissez une date.")})


class WishForm(forms.Form):
    """The wish. `reasons` None leaves the reason out: a visit that exists decides it."""

    use_required_attribute = False

    motif = forms.ChoiceField(
        label=_("Motif"), widget=forms.Select(attrs={"class": "input"}), error_messages={"required": _("Choisissez un motif.")}
    )
    praticiens = forms.MultipleChoiceField(label=_("Avec qui\u00a0?"), required=False, widget=forms.CheckboxSelectMultiple)
    jours = forms.MultipleChoiceField(label=_("Quels jours\u00a0?"), required=False, choices=DAYS, widget=forms.CheckboxSelectMultiple)
    moments = forms.MultipleChoiceField(
        label=_("À quel moment\u00a0?"), required=False, choices=[("matin", _("Matin")), ("apres-midi", _("Après-midi"))],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    du = _date(_("À partir du"))
    au = _date(_("Jusqu’au"))

    def __init__(self, *args: Any, reasons: Sequence[VisitReason] | None, practitioners: Iterable[Practitioner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if reasons is None:
            del self.fields["motif"]
        else:
            self.fields["motif"].choices = [("", _("Choisissez")), *((str(one.id), str(one)) for one in reasons)]
        self.fields["praticiens"].choices = [(str(one.id), one.name) for one in practitioners]

    @property
    def wish(self) -> dict[str, Any]:
        """The values for the verbs, once valid."""
        cleaned = self.cleaned_data
        values = {
            "practitioners": [UUID(one) for one in cleaned["praticiens"]],
            "from_date": cleaned["du"],
            "until_date": cleaned["au"],
            "windows": windows_of(cleaned["jours"], cleaned["moments"]),
        }
        return values | ({"visit_reason_id": UUID(cleaned["motif"])} if "motif" in cleaned else {})


class DeskWishForm(WishForm):
    """The wish as the desk writes it: with its hurry and a note."""

    priorite = forms.ChoiceField(
        label=_("Priorité"), choices=Priority.choices, initial=Priority.NORMAL, widget=forms.Select(attrs={"class": "input"})
    )
    note = forms.CharField(
        label=_("Note administrative"), required=False, max_length=300,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )  # fmt: skip

    @property
    def wish(self) -> dict[str, Any]:
        """With the hurry and the note."""
        return super().wish | {"priority": self.cleaned_data["priorite"], "note": self.cleaned_data["note"].strip()}

    @classmethod
    def initial_of(cls, entry: WaitingListEntry) -> dict[str, Any]:
        """The present values."""
        days, halves = halves_of(entry)
        return {
            "motif": str(entry.visit_reason_id), "praticiens": [str(one) for one in entry.practitioners], "du": entry.from_date,
            "au": entry.until_date, "priorite": entry.priority, "note": entry.note, "jours": days, "moments": halves,
        }  # fmt: skip


class RulesForm(forms.ModelForm):
    """How the cabinet offers freed times."""

    class Meta:
        model = WaitingListRules
        fields = ("automatic", "lead_minutes", "answer_minutes", "near_answer_minutes", "near_hours")
        widgets = {name: forms.NumberInput(attrs={"class": "input num"}) for name in fields[1:]}


def windows_of(days: Sequence[str], halves: Sequence[str]) -> list[dict[str, Any]]:
    """The windows that these days and half-days make; none when everything suits."""
    whole = len(halves) in (0, len(HALVES))
    if whole and not days:
        return []
    start, end = (0, MIDNIGHT) if whole else HALVES[halves[0]]
    return [{"weekdays": [int(day) for day in days] or list(WEEK), "start": start, "end": end}]


def halves_of(entry: WaitingListEntry) -> tuple[list[str], list[str]]:
    """The days and half-days that make the entry's windows; nothing when they were written more finely elsewhere."""
    for half in ([], ["matin"], ["apres-midi"]):
        days = [str(day) for day in (entry.windows[0]["weekdays"] if entry.windows else [])]
        days = [] if len(days) == len(WEEK) else days
        if windows_of(days, half) == entry.windows:
            return days, half
    return [], []
