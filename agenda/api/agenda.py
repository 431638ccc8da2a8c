"""The agenda over REST: every visit of some days, lean, and 304 as long as nothing has changed."""

from datetime import timedelta

from django.utils.translation import gettext as _

from agenda.api.visit_shapes import MOST_PRACTITIONERS
from agenda.api.visits import APPOINTMENT
from agenda.desk.kept_visits import visit_lines
from medidesk.api.doors import Answer, Call, is_held
from medidesk.api.fields import Field, Flaw, ListOf
from medidesk.api.kinds import Day, Id
from medidesk.api.problems import Invalid
from medidesk.api.shapes import TEXT, list_of, object_of

MOST_DAYS = 31
_LEAN = ("id", "version", "status", "lane", "start", "end", "practitioner", "site", "visit_reason", "patient", "source")
_DAY = {"type": "string", "format": "date"}
AGENDA = object_of(
    time_zone=TEXT,
    **{"from": _DAY},
    to=_DAY,
    results=list_of(object_of(**{name: APPOINTMENT["properties"][name] for name in _LEAN})),
)
AGENDA_QUERY = (
    Field("from", Day()),
    Field("to", Day(), doc="exclu ; 31 jours au plus après from"),
    Field("practitioner", ListOf(Id("practitioners"), MOST_PRACTITIONERS, distinct=False), None, doc="au plus 25 ; défaut : tous"),
)


def read_agenda(call: Call) -> Answer:
    """The visits that begin in the window, practitioner after practitioner in the order of the columns, each in order of time."""
    query = call.query
    if not timedelta(0) < query["to"] - query["from"] <= timedelta(days=MOST_DAYS):
        raise Invalid([Flaw("/to", "window-not-valid", _("La fenêtre va de from à to, 31 jours au plus."))])
    found = visit_lines((query["from"], query["to"]), query["practitioner"])
    headers = {"ETag": f'"{found.mark}"'}
    if is_held(call.request, headers["ETag"]):
        return Answer(304, b"", headers)
    head = f'{{"time_zone":"{found.schedule.zone.key}","from":"{query["from"]}","to":"{query["to"]}","results":['
    return Answer(200, f"{head}{','.join(found.lines)}]}}".encode(), headers)
