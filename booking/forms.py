"""The shapes of what patients type; every refusal is a sentence that says what to do."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from booking.identity import Identity
from medidesk.errors import Refused
from patients.traits import e164, is_mobile

NAME = re.compile(r"^[^\W\d_](?:[^\W\d_]|[ .'’\-])*$")  # letters of any alphabet, spaces, dots, apostrophes, hyphens
OLDEST_YEARS = 125


class CabinetInput(forms.TextInput):
    """A text field of the design system."""

    def __init__(self, autocomplete: str, **attrs: str) -> None:
        super().__init__({"class": "input", "autocomplete": autocomplete, **attrs})


def number_input(autocomplete: str, length: int) -> CabinetInput:
    """A short field of digits."""
    return CabinetInput(autocomplete, inputmode="numeric", maxlength=str(length), **{"class": "input num"})


class IdentityForm(forms.Form):
    """Screen 2: who comes, and how to reach who books."""

    use_required_attribute = False

    for_whom = forms.ChoiceField(
        label=_("Pour qui est le rendez-vous\u00a0?"),
        choices=[("self", _("Pour moi")), ("relative", _("Pour un proche"))],
        initial="self",
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites pour qui est le rendez-vous.")},
    )
    relationship = forms.ChoiceField(
        label=_("Votre lien avec cette personne"),
        required=False,
        choices=[
            ("", _("Choisissez")), ("parent", _("Je suis son parent")), ("child", _("Je suis son enfant")),
            ("spouse", _("Je suis son conjoint")), ("guardian", _("Je suis son tuteur ou sa tutrice")), ("other", _("Autre")),
        ],
        widget=forms.Select({"class": "input"}),
    )  # fmt: skip
    birth_name = forms.CharField(
        label=_("Nom de naissance"), max_length=100, widget=CabinetInput("family-name"),
        error_messages={"required": _("Saisissez votre nom de naissance.")},
    )  # fmt: skip
    first_names = forms.CharField(
        label=_("Prénom"), max_length=100, widget=CabinetInput("given-name"), error_messages={"required": _("Saisissez votre prénom.")}
    )
    birth_day = forms.CharField(label=_("Jour"), required=False, max_length=2, widget=number_input("bday-day", 2))
    birth_month = forms.CharField(label=_("Mois"), required=False, max_length=2, widget=number_input("bday-month", 2))
    birth_year = forms.CharField(label=_("Année"), required=False, max_length=4, widget=number_input("bday-year", 4))
    phone = forms.CharField(
        label=_("Téléphone mobile"),
        help_text=_("Nous y envoyons un code à 6\u00a0chiffres, puis la confirmation et un rappel."),
        required=False,
        max_length=30,
        widget=CabinetInput("tel", type="tel", inputmode="tel", **{"class": "input num"}),
    )
    email = forms.CharField(
        label=_("Adresse électronique"), required=False, max_length=254, widget=CabinetInput("email", type="email", inputmode="email")
    )
    note = forms.CharField(
        label=_("Une précision pour le cabinet"),
        help_text=_("Lue par le secrétariat\u00a0: n’y mettez rien de médical."),
        required=False,
        max_length=300,
        widget=forms.Textarea({"class": "input", "rows": "2"}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_birth_name(self) -> str:
        """Letters of any alphabet, spaces, hyphens, apostrophes."""
        return _name(self.cleaned_data["birth_name"], _("Un nom ne contient que des lettres. Vérifiez-le."))

    def clean_first_names(self) -> str:
        """As the birth name."""
        return _name(self.cleaned_data["first_names"], _("Un prénom ne contient que des lettres. Vérifiez-le."))

    def clean_phone(self) -> str:
        """E.164, whatever the spelling."""
        typed = self.cleaned_data["phone"]
        try:
            return e164(typed)
        except Refused:
            digits = sum(character.isdigit() for character in typed)
            if typed.strip().startswith("0") and not typed.strip().startswith("00") and digits < 10:
                raise forms.ValidationError(_("Ce numéro n’a que %(digits)s chiffres. Vérifiez-le."), params={"digits": digits}) from None
            raise forms.ValidationError(_("Ce numéro n’est pas valable. Vérifiez-le.")) from None

    def clean_email(self) -> str:
        """Empty, or an address."""
        typed = self.cleaned_data["email"].strip()
        if typed:
            try:
                validate_email(typed)
            except forms.ValidationError:
                raise forms.ValidationError(_("Cette adresse n’est pas complète, par exemple nom@exemple.fr.")) from None
        return typed

    def clean(self) -> dict[str, Any]:
        """What depends on several fields: the birth date, a contact for the code, the link with a relative."""
        cleaned = super().clean() or self.cleaned_data
        self._clean_birth_date(cleaned)
        if "phone" in cleaned and "email" in cleaned:
            if not cleaned["phone"] and not cleaned["email"]:
                self.add_error("phone", _("Saisissez un numéro de mobile, par exemple 06\u00a039\u00a098\u00a000\u00a012."))
            elif not is_mobile(cleaned["phone"]) and not cleaned["email"]:
                self.add_error("phone", _("Ce numéro ne reçoit pas de SMS. Saisissez un mobile, ou ajoutez une adresse électronique."))
        if cleaned.get("for_whom") == "relative" and not cleaned.get("relationship"):
            self.add_error("relationship", _("Choisissez votre lien avec cette personne."))
        return cleaned

    def _clean_birth_date(self, cleaned: dict[str, Any]) -> None:
        parts = [cleaned.get(name, "").strip() for name in ("birth_year", "birth_month", "birth_day")]
        if not all(parts):
            self.add_error("birth_day", _("Saisissez votre date de naissance, par exemple 11\u00a004\u00a01987."))
            return
        try:
            cleaned["birth_date"] = date(*(int(part) for part in parts))
        except ValueError:
            self.add_error("birth_day", _("Cette date n’existe pas. Vérifiez le jour, le mois et l’année."))
            return
        if not self.today.year - OLDEST_YEARS <= cleaned["birth_date"].year or cleaned["birth_date"] > self.today:
            self.add_error("birth_day", _("Vérifiez l’année de naissance, sur quatre chiffres."))

    @property
    def birth_parts(self) -> list[forms.BoundField]:
        """Day, month, year, in the order people write them."""
        return [self[name] for name in ("birth_day", "birth_month", "birth_year")]

    @property
    def identity(self) -> Identity:
        """The typed identity, once valid."""
        cleaned = self.cleaned_data
        relative = cleaned["for_whom"] == "relative"
        links = dict(self.fields["relationship"].choices)
        return Identity(
            first_names=cleaned["first_names"],
            birth_name=cleaned["birth_name"],
            birth_date=cleaned["birth_date"],
            phone=cleaned["phone"],
            email=cleaned["email"],
            relationship=str(links[cleaned["relationship"]]) if relative else "",
            note=cleaned["note"].strip(),
        )


class CodeForm(forms.Form):
    """The code received."""

    use_required_attribute = False
    code = forms.CharField(
        label=_("Code à 6\u00a0chiffres"),
        max_length=20,
        widget=CabinetInput("one-time-code", inputmode="numeric", **{"class": "input num code-input"}),
        error_messages={"required": _("Saisissez le code reçu.")},
    )


class ContactForm(forms.Form):
    """« Mes rendez-vous »: the mobile or the e-mail address given when booking."""

    use_required_attribute = False
    contact = forms.CharField(
        label=_("Téléphone mobile ou adresse électronique"),
        help_text=_("Celui ou celle que vous avez donné en prenant rendez-vous."),
        max_length=254,
        widget=CabinetInput("email"),
        error_messages={"required": _("Saisissez un numéro de mobile ou une adresse électronique.")},
    )

    def clean_contact(self) -> str:
        """An address in lower case, or a mobile in E.164."""
        typed = self.cleaned_data["contact"].strip()
        if "@" in typed:
            try:
                validate_email(typed)
            except forms.ValidationError:
                raise forms.ValidationError(_("Cette adresse n’est pas complète, par exemple nom@exemple.fr.")) from None
            return typed.lower()
        try:
            number = e164(typed)
        except Refused:
            number = ""
        if not is_mobile(number):
            raise forms.ValidationError(
                _("Saisissez un numéro de mobile, par exemple 06\u00a039\u00a098\u00a000\u00a012, ou une adresse électronique.")
            )
        return number


class CancellationForm(forms.Form):
    """Why, in one click; nobody has to say."""

    reason = forms.ChoiceField(
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("prevented", _("J’ai un empêchement")), ("no-need", _("Je n’en ai plus besoin")),
            ("elsewhere", _("J’ai trouvé un autre rendez-vous")), ("mistake", _("Je me suis trompé")),
        ],
    )  # fmt: skip

    @property
    def reason_text(self) -> str:
        """The reason as the desk reads it."""
        return str(dict(self.fields["reason"].choices).get(self.cleaned_data.get("reason", ""), ""))


class ContestForm(forms.Form):
    """The patient's word about a closing."""

    text = forms.CharField(
        label=_("Votre message au cabinet"), max_length=1000,
        help_text=_("Par exemple : j’avais annulé par téléphone. N’écrivez rien de médical."),
        widget=forms.Textarea({"class": "input", "rows": 5}),
        error_messages={
            "required": _("Écrivez quelques mots."), "max_length": _("Écrivez 1 000 caractères au plus."),
            "null_characters_not_allowed": _("Ce texte contient un caractère interdit."),
        },
    )  # fmt: skip


def _name(typed: str, message: Any) -> str:
    name = " ".join(typed.split())
    if not NAME.match(name):
        raise forms.ValidationError(message)
    return name
