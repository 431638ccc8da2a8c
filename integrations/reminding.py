"""Who reminds: one of the cabinet and the platform where the visit was taken, never both."""

from agenda.models import Appointment
from integrations.models import Connection, Reminds


def cabinet_reminds_of_import(appointment: Appointment) -> bool:
    """Has the cabinet said that it reminds the visits of this practitioner that the platform of their source takes?"""
    here = Connection.objects.filter(platform=appointment.source, practitioners__practitioner=appointment.practitioner_id)
    return here.filter(reminds=Reminds.CABINET).exists()


def platform_reminds(connection: Connection, appointment: Appointment) -> bool:
    """Shall this platform remind the visit? Only one that it took itself, and only while the connection leaves that to it."""
    return appointment.source == connection.platform and connection.reminds == Reminds.PLATFORM
