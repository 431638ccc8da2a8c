"""What visits, holds and slots read and show, field by field."""

from agenda.api.visits import WARNING
from agenda.models import Lane, Status
from agenda.sources import sources
from medidesk.api.fields import Field, ListOf, Record
from medidesk.api.kinds import Choice, Day, DayOrInstant, Id, Instant, Integer, Text
from medidesk.api.paging import PAGING
from medidesk.api.shapes import BOOLEAN, ID, INSTANT, INTEGER, NULLABLE_ID, TEXT, list_of, object_of
from patients.api.shapes import DETAILS

CHANNELS = ("website", "phone", "partner")
MOST_PRACTITIONERS = 25
MOST_REASONS = 10
# A partner may say that a visit came by the telephone or at the counter; what a platform imports has its own door.
SOURCES = tuple(one.slug for one in sources() if one.channel != "platform")

LIST_FILTERS = (
    Field("practitioner", ListOf(Id("practitioners"), distinct=False), None),
    Field("patient", ListOf(Id("patients"), distinct=False), None),
    Field("from", DayOrInstant(), None, doc="début inclus"),
    Field("to", DayOrInstant(), None, doc="début exclu"),
    Field("status", ListOf(Choice(Status.values), distinct=False), None),
    Field("lane", ListOf(Choice(Lane.values), distinct=False), None),
    Field("source", ListOf(Text(40), distinct=False), None),
    Field("external", Text(300), None, doc="plateforme:identifiant"),
    *PAGING,
)

INSIST = Field("insist", Record((Field("reason", Text(500, 1)),)), None, doc="clés du cabinet : passer outre, avec un motif")

NEW_APPOINTMENT = Record(
    (
        Field("practitioner", Id("practitioners"), None, doc="null : peu importe"),
        Field("site", Id("sites"), None),
        Field("visit_reason", Id("visit-reasons"), None, doc="nécessaire sans hold"),
        Field("start", Instant(), None, doc="nécessaire sans hold"),
        Field("patient", Id("patients"), None, doc="ou patient_details, l’un des deux"),
        Field("patient_details", DETAILS, None),
        Field("hold", Id("holds"), None),
        Field("source", Choice(SOURCES), None, doc="autre que partner : avec un droit settings"),
        Field("on_existing", Choice(("keep", "replace")), None, doc="si le patient a déjà un rendez-vous pour ce motif"),
        INSIST,
    )
)

MOVE = Record(
    (
        Field("start", Instant(), None),
        Field("practitioner", Id("practitioners"), None),
        Field("visit_reason", Id("visit-reasons"), None),
        INSIST,
    ),
    partial=True,
)

CANCEL = Record((Field("by", Choice(("patient", "cabinet"))), Field("reason", Text(500), "")))

SET_STATUS = Record((Field("status", Choice(Status.values)),))

_STATE = {"anyOf": [{"type": "object"}, {"type": "null"}]}
JOURNAL = object_of(results=list_of(object_of(at=INSTANT, by=TEXT, act=TEXT, before=_STATE, after=_STATE)))

NEW_HOLD = Record(
    (
        Field("practitioner", Id("practitioners"), None, doc="null : peu importe"),
        Field("site", Id("sites"), None),
        Field("visit_reason", Id("visit-reasons")),
        Field("start", Instant()),
        Field("minutes", Integer(1, 60), 15),
        Field("patient", Id("patients"), None, doc="pour les motifs réservés aux patients connus"),
    )
)
HOLD = {
    "title": "Hold",
    **object_of(id=ID, practitioner=ID, site=NULLABLE_ID, visit_reason=ID, start=INSTANT, end=INSTANT, minutes=INTEGER, expires_at=INSTANT),
}

_FOR_WHOM = (
    Field("patient_status", Choice(("new", "known")), "new"),
    Field("patient", Id("patients"), None, doc="l’emporte sur patient_status"),
    Field("channel", Choice(CHANNELS), "partner"),
)
_WHERE = (
    Field(
        "practitioner",
        ListOf(Id("practitioners"), MOST_PRACTITIONERS, distinct=False),
        None,
        doc="au plus 25 ; défaut : tous ceux du motif",
    ),
    Field("site", Id("sites"), None),
)
NEXT_QUERY = (Field("visit_reason", Id("visit-reasons")), Field("from", Day()), *_WHERE, *_FOR_WHOM)
SLOTS_QUERY = (*NEXT_QUERY, Field("to", Day(), doc="exclu ; 92 jours au plus après from"))
BULK_QUERY = (
    Field("visit_reason", ListOf(Id("visit-reasons"), MOST_REASONS, distinct=False), doc="au plus 10, séparés par des virgules"),
    Field("from", Day()),
    Field("to", Day(), doc="exclu ; 31 jours au plus après from"),
    *_WHERE,
    *_FOR_WHOM,
)
EXPLAIN_QUERY = (
    Field("visit_reason", Id("visit-reasons")),
    Field("practitioner", Id("practitioners")),
    Field("start", Instant()),
    Field("site", Id("sites"), None),
    *_FOR_WHOM,
)

_DAY = {"type": "string", "format": "date"}
SLOTS = object_of(
    visit_reason=ID,
    time_zone=TEXT,
    **{"from": _DAY},
    to=_DAY,
    practitioners=list_of(object_of(id=ID, site=NULLABLE_ID, duration_minutes=INTEGER, slots=list_of(INSTANT))),
)
BULK = object_of(results=list_of(SLOTS))
NEXT = object_of(slot={"anyOf": [object_of(practitioner=ID, site=ID, start=INSTANT, end=INSTANT), {"type": "null"}]})
EXPLANATION = object_of(bookable=BOOLEAN, refusals=list_of(WARNING))
