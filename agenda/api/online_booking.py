"""Over REST: may this patient book online, reopening it, and the cabinet's rule about missed visits."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agenda import setup
from agenda.actors import Actor
from agenda.api.setup import Table
from agenda.api.shapes import bounded
from agenda.free_times.online_closing import Standing, standing_of
from agenda.missed_visits import lift_closing
from agenda.models import BookingPolicy
from agenda.setup.booking_policy import MOST_STEPS
from medidesk.api.codes import explain_codes
from medidesk.api.doors import Answer, Call, Operation, door, path_id
from medidesk.api.fields import Field, ListOf, Record
from medidesk.api.kinds import Boolean, Choice, Schema, Text
from medidesk.api.problems import ApiError, not_found
from medidesk.api.shapes import BOOLEAN, INTEGER, Shape, object_of
from medidesk.cabinets.current import current_zone
from patients.models import Patient

explain_codes(
    {
        "online-booking-open": gettext_lazy("La réservation en ligne n’est pas suspendue pour ce patient."),
        "staff-key-needed": gettext_lazy("Seules les clés du cabinet le peuvent."),
    }
)
_NULLABLE_INSTANT: Schema = {"type": ["string", "null"], "format": "date-time"}
STANDING: Schema = {
    "title": "OnlineBooking",
    **object_of(
        open=BOOLEAN,
        until=_NULLABLE_INSTANT,
        step={"type": ["string", "null"], "enum": [*BookingPolicy.Act.values, None]},
        missed=INTEGER,
        contested=BOOLEAN,
    ),
}
LIFTING = Record((Field("reason", Text(500, 1)),))
STEP = Record((Field("missed", bounded("missed")), Field("act", Choice(BookingPolicy.Act.values)), Field("days", bounded("days"))))
POLICY = Shape(
    "BookingPolicy",
    (
        Field("is_on", Boolean(), False),
        Field("window_days", bounded("window_days"), 365, doc="période dans laquelle les absences comptent"),
        Field("steps", ListOf(STEP, MOST_STEPS), list, doc="croissants ; le plus haut atteint vaut, dès la dernière absence"),
    ),
)
_TABLE = Table("booking-policy", setup.BOOKING_POLICY, "")


def find_patient(call: Call) -> Patient:
    """The living file that the path names."""
    patient = Patient.objects.filter(pk=path_id(call), deleted_at=None).first()
    if patient is None:
        raise not_found()
    return patient


def find_policy(_call: Call) -> BookingPolicy:
    """The cabinet's one rule."""
    return BookingPolicy.objects.get(deleted_at=None)


def get_standing(call: Call) -> Answer:
    """Whether booking online is open, and which step holds until when."""
    return Answer.json(_shown(standing_of(call.subject.id, call.now)))


def lift(call: Call) -> Answer:
    """Booking online, open again."""
    if not call.caller.staff:
        raise ApiError(403, "staff-key-needed", _("Réservé aux clés du cabinet."))
    actor = Actor.partner(call.caller.name, staff=True)
    return Answer.json(_shown(lift_closing(patient_id=call.subject.id, motive=call.body["reason"], actor=actor, now=call.now)), 201)


def _shown(standing: Standing) -> dict[str, Any]:
    held = standing.holds and standing.step and standing.until
    return {
        "open": not standing.is_closed,
        "until": standing.until.astimezone(current_zone()) if held and standing.until else None,
        "step": (BookingPolicy.Act.CLOSE if standing.is_closed else BookingPolicy.Act.VALIDATE).value if held else None,
        "missed": standing.missed,
        "contested": standing.contested,
    }


ROUTES = (
    door(
        "patients/<str:id>/online-booking",
        GET=Operation(get_standing, "Réservation en ligne d’un patient", "patients:read", find=find_patient, shows=STANDING),
    ),
    door(
        "patients/<str:id>/online-booking/lifting",
        POST=Operation(
            lift, "Rouvrir la réservation en ligne", "patients:write", 201, body=LIFTING, find=find_patient, shows=STANDING,
            refusals=(403, 409, 422),
        ),
    ),
    door(
        "booking-policy",
        GET=Operation(
            _TABLE.get, "Lire la règle des absences répétées", "settings:read", find=find_policy, shows=POLICY.schema()
        ),
        PATCH=Operation(
            _TABLE.change, "Modifier la règle des absences répétées", "settings:write", body=Record(POLICY.writable, partial=True),
            find=find_policy, if_match="needed", shows=POLICY.schema(), refusals=(422,),
        ),
    ),
)  # fmt: skip
