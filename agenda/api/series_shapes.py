"""What series, bundles and exchanges read and show, field by field."""

from typing import Any

from agenda.api.visit_shapes import INSIST, SOURCES
from agenda.api.visits import APPOINTMENT, BOOKED, WARNING
from agenda.bundles.wishes import LONGEST_GAP, MOST_OFFERS, USUAL_GAP
from agenda.models import Bundle, Status
from agenda.series.patterns import MOST_OCCURRENCES, MOST_WEEKS
from medidesk.api.fields import Field, ListOf, Record
from medidesk.api.kinds import Boolean, Choice, Day, Id, Instant, Integer, Text, WallTime
from medidesk.api.paging import PAGING
from medidesk.api.shapes import BOOLEAN, ID, INSTANT, INTEGER, NULLABLE_ID, NULLABLE_TEXT, TEXT, list_of, object_of

# More than may be booked: that a list is too long is the verb's to say, with the code of every number out of bounds.
LONGEST_LIST = 1_000

_ON_EXISTING = Field("on_existing", Choice(("keep",)), None, doc="si le patient a déjà un rendez-vous à venir pour ce motif")
_SOURCE = Field("source", Choice(SOURCES), None, doc="autre que partner : avec un droit settings")

PATTERN = Record(
    (
        Field("from", Day(), doc="sa semaine est la première"),
        Field("weekdays", ListOf(Integer(0, 6), 7), doc="lundi 0"),
        Field("time", WallTime(), doc="heure du cabinet, la même à travers les changements d’heure"),
        Field("count", Integer(1, MOST_OCCURRENCES)),
        Field("every_n_weeks", Integer(1, MOST_WEEKS), 1),
    )
)
NEW_SERIES = Record(
    (
        Field("patient", Id("patients")),
        Field("visit_reason", Id("visit-reasons")),
        Field("practitioner", Id("practitioners")),
        Field("site", Id("sites"), None),
        Field("pattern", PATTERN, None, doc="ou starts, l’un des deux"),
        Field("starts", ListOf(Instant(), LONGEST_LIST, distinct=False), None, doc=f"{MOST_OCCURRENCES} au plus, dans les deux ans"),
        Field("whole", Boolean(), False, doc="tout ou rien"),
        Field("dry_run", Boolean(), False, doc="regarder sans réserver : 200, chaque séance avec les horaires libres proches"),
        _ON_EXISTING,
        _SOURCE,
        INSIST,
    )
)
NEW_OCCURRENCE = Record((Field("start", Instant()), INSIST))
_BY = Field("by", Choice(("patient", "cabinet")))
_REASON = Field("reason", Text(500), "")
CANCEL_REST = Record((_BY, _REASON, Field("first", Integer(1, MOST_OCCURRENCES), 1, doc="à partir de cette séance")))
SERIES_FILTERS = (Field("patient", Id("patients"), None), Field("practitioner", Id("practitioners"), None), *PAGING)

_STATUS: dict[str, Any] = {"type": ["string", "null"], "enum": [*Status.values, None]}
_START: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}
_OCCURRENCE = {
    "number": INTEGER, "wanted": INSTANT, "outcome": TEXT, "detail": TEXT, "appointment": NULLABLE_ID, "start": _START, "status": _STATUS,
}  # fmt: skip
_SERIES = {
    "id": ID, "version": INTEGER, "patient": ID, "visit_reason": ID, "practitioner": ID, "site": NULLABLE_ID,
    "pattern": {"type": ["object", "null"]}, "source": TEXT, "booked_by": TEXT, "created_at": INSTANT, "updated_at": INSTANT,
}  # fmt: skip
SERIES = {"title": "Series", **object_of(**_SERIES, occurrences=list_of(object_of(**_OCCURRENCE)))}
SERIES_LISTING = object_of(results=list_of(SERIES), next=NULLABLE_TEXT)
SERIES_BOOKED = object_of(**_SERIES, occurrences=list_of(object_of(**_OCCURRENCE, warnings=list_of(WARNING))))
ADDED = object_of(**_OCCURRENCE, warnings=list_of(WARNING))
SERIES_PLAN = object_of(
    dry_run=BOOLEAN,
    occurrences=list_of(
        object_of(
            number=INTEGER, wanted=INSTANT, bookable=BOOLEAN, refusals=list_of(WARNING), warnings=list_of(WARNING),
            alternatives=list_of(INSTANT),
        )
    ),
)  # fmt: skip
SERIES_ANSWER = {"anyOf": [SERIES_BOOKED, SERIES_PLAN]}

_KIND = Field("kind", Choice(Bundle.Kind.values))
_MEMBER = (Field("patient", Id("patients")), Field("visit_reason", Id("visit-reasons")))
_MEMBER_DOC = "de 2 à 8, dans leur ordre"
BUNDLE_WISH = Record(
    (
        Field(
            "members",
            ListOf(
                Record(
                    (
                        *_MEMBER,
                        Field("practitioners", ListOf(Id("practitioners"), 25), list, doc="vide : tous ceux du motif"),
                        Field("site", Id("sites"), None),
                        Field("least_gap", Integer(0, LONGEST_GAP), 0, doc="minutes après la fin du précédent (ou le début du premier)"),
                        Field("most_gap", Integer(0, LONGEST_GAP), USUAL_GAP),
                    )
                ),
                LONGEST_LIST,
                distinct=False,
            ),
            doc=_MEMBER_DOC,
        ),
        Field("arrangement", Choice(("in_turn", "at_once")), "in_turn"),
        Field("from", Day()),
        Field("to", Day(), doc="exclu ; 92 jours au plus après from"),
        Field("count", Integer(1, MOST_OFFERS), 5),
    )
)
BUNDLE_OFFERS = object_of(offers=list_of(list_of(object_of(practitioner=ID, site=NULLABLE_ID, start=INSTANT, end=INSTANT))))
NEW_BUNDLE = Record(
    (
        _KIND,
        Field(
            "members",
            ListOf(
                Record(
                    (
                        *_MEMBER,
                        Field("start", Instant()),
                        Field("practitioner", Id("practitioners"), None, doc="null : peu importe"),
                        Field("site", Id("sites"), None),
                    )
                ),
                LONGEST_LIST,
                distinct=False,
            ),
            doc=_MEMBER_DOC,
        ),
        _ON_EXISTING,
        _SOURCE,
        INSIST,
    )
)
CANCEL_BUNDLE = Record((_BY, _REASON))
BUNDLE_FILTERS = (Field("kind", Choice(Bundle.Kind.values), None), *PAGING)
_BUNDLE = {
    "id": ID, "version": INTEGER, "kind": {"type": "string", "enum": list(Bundle.Kind.values)}, "source": TEXT, "booked_by": TEXT,
    "created_at": INSTANT, "updated_at": INSTANT,
}  # fmt: skip
BUNDLE = {"title": "Bundle", **object_of(**_BUNDLE, appointments=list_of(APPOINTMENT))}
BUNDLE_BOOKED = object_of(**_BUNDLE, appointments=list_of(BOOKED))
BUNDLE_LISTING = object_of(results=list_of(BUNDLE), next=NULLABLE_TEXT)

SWAP = Record((Field("with", Id("appointments"), doc="l’autre rendez-vous"), INSIST))
SWAPPED = object_of(appointment=BOOKED, **{"with": BOOKED})
