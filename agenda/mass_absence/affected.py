"""Which visits and held times an absence meets."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agenda.models import Appointment, Hold, MassAbsence, Status
from agenda.models.occupancy import LONGEST_OCCUPANCY_MINUTES
from agenda.setup import ABSENCES
from medidesk.errors import Refused

LONGEST = timedelta(days=366)
MOST_VISITS = 1_000
# Those who have arrived are seen, absence or not.
AFFECTED = (Status.REQUESTED, Status.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Scope:
    """Who (a practitioner or a whole site) is away, from when to when."""

    practitioner_id: UUID | None
    site_id: UUID | None
    start: datetime
    end: datetime
    label: str = ""

    @classmethod
    def of(cls, mass: MassAbsence) -> "Scope":
        """The scope of a mass absence that is kept."""
        return cls(mass.practitioner_id, mass.site_id, mass.start, mass.end, mass.label)

    @property
    def values(self) -> dict[str, object]:
        """As the set-up's absence wants them."""
        return {
            "practitioner": self.practitioner_id, "site": self.site_id, "start": self.start, "end": self.end, "label": self.label,
            "rrule": "",
        }  # fmt: skip

    def meets(self, practitioner_id: UUID, site_id: UUID | None, start: datetime, end: datetime) -> bool:
        """Does a visit with that practitioner, there and then, fall into the absence?"""
        those = practitioner_id == self.practitioner_id if self.practitioner_id else site_id == self.site_id
        return those and start < self.end and end > self.start


def check_scope(scope: Scope, now: datetime) -> None:
    """Raise Refused (with the code of the set-up's absences, `absence-over`, `absence-too-long`) or UnknownReference."""
    ABSENCES.columns_of(dict(scope.values))
    if scope.end <= now:
        raise Refused(_("Cette absence est déjà finie."), code="absence-over", pointer="/end")
    if scope.end - scope.start > LONGEST:
        raise Refused(_("Une absence dure au plus un an."), code="absence-too-long", pointer="/end")


def affected_visits(scope: Scope, now: datetime) -> list[Appointment]:
    """The visits to come that the absence meets, requests included, in order; one query. Raises Refused `too-many-visits`."""
    rows = _within(Appointment.objects.filter(status__in=AFFECTED), scope)
    rows = rows.filter(end__gt=max(scope.start, now)).select_related("patient", "practitioner", "visit_reason", "site")
    visits = list(rows.order_by("start", "id")[: MOST_VISITS + 1])
    if len(visits) > MOST_VISITS:
        raise Refused(_("Plus de 1 000 rendez-vous : choisissez une absence plus courte."), code="too-many-visits", pointer="/end")
    return visits


def affected_holds(scope: Scope, now: datetime) -> list[Hold]:
    """The times within the absence that somebody is booking at this moment; one query."""
    rows = _within(Hold.objects.filter(state=Hold.State.ACTIVE, expires_at__gt=now), scope)
    return list(rows.order_by("start", "id"))


def _within(rows: QuerySet, scope: Scope) -> QuerySet:
    """Those that the absence meets. The earlier bound lets the index on (practitioner, start) serve."""
    whose = {"practitioner_id": scope.practitioner_id} if scope.practitioner_id else {"site_id": scope.site_id}
    earliest = scope.start - timedelta(minutes=LONGEST_OCCUPANCY_MINUTES)
    return rows.filter(**whose, start__gte=earliest, start__lt=scope.end, end__gt=scope.start)
