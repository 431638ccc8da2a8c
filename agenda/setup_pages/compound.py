"""Entries that are more than one field: when, who, a release, repeats, who offers a reason, the steps after missed visits."""

import re
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agenda.models import BookingPolicy, Resource
from agenda.setup.booking_policy import MOST_STEPS
from agenda.setup_pages.choices import Choices
from agenda.setup_pages.entries import (
    Entry,
    Fields,
    Times,
    Values,
    Words,
    choice_field,
    day_field,
    number_field,
    text_field,
)
from medidesk.cabinets.current import current_zone

ON_A_DATE = "date"
NO_REPEAT, OTHER = "", "other"
REPEATS: dict[str, Words] = {
    NO_REPEAT: gettext_lazy("Ne se répète pas"),
    "FREQ=DAILY": gettext_lazy("Chaque jour"),
    "FREQ=WEEKLY": gettext_lazy("Chaque semaine"),
    "FREQ=WEEKLY;INTERVAL=2": gettext_lazy("Une semaine sur deux"),
    "FREQ=MONTHLY": gettext_lazy("Chaque mois"),
    "FREQ=YEARLY": gettext_lazy("Chaque année"),
    OTHER: gettext_lazy("Autre (règle iCalendar)"),
}
_UNTIL = re.compile(r"(.*);UNTIL=(\d{4})(\d{2})(\d{2})(?:T235959)?", re.ASCII)


def weekdays() -> list[tuple[str, str]]:
    """Monday first."""
    return [(str(number), str(name).capitalize()) for number, name in WEEKDAYS.items()]


def weekday_or_date() -> Entry:
    """Every week, or once."""

    def fields(_choices: Choices) -> Fields:
        return {
            "weekday": choice_field(_("Jour"), [*weekdays(), (ON_A_DATE, _("Un jour précis"))]),
            "date": day_field(_("Date"), hint=_("Seulement pour un jour précis")),
        }

    def read(typed: Values) -> dict[str, Any]:
        once = typed["weekday"] == ON_A_DATE
        return {"weekday": None if once else int(typed["weekday"]), "date": typed["date"] if once else None}

    def write(values: Values) -> dict[str, Any]:
        return {"weekday": ON_A_DATE if values["date"] else values["weekday"], "date": values["date"]}

    return Entry(("weekday", "date"), fields, read, write)


def every_weekday_or_one() -> Entry:
    """One day of the week, or each."""

    def fields(_choices: Choices) -> Fields:
        return {"weekday": choice_field(_("Jour"), [("", _("Tous les jours")), *weekdays()], needed=False)}

    return Entry(
        ("weekday",), fields, lambda typed: {"weekday": int(typed["weekday"]) if typed["weekday"] else None},
        lambda values: {"weekday": "" if values["weekday"] is None else values["weekday"]},
    )  # fmt: skip


def time_range() -> Entry:
    """From when to when, in wall time."""
    needed = {"required": gettext_lazy("Saisissez une heure, par exemple 8:30.")}

    def fields(_choices: Choices) -> Fields:
        return {
            "start": Times(label=_("Début"), help_text=_("Par exemple 8:30"), error_messages=needed),
            "end": Times(label=_("Fin"), help_text=_("24:00 pour minuit"), midnight=True, error_messages=needed),
        }

    return Entry(("start", "end"), fields, lambda typed: {name: typed[name] for name in ("start", "end")}, dict)


def release() -> Entry:
    """So many days before, at such a time; nothing: never kept."""

    def fields(_choices: Choices) -> Fields:
        return {
            "release_days_before": number_field(
                _("Jours avant"), "days_before", hint=_("0\u00a0: le jour même\u00a0; vide\u00a0: toujours ouvert")
            ),
            "release_at": Times(label=_("À"), help_text=_("Par exemple 8:00"), required=False),
        }

    def read(typed: Values) -> dict[str, Any]:
        days, at = typed["release_days_before"], typed["release_at"]
        return {"release": None if days is None else {"days_before": days, "at": at or 0}}

    def write(values: Values) -> dict[str, Any]:
        kept = values["release"]
        return {"release_days_before": kept["days_before"], "release_at": kept["at"]} if kept else {}

    return Entry(("release",), fields, read, write)


def who_is_away() -> Entry:
    """A practitioner, or a whole site."""

    def fields(choices: Choices) -> Fields:
        people = [(f"practitioner:{key}", name) for key, name in choices.practitioners.items()]
        places = [(f"site:{key}", _("%(site)s (fermeture du lieu)") % {"site": name}) for key, name in choices.sites.items()]
        return {"practitioner": choice_field(_("Qui est absent"), [("", "—"), *people, *places])}

    def read(typed: Values) -> dict[str, Any]:
        kind, _colon, key = typed["practitioner"].partition(":")
        return {"practitioner": None, "site": None} | {kind: UUID(key)}

    def write(values: Values) -> dict[str, Any]:
        kind = next((kind for kind in ("practitioner", "site") if values[kind]), "")
        return {"practitioner": f"{kind}:{values[kind]}"} if kind else {}

    return Entry(("practitioner", "site"), fields, read, write)


def instants() -> Entry:
    """From one moment to another, on the cabinet's wall."""

    def fields(_choices: Choices) -> Fields:
        made: Fields = {}
        for name, label in (("start", _("Premier jour")), ("end", _("Dernier jour, inclus"))):
            made[name] = day_field(label, needed=True)
            hint = _("Vide\u00a0: dès le matin") if name == "start" else _("Vide\u00a0: jusqu’au soir")
            made[f"{name}_time"] = Times(label=_("Heure"), help_text=hint, required=False, midnight=name == "end")
        return made

    def read(typed: Values) -> dict[str, Any]:
        at = typed["end_time"]
        return {"start": _moment(typed["start"], typed["start_time"] or 0), "end": _moment(typed["end"], 1440 if at is None else at)}

    return Entry(("start", "end"), fields, read, _written_instants)


def _moment(day: date, minutes: int) -> datetime:
    """A wall time of the cabinet; minute 1440 is the next midnight."""
    number = day.toordinal() + minutes // 1440
    if not 1 <= number <= date.max.toordinal():
        raise forms.ValidationError(_("Cette date est hors du calendrier."))
    day = date.fromordinal(number)
    return datetime(day.year, day.month, day.day, minutes % 1440 // 60, minutes % 60, tzinfo=current_zone())


def _written_instants(values: Values) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name in ("start", "end"):
        if values[name] is None:
            continue
        wall = values[name].astimezone(current_zone())
        minutes = wall.hour * 60 + wall.minute
        whole_day = minutes == 0
        shown[name] = date.fromordinal(wall.date().toordinal() - 1) if name == "end" and whole_day else wall.date()
        shown[f"{name}_time"] = None if whole_day else minutes
    return shown


def repeats() -> Entry:
    """The usual repeats in words; any other as it is written."""

    def fields(_choices: Choices) -> Fields:
        return {
            "repeat": choice_field(_("Répétition"), list(REPEATS.items()), needed=False),
            "until": day_field(_("Répéter jusqu’au, inclus"), hint=_("Vide\u00a0: sans fin")),
            "rrule": text_field(
                _("Règle iCalendar"), 500, hint=_("Seulement pour «\u00a0Autre\u00a0», par exemple FREQ=WEEKLY;BYDAY=MO,WE")
            ),
        }

    def read(typed: Values) -> dict[str, Any]:
        if typed["repeat"] == OTHER:
            return {"rrule": typed["rrule"].strip()}
        until = f";UNTIL={typed['until']:%Y%m%d}T235959" if typed["repeat"] and typed["until"] else ""
        return {"rrule": typed["repeat"] + until}

    def write(values: Values) -> dict[str, Any]:
        rule = values["rrule"] or ""
        parts = _UNTIL.fullmatch(rule)
        bare = parts[1] if parts else rule
        if bare in REPEATS and bare != OTHER:
            return {"repeat": bare, "until": date(*(int(part) for part in parts.groups()[1:])) if parts else None}
        return {"repeat": OTHER, "rrule": rule}

    return Entry(("rrule",), fields, read, write)


def offers() -> Entry:
    """Who offers the reason, perhaps with another duration."""

    def fields(choices: Choices) -> Fields:
        made: Fields = {}
        for key, name in choices.practitioners.items():
            made[f"offers_{key}"] = forms.BooleanField(label=name, required=False)
            label = _("Durée pour %(name)s (min)") % {"name": name}
            made[f"minutes_{key}"] = number_field(label, "duration_minutes", hint=_("Vide\u00a0: la durée du motif"))
        return made

    def read(typed: Values) -> dict[str, Any]:
        chosen = [name.removeprefix("offers_") for name, value in typed.items() if name.startswith("offers_") and value]
        return {"practitioners": [{"id": UUID(key), "duration_minutes": typed[f"minutes_{key}"]} for key in chosen]}

    def write(values: Values) -> dict[str, Any]:
        given = values["practitioners"]
        return {f"offers_{one['id']}": True for one in given} | {f"minutes_{one['id']}": one["duration_minutes"] for one in given}

    return Entry(("practitioners",), fields, read, write)


def resource_kinds() -> Entry:
    """How many rooms and devices a visit needs."""
    labels = {
        Resource.Kind.ROOM.value: gettext_lazy("Salles nécessaires"),
        Resource.Kind.DEVICE.value: gettext_lazy("Équipements nécessaires"),
    }

    def fields(_choices: Choices) -> Fields:
        return {f"resource_kinds_{kind}": number_field(label, (0, 5), hint=_("Vide\u00a0: aucun")) for kind, label in labels.items()}

    def read(typed: Values) -> dict[str, Any]:
        return {"resource_kinds": [kind for kind in labels for _n in range(typed[f"resource_kinds_{kind}"] or 0)]}

    def write(values: Values) -> dict[str, Any]:
        return {f"resource_kinds_{kind}": values["resource_kinds"].count(kind) or None for kind in labels}

    return Entry(("resource_kinds",), fields, read, write)


def steps() -> Entry:
    """The steps after missed visits: a line without a number of missed visits is none."""

    def fields(_choices: Choices) -> Fields:
        made: Fields = {}
        for index in range(MOST_STEPS):
            rank = {"n": index + 1}
            made[f"steps_{index}_missed"] = number_field(
                _("Palier %(n)d\u00a0: absences") % rank, "missed", hint=_("Vide\u00a0: pas de palier")
            )
            made[f"steps_{index}_act"] = choice_field(_("Ce qui suit"), list(BookingPolicy.Act.choices))
            made[f"steps_{index}_days"] = number_field(_("Pendant (jours)"), "days", hint=_("Après la dernière absence"))
        return made

    def read(typed: Values) -> dict[str, Any]:
        lines = [{part: typed[f"steps_{index}_{part}"] for part in ("missed", "act", "days")} for index in range(MOST_STEPS)]
        return {"steps": [line | {"days": line["days"] or 0} for line in lines if line["missed"] is not None]}

    def write(values: Values) -> dict[str, Any]:
        return {f"steps_{index}_{part}": value for index, step in enumerate(values["steps"]) for part, value in step.items()}

    return Entry(("steps",), fields, read, write)
