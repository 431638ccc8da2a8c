"""Setting a cabinet up: the verbs that create, change and delete sites, practitioners, resources, reasons, hours, quotas,
absences.

`create(KIND, values, now=…)`, `change(KIND, id, changes, now=…, expected_version=…)`, `delete(KIND, id, now=…, expected_version=…)`.
Values carry the names of the REST contract; references are UUIDs, hours are minutes from midnight.
"""

from agenda.setup.absences import ABSENCES
from agenda.setup.booking_policy import BOOKING_POLICY
from agenda.setup.hours import HOURS
from agenda.setup.practitioners import PRACTITIONERS
from agenda.setup.quotas import QUOTAS
from agenda.setup.reasons import REASONS
from agenda.setup.resources import RESOURCES
from agenda.setup.saving import Kind, NoSuchRow, StaleRow, change, create, delete
from agenda.setup.sites import SITES

__all__ = [
    "ABSENCES", "BOOKING_POLICY", "HOURS", "Kind", "NoSuchRow", "PRACTITIONERS", "QUOTAS", "REASONS", "RESOURCES", "SITES", "StaleRow",
    "change", "create", "delete",
]  # fmt: skip
