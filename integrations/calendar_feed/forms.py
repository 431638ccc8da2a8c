"""What is filled in to subscribe one more device."""

from django import forms
from django.utils.translation import gettext_lazy as _

from integrations.calendar_feed.models import Level


class DeviceForm(forms.Form):
    """The device, and what it may show."""

    device = forms.CharField(
        label=_("Nom de l’appareil"), max_length=60, help_text=_("Par exemple « Mon téléphone » : vous le reconnaîtrez pour le couper."),
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
        error_messages={"required": _("Donnez un nom à cet appareil.")},
    )  # fmt: skip
    level = forms.ChoiceField(
        label=_("Ce qu’il montre"), choices=Level.choices, initial=Level.BUSY, widget=forms.Select(attrs={"class": "input"}),
        help_text=_("Jamais le nom, le motif ni le téléphone d’un patient."),
    )  # fmt: skip
