"""What the cabinet writes about a patient: identity, contact, administrative notes. Nothing medical."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medidesk import french
from patients.models import Patient, Sex

CHANNELS = [("sms", gettext_lazy("SMS")), ("email", gettext_lazy("E-mail")), ("none", gettext_lazy("Ne pas écrire"))]


def _text(**attributes: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input", **attributes})


class BirthDateField(forms.MultiValueField):
    """Three text fields, day, month and year: never a calendar."""

    def __init__(self, **kwargs: Any) -> None:
        fields = [forms.CharField(required=False) for _part in range(3)]
        super().__init__(fields, require_all_fields=False, widget=BirthDateInput(), **kwargs)

    def compress(self, data_list: list[str]) -> date | None:
        """The date, or None when nothing was written."""
        parts = [part.strip() for part in data_list or []]
        if not any(parts):
            return None
        try:
            return date(int(parts[2]), int(parts[1]), int(parts[0]))
        except (ValueError, IndexError):
            raise forms.ValidationError(_("Saisissez la date de naissance, par exemple 11 04 1987.")) from None


class BirthDateInput(forms.MultiWidget):
    """Day, month, year."""

    def __init__(self) -> None:
        kinds = (("bday-day", "2", _("Jour")), ("bday-month", "2", _("Mois")), ("bday-year", "4", _("Année")))
        super().__init__([_text(inputmode="numeric", maxlength=size, **{"aria-label": label}) for _kind, size, label in kinds])

    def decompress(self, value: date | None) -> list[str]:
        """The three texts."""
        return [f"{value.day:02d}", f"{value.month:02d}", str(value.year)] if value else ["", "", ""]


class IdentityForm(forms.Form):
    """Identity traits and contact points; the verb checks them."""

    birth_name = forms.CharField(label=gettext_lazy("Nom de naissance"), max_length=100, required=False, widget=_text(autocomplete="off"))
    used_name = forms.CharField(label=gettext_lazy("Nom utilisé"), max_length=100, required=False, widget=_text(autocomplete="off"))
    first_names = forms.CharField(
        label=gettext_lazy("Prénoms"), max_length=100, widget=_text(autocomplete="off"),
        error_messages={"required": gettext_lazy("Saisissez le prénom.")},
    )  # fmt: skip
    birth_date = BirthDateField(label=gettext_lazy("Date de naissance"), required=False, help_text=gettext_lazy("Par exemple 11 04 1987"))
    sex = forms.ChoiceField(label=gettext_lazy("Sexe"), choices=Sex.choices, widget=forms.Select(attrs={"class": "input"}))
    phone = forms.CharField(
        label=gettext_lazy("Téléphone"), max_length=30, required=False, widget=_text(inputmode="tel", autocomplete="off")
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), required=False, widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Cette adresse e-mail n’est pas valable.")},
    )  # fmt: skip
    preferred_channel = forms.ChoiceField(
        label=gettext_lazy("Rappels par"), choices=CHANNELS, widget=forms.Select(attrs={"class": "input"})
    )
    leave_no_details = forms.BooleanField(label=gettext_lazy("Ne pas laisser de détails dans un message"), required=False)
    known = forms.BooleanField(label=gettext_lazy("Déjà connu du cabinet"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """A name is needed: of birth or in use."""
        data = super().clean() or {}
        if not data.get("birth_name") and not data.get("used_name"):
            self.add_error("birth_name", _("Saisissez un nom, de naissance ou utilisé."))
        return data

    @classmethod
    def initial_of(cls, patient: Patient) -> dict[str, Any]:
        """The present values."""
        values = {name: getattr(patient, name) for name in cls.base_fields}
        return {**values, "phone": french.phone(patient.phone) if patient.phone else ""}


class NotesForm(forms.Form):
    """The administrative notes."""

    administrative_notes = forms.CharField(
        label=gettext_lazy("Notes administratives"), required=False, max_length=10_000, strip=False,
        help_text=gettext_lazy("Visibles par tout le cabinet. Rien de médical ici."),
        widget=forms.Textarea(attrs={"class": "input", "rows": "6"}),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)
