"""What somebody of the cabinet sees and changes in the agenda: owners and secretaries everything, practitioners their own,
telesecretaries see."""

from uuid import UUID

from django.http import Http404

from agenda.models import Appointment, Practitioner
from medidesk.accounts.models import Role, User

READERS = (Role.OWNER, Role.SECRETARY, Role.PRACTITIONER, Role.TELESECRETARY)
WRITERS = (Role.OWNER, Role.SECRETARY, Role.PRACTITIONER)


def agendas_of(user: User) -> list[UUID] | None:
    """The practitioners whose agenda this person sees; None means all of them."""
    if user.has_role(Role.OWNER, Role.SECRETARY, Role.TELESECRETARY):
        return None
    return list(Practitioner.objects.filter(user=user, deleted_at__isnull=True).values_list("id", flat=True))


def may_write(user: User) -> bool:
    """May this person book, move, cancel?"""
    return user.has_role(*WRITERS)


def sees(user: User, practitioner_id: UUID) -> bool:
    """Is this practitioner's agenda open to this person?"""
    own = agendas_of(user)
    return own is None or practitioner_id in own


def visit_for(user: User, appointment_id: UUID) -> Appointment:
    """The visit, when this person may see it; Http404 otherwise, whether it exists or not."""
    rows = Appointment.objects.select_related("patient", "practitioner", "visit_reason", "site")
    visit = rows.filter(pk=appointment_id).first()
    if visit is None or not sees(user, visit.practitioner_id):
        raise Http404
    return visit
