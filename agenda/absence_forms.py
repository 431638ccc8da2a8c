"""What announces an absence at the desk."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agenda.mass_absence import Choice, Scope
from agenda.models import Practitioner, Site
from medidesk.cabinets.current import current_zone

_INPUT = {"class": "input"}


class AbsenceForm(forms.Form):
    """Who is away (a practitioner, or a whole site), from when to when; without hours, whole days."""

    who = forms.ChoiceField(label=gettext_lazy("Qui est absent"), widget=forms.Select(attrs=_INPUT))
    first_day = forms.DateField(
        label=gettext_lazy("Premier jour"), widget=forms.DateInput(format="%Y-%m-%d", attrs={**_INPUT, "type": "date"}),
        error_messages={"required": gettext_lazy("Choisissez le premier jour.")},
    )  # fmt: skip
    first_time = forms.TimeField(
        label=gettext_lazy("À partir de"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={**_INPUT, "type": "time"})
    )
    last_day = forms.DateField(
        label=gettext_lazy("Dernier jour"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={**_INPUT, "type": "date"}),
        help_text=gettext_lazy("Vide : le même jour"),
    )  # fmt: skip
    last_time = forms.TimeField(
        label=gettext_lazy("Jusqu’à"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={**_INPUT, "type": "time"})
    )
    label = forms.CharField(
        label=gettext_lazy("Motif"), required=False, max_length=200, widget=forms.TextInput(attrs={**_INPUT, "autocomplete": "off"}),
        help_text=gettext_lazy("Pour le cabinet : les patients ne le voient pas"),
    )  # fmt: skip

    def __init__(self, *args: Any, practitioners: Sequence[Practitioner], sites: Sequence[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(f"p|{one.id}", one.name) for one in practitioners]
        places = [(f"s|{one.id}", _("Tout le lieu : %(name)s") % {"name": one.name}) for one in sites]
        self.fields["who"].choices = [*people, *places]

    @property
    def scope(self) -> Scope:
        """The absence that was typed; the whole last day unless an hour says otherwise."""
        data, zone = self.cleaned_data, current_zone()
        kind, _bar, one = data["who"].partition("|")
        start = datetime.combine(data["first_day"], data["first_time"] or time.min, tzinfo=zone)
        last = data["last_day"] or data["first_day"]
        midnight = datetime.combine(last, time.min, tzinfo=zone) + timedelta(days=1)
        end = datetime.combine(last, data["last_time"], tzinfo=zone) if data["last_time"] else midnight
        practitioner, site = (UUID(one), None) if kind == "p" else (None, UUID(one))
        return Scope(practitioner, site, start, end, data["label"])


def choice_of(text: str) -> Choice | None:
    """The decision that a form names (`propose`, `move|practitioner|start`…); None for anything else."""
    word, *target = text.split("|")
    if word != "move" or not target:
        return Choice(word) if word and not target else None
    try:
        start = datetime.fromisoformat(target[1]) if len(target) > 1 else None
        return Choice("move", UUID(target[0]), start) if start is None or start.tzinfo else None
    except ValueError:
        return None
