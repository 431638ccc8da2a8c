"""What somebody of the cabinet sees and changes in the agenda.

Owners and secretaries: everything. Practitioners: their own, the opened ones (to see), and during a substitution the replaced one's.
Telesecretaries: the opened ones. All of it is asked again at each look, so that what has a date ends with its day.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.db.models.lookups import Exact
from django.http import Http404

from agenda.desk.numbers import NUMBER
from agenda.models import Appointment, OpenedAgenda, Practitioner, Substitution
from medidesk import clock
from medidesk.accounts.models import Role, User
from medidesk.cabinets.current import current_zone

READERS = (Role.OWNER, Role.SECRETARY, Role.PRACTITIONER, Role.TELESECRETARY)
WRITERS = (Role.OWNER, Role.SECRETARY, Role.PRACTITIONER)


def agendas_of(user: User, now: datetime | None = None) -> list[UUID] | None:
    """The practitioners whose agenda this person sees at `now` (the present when not said); None means all of them."""
    if user.has_role(Role.OWNER, Role.SECRETARY):
        return None
    today = _today(now)
    return _those(_own(user) | _replaced(user, today) | _opened(user, today))


def writable_agendas(user: User, now: datetime | None = None) -> list[UUID] | None:
    """The practitioners in whose agenda this person books, moves and cancels at `now`; None means all of them."""
    if user.has_role(Role.OWNER, Role.SECRETARY):
        return None
    return _those(_own(user) | _replaced(user, _today(now))) if may_write(user) else []


def may_write(user: User) -> bool:
    """May this person book, move, cancel in some agenda?"""
    return user.has_role(*WRITERS)


def sees(user: User, practitioner_id: UUID) -> bool:
    """Is this practitioner's agenda open to this person?"""
    return _among(practitioner_id, agendas_of(user))


def writes(user: User, practitioner_id: UUID) -> bool:
    """May this person change this practitioner's agenda?"""
    return _among(practitioner_id, writable_agendas(user))


def visit_for(user: User, appointment_id: UUID | int, *, write: bool = False) -> Appointment:
    """The visit of this id or number, when this person may see it (with `write`, change it); Http404 otherwise, be it there or not."""
    rows = Appointment.objects.select_related("patient", "practitioner", "visit_reason", "site")
    by_number = isinstance(appointment_id, int)
    visit = (rows.filter(Exact(NUMBER, appointment_id)) if by_number else rows.filter(pk=appointment_id)).first()
    allowed = writes if write else sees
    if visit is None or not allowed(user, visit.practitioner_id):
        raise Http404
    return visit


def _among(practitioner_id: UUID, those: Iterable[UUID] | None) -> bool:
    return those is None or practitioner_id in those


def _today(now: datetime | None) -> date:
    """The day on the cabinet's wall."""
    return (now or clock.now()).astimezone(current_zone()).date()


def _those(condition: Q) -> list[UUID]:
    return list(Practitioner.objects.filter(condition, deleted_at=None).values_list("id", flat=True))


def _own(user: User) -> Q:
    return Q(user=user)


def _replaced(user: User, today: date) -> Q:
    """Whom this person replaces today."""
    standing = Substitution.objects.filter(practitioner=OuterRef("pk"), first_day__lte=today, last_day__gte=today)
    alive = {"deleted_at": None, "ended_at": None, "substitute__deleted_at": None}
    return Q(Exists(standing.filter(substitute__user=user, **alive)))


def _opened(user: User, today: date) -> Q:
    """What was opened to this person, or to the role."""
    opened = OpenedAgenda.objects.filter(Q(user=user) | Q(role__in=user.roles, user=None), practitioner=OuterRef("pk"))
    return Q(Exists(opened.filter(Q(until=None) | Q(until__gte=today))))
