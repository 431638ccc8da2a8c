"""The number of a visit: five digits or so in an address, where its id has thirty-six. Its cabinet's own, given once by Postgres.

A number says nothing about rights: whoever asks by it is asked the same as by the id (`agenda/desk/rights.py`).
"""

from uuid import UUID

from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL

from agenda.models import Appointment

NUMBER = RawSQL('"agenda_appointment"."number"', (), output_field=BigIntegerField())  # of a query on visits


def number_of(appointment_id: UUID) -> int:
    """The number of a visit. Raises Appointment.DoesNotExist."""
    return Appointment.objects.annotate(number=NUMBER).values_list("number", flat=True).get(pk=appointment_id)
