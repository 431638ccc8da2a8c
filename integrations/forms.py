"""What the owner fills in about a connection."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from integrations.connections.changing import Settings
from integrations.connections.presets import FLOWS, HINTS, Preset, can, flows_of, most_of, preset_of
from integrations.generic_rest.errors import DescriptionNotValid, Problem
from integrations.models import Connection, Mode, Reminds
from integrations.speaking.base import Capability
from integrations.speaking.registry import connector_class

FLOW_LABELS = {
    "appointments_in": gettext_lazy("Recevoir ses rendez-vous"),
    "patients_in": gettext_lazy("Recevoir les patients avec leurs rendez-vous"),
    "reasons": gettext_lazy("Reconnaître les motifs"),
    "busy_out": gettext_lazy("Fermer là-bas les horaires pris ailleurs"),
    "absences": gettext_lazy("Fermer là-bas les absences et les fermetures, quel que soit le choix ci-dessus"),
    "appointments_out": gettext_lazy("Écrire là-bas les rendez-vous, avec le patient"),
    "status_out": gettext_lazy("Dire là-bas qui est venu"),
}
KEY_LABELS = {"secret": gettext_lazy("Secret de la clé"), "password": gettext_lazy("Mot de passe"), "user": gettext_lazy("Identifiant")}
WIRE_FORMATS = {
    "": gettext_lazy("API courante"),
    "partner": gettext_lazy("Protocole partenaire\u00a0: appels signés, nouvelles relevées toutes les 15 secondes, aucun horaire fermé"),
}
# What people should know that a platform does not offer.
ABSENT = {
    Capability.WEBHOOKS: gettext_lazy("Elle ne prévient de rien\u00a0: elle est interrogée."),
    Capability.WRITE_VISITS: gettext_lazy("Aucun rendez-vous ne peut y être écrit."),
    Capability.WRITE_BUSY: gettext_lazy("Aucun horaire ne peut y être fermé\u00a0: un horaire pris ailleurs y reste proposé."),
    Capability.UPDATE_VISITS: gettext_lazy(
        "Un rendez-vous n’y est pas modifié\u00a0: il est annulé et repris, avec la durée de son motif là-bas."
    ),
    Capability.LOOK_UP: gettext_lazy(
        "Elle ne sait pas dire ce qu’elle a déjà reçu\u00a0: une écriture restée sans réponse attend que quelqu’un vérifie là-bas."
    ),
}
# No wire that is spoken here takes opening hours.
NO_OPENINGS = gettext_lazy("Les horaires d’ouverture n’y sont pas envoyés\u00a0: ce qui y est proposé se règle là-bas.")
_AS_CODE = {"class": "input code", "rows": 24, "spellcheck": "false", "autocomplete": "off", "wrap": "off"}
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
        self.connection = connection
        formats = connector_class(platform).wire_formats
        chosen = (data or {}).get("wire_format", connection.wire_format if connection else "")
        self.kind = connector_class(platform, chosen if chosen in formats else "")
        self.shipped = self.kind.wire_text
        self.wire_text, self.wire_problems = self._described(connection.wire_text if connection else "", data)
        self.kinds = [connector_class(platform), *formats.values()]
        self.is_keyless = connection is None or connection.mode == Mode.OFF
        super().__init__(data, initial=self._initial(connection))
        self.fields["base_url"].required = not self.kind.default_url
        if formats:
            choices = [(name, WIRE_FORMATS.get(name, name)) for name in ("", *formats)]
            self.fields["wire_format"] = forms.ChoiceField(
                label=_("Protocole"), choices=choices, required=False, widget=forms.RadioSelect, initial=self.initial["wire_format"]
            )
        if self.shipped:
            self.fields["wire_text"] = forms.CharField(
                label=_("Description de l’interface (JSON)"), required=False, strip=False, widget=forms.Textarea(attrs=_AS_CODE)
            )
        self.key_names = tuple(
            dict.fromkeys(["api_key", *(name for kind in self.kinds for name in kind.further_keys + kind.optional_keys)])
        )
        for name in self.key_names:
            self.fields[name] = _secret(self._label_of(name), self._is_needed(name))
        if self.has_webhooks:
            self.fields["webhook_secret"] = _secret(_("Secret des messages, si la plateforme en a donné un"), False)
        for flow in FLOWS:
            if can(flow, self.kind.capabilities):
                self.fields[flow] = forms.BooleanField(label=FLOW_LABELS[flow], required=False)

    def _label_of(self, name: str) -> Any:
        return (self.kind.key_label or _("Clé d’accès")) if name == "api_key" else KEY_LABELS.get(name, name)

    def _described(self, kept: str, data: Any) -> tuple[str, Sequence[Problem]]:
        """The text that describes the wire, empty for the one that comes with the project; and what is wrong with it, line by line."""
        if not self.shipped:
            return "", ()
        typed = kept if data is None else str(data.get("wire_text", "")).replace("\r\n", "\n")
        text = "" if typed.strip() in ("", self.shipped.strip()) else typed
        try:
            self.kind = self.kind.adapted(text)
        except DescriptionNotValid as problem:
            return text, problem.problems
        return text, ()

    def _is_needed(self, name: str) -> bool:
        if name == "api_key":
            return self.is_keyless and not self.kind.key_is_optional
        return name in self.kind.further_keys and (self.is_keyless or name not in self._known_keys())

    def _known_keys(self) -> Mapping[str, str]:
        return self.connection.further_keys if self.connection else {}

    @property
    def has_webhooks(self) -> bool:
        """Does the platform tell anything by itself, in any of its formats?"""
        return any(Capability.WEBHOOKS in kind.capabilities for kind in self.kinds)

    @property
    def absent(self) -> list[Any]:
        """What the platform does not offer, in sentences."""
        offered = self.kind.capabilities
        offered |= Capability(0) if Capability.WRITE_VISITS in offered else Capability.UPDATE_VISITS  # that nothing is written says it all
        return [*(sentence for capability, sentence in ABSENT.items() if capability not in offered), NO_OPENINGS]

    @property
    def keys(self) -> list[forms.BoundField]:
        """The fields that are never shown again."""
        return [self[name] for name in (*self.key_names, "webhook_secret") if name in self.fields]

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
        if self.wire_problems:
            count = len(self.wire_problems)
            text = ngettext("%(n)s point est à corriger, à sa ligne.", "%(n)s points sont à corriger, chacun à sa ligne.", count)
            self.add_error("wire_text", text % {"n": count})
        if cleaned.get("base_url") in {kind.default_url for kind in self.kinds if kind is not self.kind}:
            cleaned["base_url"] = self.kind.default_url  # left as the page had it for another format
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
            flows=own if values["preset"] == Preset.OWN else own | flows_of(values["preset"], self.kind.capabilities),
            wire_format=values.get("wire_format", ""),
            wire_text=self.wire_text,
            base_url=values["base_url"],
            api_key=values["api_key"],
            further_keys={name: values[name] for name in self.kind.further_keys + self.kind.optional_keys if values[name]},
            webhook_secret=values.get("webhook_secret", ""),
        )

    def _initial(self, connection: Connection | None) -> dict[str, Any]:
        if connection is None:
            chosen = {"preset": Preset.AGGREGATION, "mode": Mode.REHEARSAL, "reminds": Reminds.PLATFORM, "base_url": self.kind.default_url}
            return {"wire_format": "", "wire_text": self.shipped} | chosen | flows_of(Preset.AGGREGATION, self.kind.capabilities)
        flows = {flow: getattr(connection, flow) for flow in FLOWS}
        mode = Mode.REHEARSAL if connection.mode == Mode.OFF else connection.mode
        preset = preset_of(flows, self.kind.capabilities)
        return (
            {"preset": preset, "mode": mode, "reminds": connection.reminds, "base_url": connection.base_url}
            | {"wire_format": connection.wire_format, "wire_text": connection.wire_text or self.shipped}
            | flows
        )


def _secret(label: Any, required: bool) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"class": "input", "autocomplete": "new-password"}, render_value=False)
    return forms.CharField(label=label, max_length=500, required=required, widget=widget)
