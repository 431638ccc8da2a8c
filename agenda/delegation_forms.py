"""What is filled in to have somebody replaced, or to open an agenda."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from agenda.models import OpenedAgenda, Practitioner
from medidesk.accounts.models import Role, User

_ROLES = {Role.PRACTITIONER: _("Tous les praticiens"), Role.TELESECRETARY: _("Le télésecrétariat")}


def _day(label: Any, *, required: bool = True, missing: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=required, widget=forms.DateInput(format="%Y-%m-%d", attrs={"class": "input", "type": "date"}),
        error_messages={"required": missing, "invalid": _("Saisissez une date, par exemple 24/11/2026.")},
    )  # fmt: skip


def _choice(label: Any, missing: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, widget=forms.Select(attrs={"class": "input"}), error_messages={"required": missing, "invalid_choice": missing}
    )


class SubstitutionForm(forms.Form):
    """Who is replaced (among those whom the person may have replaced), by whom, from when to when."""

    prefix = "r"
    practitioner = _choice(_("Qui est remplacé"), _("Choisissez qui est remplacé."))
    substitute = _choice(_("Par qui"), _("Choisissez le remplaçant."))
    first_day = _day(_("Premier jour"), missing=_("Saisissez le premier jour."))
    last_day = _day(_("Dernier jour, inclus"), missing=_("Saisissez le dernier jour."))

    def __init__(self, *args: Any, replaceable: Sequence[Practitioner], team: Sequence[Practitioner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["practitioner"].choices = [(str(one.id), one.name) for one in replaceable]
        self.fields["substitute"].choices = [("", "—"), *((str(one.id), one.name) for one in team)]

    @property
    def values(self) -> dict[str, Any]:
        """Under the verb's names."""
        given = self.cleaned_data
        return {**given, "practitioner": UUID(given["practitioner"]), "substitute": UUID(given["substitute"])}


class OpeningForm(forms.Form):
    """Which agenda is opened to whom, and until when."""

    prefix = "o"
    practitioner = _choice(_("Agenda"), _("Choisissez un agenda."))
    reader = _choice(_("Ouvert à"), _("Choisissez à qui ouvrir cet agenda."))
    until = _day(_("Jusqu’au, inclus"), required=False)

    def __init__(self, *args: Any, openable: Sequence[Practitioner], people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["practitioner"].choices = [(str(one.id), one.name) for one in openable]
        roles = [(role.value, label) for role, label in _ROLES.items()]
        self.fields["reader"].choices = [("", "—"), *roles, *((str(one.id), str(one)) for one in people)]

    @property
    def values(self) -> dict[str, Any]:
        """Under the verb's names."""
        reader = self.cleaned_data["reader"]
        whom = {"role": reader} if reader in OpenedAgenda.ROLES else {"user_id": UUID(reader)}
        return {"practitioner_id": UUID(self.cleaned_data["practitioner"]), "until": self.cleaned_data["until"], **whom}
