"""Mass absences and delays over REST: look, announce, follow, undo; say how late somebody runs."""

from collections import Counter
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agenda import mass_absence
from agenda.api.appointments import actor_of
from agenda.mass_absence import Choice, Scope
from agenda.mass_absence.affected import check_scope
from agenda.models import Decision, MassAbsence, MassAbsenceLine, Practitioner, RunningLate
from agenda.reach import reach_of
from agenda.running_late import announce_delay
from agenda.running_late.announcing import MOST_MINUTES
from medidesk.api.codes import explain_codes
from medidesk.api.doors import Answer, Call, Operation, door, path_id
from medidesk.api.fields import Field, ListOf, Record
from medidesk.api.kinds import Boolean, Id, Instant, Integer, Text
from medidesk.api.kinds import Choice as OneOf
from medidesk.api.paging import PAGING, page
from medidesk.api.problems import not_found
from medidesk.api.shapes import ID, INSTANT, INTEGER, NULLABLE_ID, NULLABLE_TEXT, TEXT, list_of, object_of
from medidesk.cabinets.current import current_zone

WRITE, SETTINGS = "agenda:write", "settings:write"
MOST_LINES = 1_000

explain_codes(
    {
        "absence-over": _("L’absence est déjà finie."),
        "absence-too-long": _("Une absence dure au plus un an."),
        "too-many-visits": _("L’absence touche trop de rendez-vous."),
        "move-target-missing": _("Un déplacement dit vers quel praticien."),
        "move-into-absence": _("L’horaire visé tombe dans l’absence."),
        "nothing-to-propose": _("Il n’y a pas d’horaire à proposer."),
        "visits-changed": _("Des rendez-vous ont été pris entre-temps : relisez, puis recommencez."),
        "already-sent": _("L’absence est déjà envoyée."),
        "already-undone": _("L’absence n’est pas envoyée, ou déjà reprise."),
    }
)

_DECISION = OneOf(Decision.values)
_LINE = Record(
    (
        Field("appointment", Id("appointments")),
        Field("decision", _DECISION),
        Field("practitioner", Id("practitioners"), None, doc="pour « move »"),
        Field("start", Instant(), None, doc="pour « move » ; null : la même heure"),
    )
)
NEW = Record(
    (
        Field("practitioner", Id("practitioners"), None, doc="ou site, l’un des deux"),
        Field("site", Id("sites"), None),
        Field("start", Instant()),
        Field("end", Instant()),
        Field("label", Text(200), ""),
        Field("decision", _DECISION, None, doc="pour les rendez-vous non nommés ; null : trois horaires, sinon annuler"),
        Field("lines", ListOf(_LINE, MOST_LINES), list),
        Field("dry_run", Boolean(), False, doc="dire ce qui se passerait, sans rien faire"),
    )
)
_NULLABLE_INSTANT = {"type": ["string", "null"], "format": "date-time"}
_HEAD = {
    "id": NULLABLE_ID, "version": {"type": ["integer", "null"]}, "practitioner": NULLABLE_ID, "site": NULLABLE_ID, "start": INSTANT,
    "end": INSTANT, "label": TEXT, "state": TEXT, "absence": NULLABLE_ID, "sent_at": _NULLABLE_INSTANT, "due_at": _NULLABLE_INSTANT,
    "done_at": _NULLABLE_INSTANT, "undone_at": _NULLABLE_INSTANT,
}  # fmt: skip
_SHOWN_LINE = object_of(
    appointment=ID, decision=TEXT, practitioner=NULLABLE_ID, start=_NULLABLE_INSTANT,
    proposals=list_of(object_of(practitioner=ID, start=INSTANT)), channel=NULLABLE_TEXT, state=TEXT, outcome=NULLABLE_TEXT,
    rebooked=NULLABLE_ID, phoned_at=_NULLABLE_INSTANT,
)  # fmt: skip
ONE = {"title": "MassAbsence", **object_of(**_HEAD, lines=list_of(_SHOWN_LINE))}
LISTING = object_of(results=list_of(object_of(**_HEAD, counts={"type": "object", "additionalProperties": INTEGER})), next=NULLABLE_TEXT)
DELAY_BODY = Record((Field("minutes", Integer(0, MOST_MINUTES), doc="0 : de nouveau à l’heure"),))
DELAY = object_of(practitioner=ID, day=TEXT, minutes=INTEGER, told=INTEGER)


def needs_both(call: Call) -> None:
    """Closing an agenda is a setting, and changes visits: both scopes. Raises 403."""
    call.caller.need(SETTINGS)


def find(call: Call) -> MassAbsence:
    """The mass absence that the path names."""
    needs_both(call)
    mass = MassAbsence.objects.filter(pk=path_id(call), deleted_at=None).first()
    if mass is None:
        raise not_found()
    return mass


def list_all(call: Call) -> Answer:
    """One page, with how many visits are in which state."""
    needs_both(call)
    return page(call, MassAbsence.objects.all(), _with_counts)


def get(call: Call) -> Answer:
    """One, with what became of each visit."""
    return _answer(call.subject)


def create(call: Call) -> Answer:
    """Announced at once, carried out in ten minutes; with `dry_run` nothing is done."""
    body = call.body
    scope = Scope(body["practitioner"], body["site"], body["start"], body["end"], body["label"])
    otherwise = Choice(body["decision"]) if body["decision"] else None
    choices = {one["appointment"]: Choice(one["decision"], one["practitioner"], one["start"]) for one in body["lines"]}
    if body["dry_run"]:
        check_scope(scope, call.now)
        mass = MassAbsence(
            practitioner_id=scope.practitioner_id, site_id=scope.site_id, start=scope.start, end=scope.end, label=scope.label
        )
        lines = mass_absence.rehearse(mass, choices=choices, otherwise=otherwise, now=call.now)
        return Answer.json({**_head(mass), "id": None, "version": None, "lines": [_line(line) for line in lines]})
    mass = mass_absence.announce(scope, choices=choices, otherwise=otherwise, actor=actor_of(call), now=call.now)
    return _answer(mass, 201)


def undo(call: Call) -> Answer:
    """Stopped within the ten minutes, or put back afterwards."""
    return _answer(mass_absence.undo(call.subject.id, actor=actor_of(call), now=call.now, expected_version=call.expected_version), 201)


def find_practitioner(call: Call) -> Practitioner:
    """The practitioner that the path names."""
    practitioner = Practitioner.objects.filter(pk=path_id(call), deleted_at=None).first()
    if practitioner is None:
        raise not_found()
    return practitioner


def say_delay(call: Call) -> Answer:
    """How late the practitioner runs today, and how many messages leave."""
    said = announce_delay(practitioner_id=call.subject.id, minutes=call.body["minutes"], actor=actor_of(call), now=call.now)
    return Answer.json(_delay(said.delay, said.told), 201)


def _delay(delay: RunningLate, told: int) -> dict[str, Any]:
    return {"practitioner": delay.practitioner_id, "day": delay.day, "minutes": delay.minutes, "told": told}


def _answer(mass: MassAbsence, status: int = 200) -> Answer:
    rows: QuerySet[MassAbsenceLine] = mass.lines.select_related("appointment__patient").order_by("was_start", "id")
    location = f"/api/v1/mass-absences/{mass.id}" if status == 201 else ""
    return Answer.json({**_head(mass), "lines": [_line(line) for line in rows]}, status, version=mass.version, location=location)


def _head(mass: MassAbsence) -> dict[str, Any]:
    zone = current_zone()
    at = {name: getattr(mass, name) for name in ("start", "end", "sent_at", "due_at", "done_at", "undone_at")}
    return {
        "id": mass.id, "version": mass.version, "practitioner": mass.practitioner_id, "site": mass.site_id, "label": mass.label,
        "state": mass.state, "absence": mass.absence_id, **{name: one and one.astimezone(zone) for name, one in at.items()},
    }  # fmt: skip


def _with_counts(rows: list[MassAbsence]) -> list[dict[str, Any]]:
    """Two queries for the page."""
    counted: dict[Any, Counter[str]] = {mass.id: Counter() for mass in rows}
    for mass_id, state in MassAbsenceLine.objects.filter(mass_absence__in=counted).values_list("mass_absence_id", "state"):
        counted[mass_id][state] += 1
    return [{**_head(mass), "counts": dict(counted[mass.id])} for mass in rows]


def _line(line: MassAbsenceLine) -> dict[str, Any]:
    zone, reach = current_zone(), reach_of(line.appointment.patient)
    return {
        "appointment": line.appointment_id,
        "decision": line.decision,
        "practitioner": line.to_practitioner_id,
        "start": line.to_start and line.to_start.astimezone(zone),
        "proposals": line.proposals,
        "channel": reach.channel if reach else None,
        "state": line.state,
        "outcome": line.outcome or None,
        "rebooked": line.rebooked_id,
        "phoned_at": line.phoned_at,
    }


ROUTES = [
    door(
        "mass-absences",
        GET=Operation(list_all, "Lister les absences annoncées", WRITE, query=PAGING, shows=LISTING),
        POST=Operation(
            create, "Annoncer une absence à tous ceux qu’elle touche", WRITE, 201, body=NEW, find=needs_both, shows=ONE, refusals=(409, 422)
        ),
    ),
    door("mass-absences/<str:id>", GET=Operation(get, "Suivre une absence annoncée", WRITE, find=find, shows=ONE)),
    door(
        "mass-absences/<str:id>/undo",
        POST=Operation(
            undo, "Arrêter ou reprendre une absence annoncée", WRITE, 201, find=find, if_match="honoured", shows=ONE, refusals=(409,)
        ),
    ),
    door(
        "practitioners/<str:id>/delay",
        POST=Operation(
            say_delay, "Dire le retard d’un praticien", WRITE, 201, body=DELAY_BODY, find=find_practitioner, shows=DELAY, refusals=(422,)
        ),
    ),
]
