"""What the owner fills in about a connection."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.changing import Settings
from integrations.models import Connection, Mode, Reminds
from integrations.presets import FLOWS, HINTS, Preset, can, flows_of, most_of, preset_of
from integrations.registry import connector_class

FLOW_LABELS = {
    "appointments_in": gettext_lazy("Recevoir ses rendez-vous"),
    "patients_in": gettext_lazy("Recevoir les patients avec leurs rendez-vous"),
    "reasons": gettext_lazy("Reconnaître les motifs"),
    "busy_out": gettext_lazy("Fermer là-bas les horaires pris ailleurs"),
    "appointments_out": gettext_lazy("Écrire là-bas les rendez-vous, avec le patient"),
    "status_out": gettext_lazy("Dire là-bas qui est venu"),
}
KEY_LABELS = {"secret": gettext_lazy("Secret de la clé"), "password": gettext_lazy("Mot de passe"), "user": gettext_lazy("Identifiant")}
MODES = [(mode.value, mode.label) for mode in (Mode.REHEARSAL, Mode.IN, Mode.BOTH)]


class ConnectionForm(forms.Form):
    """A connection's settings. Keys are never filled in again: left empty, they stay."""

    base_url = forms.CharField(
        label=gettext_lazy("Adresse"), max_length=300, required=False,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", "inputmode": "url"}),
    )  # fmt: skip
    preset = forms.ChoiceField(label=gettext_lazy("Comment vivre avec cette plateforme"), choices=Preset.choices, widget=forms.RadioSelect)
    mode = forms.ChoiceField(label=gettext_lazy("Jusqu’où"), choices=MODES, widget=forms.RadioSelect)
    reminds = forms.ChoiceField(
        label=gettext_lazy("Qui rappelle les rendez-vous pris là-bas"), choices=Reminds.choices, widget=forms.RadioSelect
    )

    def __init__(self, platform: str, connection: Connection | None, data: Any = None) -> None:
        self.kind = connector_class(platform)
        self.connection = connection
        self.is_keyless = connection is None or connection.mode == Mode.OFF
        super().__init__(data, initial=self._initial(connection))
        self.fields["base_url"].required = not self.kind.default_url
        self.key_names = ("api_key", *self.kind.further_keys)
        for name in self.key_names:
            self.fields[name] = _secret(KEY_LABELS.get(name, _("Clé d’accès") if name == "api_key" else name), self._is_needed(name))
        self.fields["webhook_secret"] = _secret(_("Secret des messages, si la plateforme en a donné un"), False)
        for flow in FLOWS:
            if can(flow, self.kind.capabilities):
                self.fields[flow] = forms.BooleanField(label=FLOW_LABELS[flow], required=False)

    def _is_needed(self, name: str) -> bool:
        return self.is_keyless and not (name == "api_key" and self.kind.key_is_optional)

    @property
    def keys(self) -> list[forms.BoundField]:
        """The fields that are never shown again."""
        return [self[name] for name in (*self.key_names, "webhook_secret")]

    @property
    def flows(self) -> list[forms.BoundField]:
        """The switches."""
        return [self[flow] for flow in FLOWS if flow in self.fields]

    @property
    def presets(self) -> list[tuple[Any, Any]]:
        """Each preset's button with its sentence."""
        return [(button, HINTS[Preset(button.data["value"])]) for button in self["preset"]]

    def clean(self) -> dict[str, Any]:
        """A preset that only reads goes no further than reading."""
        cleaned = super().clean() or {}
        if cleaned.get("mode") == Mode.BOTH and most_of(cleaned.get("preset", "")) != Mode.BOTH:
            self.add_error("mode", _("Unidirectionnel : la plateforme est seulement lue. Choisissez « Lecture »."))
        return cleaned

    @property
    def settings(self) -> Settings:
        """What was decided, once valid."""
        values = self.cleaned_data
        own = {flow: bool(values.get(flow)) for flow in FLOWS}
        return Settings(
            mode=values["mode"],
            reminds=values["reminds"],
            flows=own if values["preset"] == Preset.OWN else flows_of(values["preset"], self.kind.capabilities),
            base_url=values["base_url"],
            api_key=values["api_key"],
            further_keys={name: values[name] for name in self.kind.further_keys if values[name]},
            webhook_secret=values["webhook_secret"],
        )

    def _initial(self, connection: Connection | None) -> dict[str, Any]:
        if connection is None:
            chosen = {"preset": Preset.AGGREGATION, "mode": Mode.REHEARSAL, "reminds": Reminds.PLATFORM, "base_url": self.kind.default_url}
            return chosen | flows_of(Preset.AGGREGATION, self.kind.capabilities)
        flows = {flow: getattr(connection, flow) for flow in FLOWS}
        mode = Mode.REHEARSAL if connection.mode == Mode.OFF else connection.mode
        preset = preset_of(flows, self.kind.capabilities)
        return {"preset": preset, "mode": mode, "reminds": connection.reminds, "base_url": connection.base_url} | flows


def _secret(label: Any, required: bool) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"class": "input", "autocomplete": "new-password"}, render_value=False)
    return forms.CharField(label=label, max_length=500, required=required, widget=widget)
