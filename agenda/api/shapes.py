"""The set-up resources on the wire, field by field."""

from agenda.models import Audience, BookableBy, Resource
from agenda.setup.bounds import BOUNDS, COLOR
from agenda.setup.hours import CHANNELS
from agenda.setup.quotas import LIMITED_CHANNELS
from medidesk.api.fields import Field, ListOf, Record
from medidesk.api.kinds import Boolean, Choice, Day, Id, Instant, Integer, Text, WallTime
from medidesk.api.shapes import Shape

COLOR_FIELD = Field("color", Text(7, 1, COLOR, "color-not-valid"), None, doc="#rrggbb")


def bounded(name: str) -> Integer:
    """A number within the contract's bounds of that name."""
    return Integer(*BOUNDS[name])


SITE = Shape(
    "Site",
    (
        Field("name", Text(100, 1)),
        Field("address_line", Text(200), ""),
        Field("postal_code", Text(10), "", doc="décide des jours fériés"),
        Field("city", Text(100), ""),
        Field("phone", Text(40), "", doc="toute écriture ; rendu en E.164"),
    ),
)

PRACTITIONER = Shape(
    "Practitioner",
    (
        Field("title", Text(20), ""),
        Field("first_name", Text(100, 1)),
        Field("last_name", Text(100, 1)),
        Field("specialty", Text(10, 1), None, doc="code TRE_R38"),
        Field("rpps", Text(20), "", doc="11 chiffres"),
        Field("sites", ListOf(Id("sites")), list),
        Field("bookable_online", Boolean(), True),
        Field("works_on_holidays", Boolean(), False),
        COLOR_FIELD,
    ),
    shown={"rpps_checked": {"type": ["boolean", "null"]}},
)

RESOURCE = Shape("Resource", (Field("name", Text(100, 1)), Field("kind", Choice(Resource.Kind.values)), Field("site", Id("sites"))))

OFFER = Record((Field("id", Id("practitioners")), Field("duration_minutes", bounded("duration_minutes"), None)))

VISIT_REASON = Shape(
    "VisitReason",
    (
        Field("name", Text(100, 1)),
        Field("internal_name", Text(100), ""),
        Field("duration_minutes", bounded("duration_minutes")),
        Field("buffer_before_minutes", bounded("buffer_before_minutes"), 0),
        Field("buffer_after_minutes", bounded("buffer_after_minutes"), 0),
        Field("grid_minutes", bounded("grid_minutes"), None, doc="null : la durée"),
        Field("min_notice_minutes", bounded("min_notice_minutes"), 0),
        Field("horizon_days", bounded("horizon_days"), None, doc="null : sans limite"),
        Field("bookable_by", Choice(BookableBy.values), BookableBy.EVERYONE.value),
        Field("needs_validation", Boolean(), False),
        Field("max_per_day", bounded("max_per_day"), None),
        Field("min_days_between", bounded("min_days_between"), None),
        Field("one_upcoming", Boolean(), False),
        Field("avoid_holes", Boolean(), False, doc="ne proposer que ce qui ne laisse pas de trou inutilisable"),
        Field("practitioners", ListOf(OFFER), list),
        Field("resource_kinds", ListOf(Choice(Resource.Kind.values), 10, distinct=False), list, doc="une sorte peut y être deux fois"),
        COLOR_FIELD,
    ),
)

RELEASE = Record((Field("days_before", bounded("days_before")), Field("at", WallTime())))

OPENING_HOURS = Shape(
    "OpeningHours",
    (
        Field("practitioner", Id("practitioners")),
        Field("site", Id("sites")),
        Field("weekday", bounded("weekday"), None, doc="lundi 0 ; ou date, l’un des deux"),
        Field("date", Day(), None),
        Field("start", WallTime()),
        Field("end", WallTime(midnight=True), doc="24:00 admis"),
        Field("valid_from", Day(), None),
        Field("valid_until", Day(last_year=9999), None, doc="inclus"),
        Field("every_n_weeks", bounded("every_n_weeks"), 1, doc="au-delà de 1, valid_from est nécessaire : sa semaine est la première"),
        Field("visit_reasons", ListOf(Id("visit-reasons")), list, doc="vide : tous"),
        Field("audience", Choice(Audience.values), Audience.EVERYONE.value),
        Field("channels", ListOf(Choice(CHANNELS)), list, doc="vide : tous"),
        Field("release", RELEASE, None, doc="gardé pour le cabinet jusque-là"),
    ),
)

QUOTA = Shape(
    "Quota",
    (
        Field("practitioner", Id("practitioners")),
        Field("site", Id("sites"), None, doc="null : tous"),
        Field("weekday", bounded("weekday"), None, doc="lundi 0 ; null : chaque jour"),
        Field("start", WallTime()),
        Field("end", WallTime(midnight=True), doc="24:00 admis"),
        Field("visit_reasons", ListOf(Id("visit-reasons")), list, doc="vide : tous"),
        Field("channels", ListOf(Choice(LIMITED_CHANNELS)), doc="ceux qui sont limités, comptés ensemble"),
        Field("most_visits", bounded("most_visits"), doc="par jour, débuts dans la plage ; 0 : aucun"),
        Field("release", RELEASE, None, doc="la limite tombe à cette heure ; null : jamais"),
        Field("valid_from", Day(), None),
        Field("valid_until", Day(last_year=9999), None, doc="inclus"),
    ),
)

ABSENCE = Shape(
    "Absence",
    (
        Field("practitioner", Id("practitioners"), None, doc="ou site, l’un des deux"),
        Field("site", Id("sites"), None),
        Field("start", Instant()),
        Field("end", Instant()),
        Field("label", Text(200), ""),
        Field("rrule", Text(500), "", doc="FREQ, INTERVAL, BYDAY, COUNT, UNTIL ; heure du cabinet"),
    ),
)

SHAPES = {
    "sites": SITE,
    "practitioners": PRACTITIONER,
    "resources": RESOURCE,
    "visit-reasons": VISIT_REASON,
    "opening-hours": OPENING_HOURS,
    "quotas": QUOTA,
    "absences": ABSENCE,
}
