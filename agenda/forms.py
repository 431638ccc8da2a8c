"""What the desk's people fill in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agenda.free_times.rules import BY_CODE
from agenda.models import Practitioner
from medidesk.errors import MediDeskError


@dataclass(frozen=True, slots=True)
class Insistence:
    """What stands in the way, and whether a motive would pass over it."""

    details: tuple[str, ...]
    possible: bool


def insistence_for(error: MediDeskError) -> Insistence:
    """What the refusal of a verb leaves to the desk."""
    found = error.facts.get("refusals") or [{"code": error.code, "detail": error.message}]
    possible = all(one["code"] in BY_CODE and BY_CODE[one["code"]].staff != "refuse" for one in found)
    return Insistence(tuple(one["detail"] for one in found), possible)


def chosen_time(text: str) -> tuple[UUID, datetime, UUID | None] | None:
    """The practitioner, start and site that an offered time names; None for anything else."""
    parts = text.split("|")
    if len(parts) != 3:
        return None
    try:
        start = datetime.fromisoformat(parts[1])
        return (UUID(parts[0]), start, UUID(parts[2]) if parts[2] else None) if start.tzinfo else None
    except ValueError:
        return None


def _input(**attributes: str) -> dict[str, str]:
    return {"class": "input", **attributes}


class MoveForm(forms.Form):
    """Where a visit goes: one of the offered times, or a practitioner, a day and a time."""

    practitioner = forms.ChoiceField(label=gettext_lazy("Praticien"), widget=forms.Select(attrs=_input()))
    date = forms.DateField(label=gettext_lazy("Jour"), widget=forms.DateInput(format="%Y-%m-%d", attrs=_input(type="date")))
    time = forms.TimeField(label=gettext_lazy("Heure"), widget=forms.TimeInput(format="%H:%M", attrs=_input(type="time", step="300")))
    insist = forms.CharField(
        label=gettext_lazy("Pourquoi insister"), required=False, max_length=500, widget=forms.TextInput(attrs=_input())
    )
    offered = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, practitioners: Sequence[Practitioner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.practitioners = list(practitioners)
        self.fields["practitioner"].choices = [(str(one.id), one.name) for one in practitioners]
        if self.data.get("offered"):  # a time was pressed: the three fields do not count
            for name in ("practitioner", "date", "time"):
                self.fields[name].required = False


class NewPatientForm(forms.Form):
    """Somebody whom the cabinet does not know yet: enough to book, the rest later."""

    use_required_attribute = False  # its fields are hidden while a known patient is chosen

    last_name = forms.CharField(
        label=gettext_lazy("Nom"), max_length=100, widget=forms.TextInput(attrs=_input(autocomplete="off")),
        error_messages={"required": gettext_lazy("Saisissez le nom.")},
    )  # fmt: skip
    first_names = forms.CharField(
        label=gettext_lazy("Prénom"), max_length=100, widget=forms.TextInput(attrs=_input(autocomplete="off")),
        error_messages={"required": gettext_lazy("Saisissez le prénom.")},
    )  # fmt: skip
    birth_date = forms.DateField(
        label=gettext_lazy("Date de naissance"), required=False, input_formats=["%d/%m/%Y", "%d%m%Y", "%d %m %Y", "%d-%m-%Y", "%d.%m.%Y"],
        help_text=gettext_lazy("Par exemple 11/04/1987"), widget=forms.TextInput(attrs=_input(inputmode="numeric", autocomplete="off")),
        error_messages={"invalid": gettext_lazy("Saisissez la date de naissance, par exemple 11/04/1987.")},
    )  # fmt: skip
    phone = forms.CharField(
        label=gettext_lazy("Téléphone"), required=False, max_length=30,
        widget=forms.TextInput(attrs=_input(inputmode="tel", autocomplete="off")),
    )  # fmt: skip


class BookingForm(forms.Form):
    """What a booking at the desk carries; the choices are checked by the verb."""

    patient = forms.CharField(error_messages={"required": gettext_lazy("Choisissez un patient, ou créez sa fiche.")})
    motif = forms.UUIDField(error_messages=dict.fromkeys(("required", "invalid"), gettext_lazy("Choisissez un motif.")))
    horaire = forms.CharField(error_messages={"required": gettext_lazy("Choisissez un horaire.")})
    garde = forms.UUIDField(required=False)
    insister = forms.CharField(required=False, max_length=500)
    note = forms.CharField(required=False, max_length=500)

    def clean_patient(self) -> UUID | str:
        """An id, or the word that says « new »."""
        text = self.cleaned_data["patient"]
        try:
            return text if text == "new" else UUID(text)
        except ValueError:
            raise forms.ValidationError(_("Choisissez un patient, ou créez sa fiche.")) from None

    def clean_horaire(self) -> tuple[UUID, datetime, UUID | None]:
        """The practitioner, the start and the site."""
        chosen = chosen_time(self.cleaned_data["horaire"])
        if chosen is None:
            raise forms.ValidationError(_("Choisissez un horaire."))
        return chosen


def prefilled(text: str) -> dict[str, str]:
    """What was typed in the search as the first values of a new file: words are names, digits a date or a phone."""
    words = [word for word in text.split() if not any(c.isdigit() for c in word)]
    digits = "".join(c for c in text if c.isdigit())
    values = {"last_name": words[0].capitalize() if words else "", "first_names": " ".join(word.capitalize() for word in words[1:])}
    if len(digits) == 10 and digits.startswith("0"):
        values["phone"] = digits
    elif len(digits) == 8 and _is_date(digits):
        values["birth_date"] = f"{digits[:2]}/{digits[2:4]}/{digits[4:]}"
    return values


def _is_date(digits: str) -> bool:
    try:
        date(int(digits[4:]), int(digits[2:4]), int(digits[:2]))
    except ValueError:
        return False
    return True
